"""What is read of a fitted search: its results alone, whatever made them."""

import pytest

from ato_sql.integrations.sklearn import log_search


class FittedSearch:
    n_splits_ = 2
    cv_results_ = {
        "params": [{"C": 0.1}, {"C": 1.0}],
        "mean_test_acc": [0.5, 0.75],
        "split0_test_acc": [0.4, 0.7],
        "split1_test_acc": [0.6, 0.8],
        "mean_test_f1": [0.25, 0.5],
        "split0_test_f1": [0.2, 0.5],
        "split1_test_f1": [0.3, 0.5],
        "mean_fit_time": [1.0, 2.0],
    }


@pytest.fixture
def ids(logger):
    return log_search(logger, FittedSearch())


def test_each_candidate_is_a_run_beside_the_config_of_the_logger(ids, finder):
    configs = [finder.get_config(run_id) for run_id in ids]
    assert [config.params for config in configs] == [{"C": 0.1}, {"C": 1.0}]
    assert [config.lr for config in configs] == [0.1, 0.1]


def test_of_several_scores_each_is_a_metric(ids, finder):
    assert finder.get_metric_keys(ids[0]) == ["acc", "f1", "mean_acc", "mean_f1"]
    assert [p.value for p in finder.get_metrics(ids[1], "acc")] == [0.7, 0.8]
    assert [p.value for p in finder.get_metrics(ids[0], "mean_f1")] == [0.25]


def test_runs_are_tagged_with_the_kind_of_search_and_have_ended(ids, finder):
    assert [run.id for run in finder.search(tags=["FittedSearch"])] == ids
    assert {run.status for run in finder.search()} == {"completed"}
