"""What the pages of hyperparameter searches show."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

from ato.adict import ADict  # noqa: E402
from ato.db_routers.sql.manager import SQLLogger  # noqa: E402


@pytest.fixture(scope="module", params=["max", "min"])
def searched(request, tmp_path_factory, serve):
    """The mode, the result and the page of a Hyperband search with a tracker."""
    from ui_example import make_search

    url = f"sqlite:///{tmp_path_factory.mktemp('search')}/search.db"
    result = make_search(url, mode=request.param)
    return request.param, result, serve(url)


def only_search(page):
    (listed,) = page.get("projects/1/searches")["searches"]
    return page.get(f"searches/{listed['id']}")


class TestHyperband:
    def test_a_search_is_listed_with_the_number_of_its_trials(self, searched):
        _, result, page = searched
        (listed,) = page.get("projects/1/searches")["searches"]
        assert listed["trials"] == len(result.trials)
        assert listed["status"] == "completed"

    def test_the_list_has_the_best_that_the_search_found(self, searched):
        mode, result, page = searched
        (listed,) = page.get("projects/1/searches")["searches"]
        assert listed["best"] == pytest.approx(result.metric)
        assert (listed["metric"], listed["mode"]) == ("metric", mode)

    def test_the_best_trial_is_first(self, searched):
        _, result, page = searched
        assert only_search(page)["trials"][0]["metric"] == pytest.approx(result.metric)

    def test_whether_more_or_less_is_better_is_seen_from_what_went_on(self, searched):
        mode, _, page = searched
        assert only_search(page)["mode"] == mode

    def test_every_evaluation_has_its_rung_and_resource(self, searched):
        _, result, page = searched
        shown = {trial["number"]: trial["evaluations"] for trial in only_search(page)["trials"]}
        for trial in result.trials:
            expected = [
                {"rung": one.rung, "resource": one.resource, "metric": one.outcome.metric}
                for one in trial.evaluations
            ]
            assert shown[trial.number] == expected

    def test_it_says_in_words_whether_early_results_tell(self, searched):
        _, result, page = searched
        assert only_search(page)["early"] == [str(one) for one in result.rank_correlations()]

    def test_only_what_was_searched_is_a_parameter(self, searched):
        _, _, page = searched
        assert only_search(page)["params"] == ["lr", "model"]

    def test_the_budget_is_what_the_search_spent(self, searched):
        _, result, page = searched
        spent, best = only_search(page)["best"]["resource"][-1]
        evaluations = [one for trial in result.trials for one in trial.evaluations]
        assert spent == sum(one.resource for one in evaluations)
        assert best == pytest.approx(result.metric)

    def test_the_best_so_far_never_gets_worse(self, searched):
        mode, _, page = searched
        for curve in only_search(page)["best"].values():
            values = [best for _, best in curve]
            assert values == sorted(values, reverse=mode == "min")

    def test_the_direction_can_be_turned(self, searched):
        mode, _, page = searched
        other = {"min": "max", "max": "min"}[mode]
        (listed,) = page.get("projects/1/searches")["searches"]
        turned = page.get(f"searches/{listed['id']}", mode=other)
        assert [trial["id"] for trial in turned["trials"]] != [
            trial["id"] for trial in only_search(page)["trials"]
        ]
        assert page.error(f"searches/{listed['id']}", mode="up")[0] == 400


class TestASearchOfGenerators:
    """Each trial logs a value per epoch, those between the rungs too."""

    @pytest.fixture
    def search(self, new_database, serve):
        """Run a search of an objective of quality and epochs; give its result and its page."""
        from ato.hyperopt.hyperband import HyperBand

        def run(objective):
            logger = new_database()
            spaces = {"quality": {"param_type": "FLOAT", "param_range": (0.0, 1.0)}}
            options = {"resource": "epochs", "max_resource": 27, "sampler": "random", "seed": 3}
            result = HyperBand(None, spaces, tracker=logger, **options).run(objective, [])
            return result, only_search(serve(logger.url))

        return run

    def test_first_epochs_of_trials_that_began_on_a_later_rung_count(self, search):
        def train(config):
            for epoch in range(1, 28):
                yield config.quality if epoch < 10 else 1 - config.quality

        result, page = search(train)
        began_later = [t for t in result.trials if t.evaluations[0].resource > 1]
        first = result.rank_correlations()[0]
        assert first.trials >= len(began_later) > 0
        assert page["early"] == [str(one) for one in result.rank_correlations()]

    def test_epochs_before_a_failure_count(self, search):
        def train(config):
            for epoch in range(1, 28):
                yield config.quality if epoch < 9 or config.quality > 0.5 else float("nan")

        result, page = search(train)
        assert result.failed
        assert page["early"] == [str(one) for one in result.rank_correlations()]

    def test_the_last_value_of_one_that_ended_early_is_its_metric(self, search):
        def train(config):
            for epoch in range(1, 6):
                yield config.quality * epoch

        result, page = search(train)
        shown = {trial["number"]: trial["metric"] for trial in page["trials"]}
        assert shown == {trial.number: trial.metric for trial in result.trials}
        assert page["early"] == [str(one) for one in result.rank_correlations()]


class TestOwnTrials:
    """Runs that somebody gave a parent are a search too."""

    @pytest.fixture
    def page(self, new_database, serve):
        logger = new_database(lr=0.1)
        with logger.start(tags=["sweep"]) as parent:
            for rate, loss in ((0.1, 3.0), (0.01, 1.0), (0.001, 2.0)):
                config = logger.config.clone()
                config.lr = rate
                with logger.start(parent=parent, config=config) as trial:
                    trial.log_metric("loss", 9.0, step=0)
                    trial.log_metric("loss", loss, step=1)
            with logger.start(parent=parent):
                pass
        return serve(new_database.url)

    def test_their_commonest_metric_is_what_they_are_judged_by(self, page):
        search = only_search(page)
        assert search["metric"] == "loss"
        assert search["has_rungs"] is False

    def test_the_list_has_the_best_of_what_trials_reached_last(self, page):
        (listed,) = page.get("projects/1/searches")["searches"]
        assert (listed["best"], listed["metric"], listed["mode"]) == (1.0, "loss", "min")

    def test_of_a_loss_the_smallest_is_best_unless_asked(self, page):
        assert page.get("searches/1")["mode"] == "min"
        assert page.get("searches/1", mode="max")["mode"] == "max"

    def test_the_last_value_counts_and_trials_without_one_come_last(self, page):
        search = page.get("searches/1", mode="min")
        assert [trial["metric"] for trial in search["trials"]] == [1.0, 2.0, 3.0, None]
        assert search["best"]["evaluations"] == [[1.0, 3.0], [2.0, 1.0], [3.0, 1.0]]

    def test_a_run_without_trials_is_an_empty_search(self, page):
        search = page.get("searches/2")
        assert search["trials"] == []
        assert search["best"] == {}


def test_a_trial_that_goes_on_is_charged_for_what_it_adds(new_database, serve):
    logger = new_database()
    with logger.start() as parent, logger.start(parent=parent) as trial:
        for step in range(1, 10):  # a generator: a value for every unit of resource
            trial.log_metric("metric", step / 10, step=step)
        for rung, resource in enumerate((1, 3, 9)):
            facts = {"rung": rung, "resource": resource, "seconds": 1.0}
            trial.log_metrics(facts, step=resource)
    best = serve(new_database.url).get("searches/1")["best"]
    assert best["resource"][-1] == [9.0, 0.9]
    assert best["seconds"][-1] == [3.0, 0.9]


def test_a_search_without_any_choice_says_what_is_better(tmp_path, serve):
    url = f"sqlite:///{tmp_path}/search.db"
    config = ADict(experiment=ADict(project_name="search", sql=ADict(db_path=url)))
    logger = SQLLogger(config)
    with logger.start(tags=["search", "train", "mode-min"]) as search:
        with logger.start(tags=["trial"], parent=search.uuid) as trial:
            trial.log_metric("metric", 0.5, step=1)
    assert only_search(serve(url))["mode"] == "min"


@pytest.mark.parametrize(
    ("metric", "mode"),
    [("val/loss", "min"), ("rmse", "min"), ("train_loss", "min"), ("mloss", "min")]
    + [("accuracy", "max"), ("reward", "max"), ("glossary", "max"), ("f1", "max")],
)
def test_what_is_better_is_guessed_from_the_name_of_a_metric(new_database, serve, metric, mode):
    logger = new_database()
    with logger.start() as parent:
        for value in (1.0, 2.0):
            with logger.start(parent=parent) as trial:
                trial.log_metric(metric, value)
    page = serve(new_database.url)
    assert only_search(page)["mode"] == mode
    (listed,) = page.get("projects/1/searches")["searches"]
    assert listed["best"] == {"min": 1.0, "max": 2.0}[mode]


def test_a_search_without_a_value_has_no_best(new_database, serve):
    logger = new_database()
    with logger.start() as parent, logger.start(parent=parent):
        pass
    (listed,) = serve(new_database.url).get("projects/1/searches")["searches"]
    assert (listed["best"], listed["metric"]) == (None, None)
