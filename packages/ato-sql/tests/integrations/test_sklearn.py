"""The candidates of a real scikit-learn search become runs."""

import pytest

pytest.importorskip("sklearn")

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV


@pytest.fixture
def search():
    grid = {"C": [0.01, 1.0, 100.0]}
    return GridSearchCV(LogisticRegression(max_iter=1000), grid, cv=4).fit(
        *load_iris(return_X_y=True)
    )


def test_the_best_run_is_the_best_candidate(logger, finder, search):
    from ato_sql.integrations.sklearn import log_search

    ids = log_search(logger, search)

    best = finder.find_best_run("framework", "mean_score", mode="max")
    assert best.id == ids[search.best_index_]
    assert best.config["params"] == search.best_params_


def test_each_fold_is_a_step(logger, finder, search):
    from ato_sql.integrations.sklearn import log_search

    ids = log_search(logger, search)

    points = finder.get_metrics(ids[0], "score")
    assert [p.step for p in points] == [0, 1, 2, 3]
    assert points[2].value == search.cv_results_["split2_test_score"][0]


def test_candidates_belong_to_a_parent(logger, finder, search):
    from ato_sql.integrations.sklearn import log_search

    with logger.start(tags=["search"]) as parent:
        ids = log_search(logger, search, parent=parent)

    assert {finder.get_run(i).parent_uuid for i in ids} == {parent.uuid}
