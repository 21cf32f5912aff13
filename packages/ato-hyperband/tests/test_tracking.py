"""Searches in an experiment tracker."""

import itertools
import uuid

import pytest

from ato_adict import ADict
from ato_hyperband import AllTrialsFailedError, HyperBand
from ato_scope import Scope

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


class FakeRun:
    def __init__(self, tags, parent, config):
        self.uuid, self.tags, self.parent, self.config = str(uuid.uuid4()), tags, parent, config
        self.metrics, self.notes, self.status = [], [], "running"

    def log_metric(self, key, value, step=None):
        assert self.status == "running"
        self.metrics.append((key, value, step))

    def log_metrics(self, values, step=None):
        for key, value in values.items():
            self.log_metric(key, value, step)

    def log_note(self, text):
        self.notes.append(text)

    def finish(self, status="completed"):
        self.status = status


class FakeTracker:
    def __init__(self):
        self.runs = []

    def start(self, tags=None, parent=None, config=None):
        self.runs.append(FakeRun(tags, parent, config))
        return self.runs[-1]


class Reopening(FakeTracker):
    def reopen(self, uuid):
        (run,) = [run for run in self.runs if run.uuid == uuid]
        run.status = "running"
        return run


def search(tracker, **options):
    options = {"resource": "epochs", "max_resource": 9, "seed": 0, "sampler": "random", **options}
    return HyperBand(None, LR, tracker=tracker, **options)


def train(config):
    for epoch in itertools.count(1):
        if config.trial.number == 2:
            raise RuntimeError("on purpose")
        yield config.lr * epoch


class Killed(BaseException):
    pass


def test_each_trial_is_a_run_below_that_of_the_search():
    tracker = FakeTracker()
    result = search(tracker).run(train, [])
    study, *trials = tracker.runs
    assert study.tags == ["search", "train", "mode-max"]
    assert {run.parent for run in trials} == {study.uuid}
    assert len(trials) == len(result.trials)
    assert study.status == "completed"
    assert ("best_metric", result.metric, None) in study.metrics


def test_a_run_holds_config_curve_rung_and_resource():
    tracker = FakeTracker()
    result = search(tracker).run(train, [])
    run = tracker.runs[1 + result.best.number]
    assert run.config.lr == result.config.lr
    assert [step for key, _, step in run.metrics if key == "metric"] == list(range(1, 10))
    assert [value for key, value, _ in run.metrics if key == "resource"] == [1, 3, 9]
    assert [value for key, value, _ in run.metrics if key == "rung"] == [0, 1, 2]
    assert run.status == "completed"


def test_a_failed_trial_is_a_failed_run_with_its_traceback():
    tracker = FakeTracker()
    search(tracker).run(train, [])
    assert tracker.runs[3].status == "failed"
    assert "RuntimeError: on purpose" in tracker.runs[3].notes[0]


def killed_at(limit):
    calls = []

    def train(config):
        for epoch in itertools.count(1):
            calls.append(1)
            if len(calls) == limit:
                raise Killed
            yield config.lr * epoch

    return train


def test_a_resumed_search_goes_on_in_the_runs_it_had_begun(tmp_path):
    tracker = Reopening()
    options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
    with pytest.raises(Killed):
        search(tracker, **options).run(killed_at(14), [])
    result = search(tracker, **options).run(killed_at(None), [])
    study, *trials = tracker.runs
    assert study.status == "completed"
    assert len(trials) == len(result.trials)
    assert {run.status for run in trials} == {"completed"}


def test_a_tracker_that_cannot_reopen_gets_a_new_run_with_all_that_was_logged(tmp_path):
    tracker = FakeTracker()
    options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
    with pytest.raises(Killed):
        search(tracker, **options).run(killed_at(14), [])
    result = search(tracker, **options).run(killed_at(None), [])
    best = [run for run in tracker.runs if run.config.get("lr") == result.config.lr][-1]
    steps = [step for key, _, step in best.metrics if key == "metric"]
    assert steps == list(range(1, 10))


@pytest.fixture
def logger(tmp_path):
    ato_sql = pytest.importorskip("ato_sql")
    path = f"sqlite:///{tmp_path}/experiments.db"
    config = ADict(experiment=ADict(project_name="digits", sql=ADict(db_path=path)))
    logger = ato_sql.SQLLogger(config)
    yield logger
    logger.close()


def test_the_tracker_of_ato_answers_about_a_search(logger):
    from ato_sql import SQLFinder

    result = search(logger).run(train, [])
    logger.flush()
    finder = SQLFinder(logger.config)
    best = finder.find_best_run(project_name="digits", metric_key="metric", mode="max")
    assert best.config["lr"] == result.config.lr
    assert len(finder.get_runs_in_project("digits")) == 1 + len(result.trials)


def test_a_tracker_can_be_the_storage_too(logger):
    options = {"storage": logger, "study_name": "s"}
    with pytest.raises(Killed):
        search(logger, **options).run(killed_at(14), [])
    calls = []
    result = search(logger, **options).run(lambda_train(calls), [])
    assert len(result.trials) > 3
    assert (0, 1) not in calls


@pytest.mark.parametrize("place", [None, "runs 1.db", "folder/runs.db"])
def test_so_can_one_that_was_told_no_database_or_a_path(place, tmp_path, monkeypatch):
    ato_sql = pytest.importorskip("ato_sql")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    config = place and {"experiment": {"project_name": "p", "sql": {"db_path": place}}}
    logger = ato_sql.SQLLogger(config)
    search(None, storage=logger).run(lambda_train([]), [])
    calls = []
    search(None, storage=logger).run(lambda_train(calls), [])
    logger.close()
    assert calls == []
    assert (tmp_path / (place or "experiments.db")).exists()


def lambda_train(calls):
    def train(config):
        for epoch in itertools.count(1):
            calls.append((config.trial.number, config.trial.resource))
            yield config.lr * epoch

    return train


class KilledBetween(Reopening):
    """Is killed after the study's log has an evaluation, before its run begins."""

    def start(self, tags=None, parent=None, config=None):
        if len(self.runs) == 3:
            self.runs.append(None)
            raise Killed
        return super().start(tags, parent, config)


def test_an_evaluation_that_only_the_log_of_the_study_has_is_tracked_after_the_resume(tmp_path):
    tracker = KilledBetween()
    options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
    with pytest.raises(Killed):
        search(tracker, **options).run(killed_at(None), [])
    tracker.runs.remove(None)
    tracker.start = FakeTracker.start.__get__(tracker)
    result = search(tracker, **options).run(killed_at(None), [])
    trials = tracker.runs[1:]
    assert sorted(run.config.trial.number for run in trials) == list(range(len(result.trials)))
    assert all(run.metrics and run.status == "completed" for run in trials)


class TestTheRunOfTheSearch:
    def test_it_has_the_config_before_any_trial(self):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.lr = 1e-3
            config.epochs = 9
            config.data = "digits"

        tracker = FakeTracker()
        options = {"resource": "epochs", "max_resource": 9, "seed": 0, "sampler": "random"}
        HyperBand(scope, LR, tracker=tracker, **options).run(train, ["data:=cifar"])
        assert dict(tracker.runs[0].config) == {"lr": 1e-3, "epochs": 9, "data": "cifar"}
        assert tracker.runs[1].config.data == "cifar"
        assert tracker.runs[1].config.trial.number == 0

    def test_without_a_scope_its_config_is_empty(self):
        tracker = FakeTracker()
        search(tracker).run(train, [])
        assert dict(tracker.runs[0].config) == {}

    def test_it_tells_the_best_trial(self):
        tracker = FakeTracker()
        result = search(tracker).run(train, [])
        assert ("best_trial", result.best.number, None) in tracker.runs[0].metrics

    @pytest.mark.parametrize("mode", ["max", "min"])
    def test_it_is_tagged_with_name_and_mode(self, mode):
        tracker = FakeTracker()
        search(tracker, mode=mode, study_name="lr sweep").run(train, [])
        assert tracker.runs[0].tags == ["search", "lr sweep", f"mode-{mode}"]

    def test_it_has_failed_when_every_trial_did(self):
        def fails(config):
            raise RuntimeError("on purpose")

        tracker = FakeTracker()
        with pytest.raises(AllTrialsFailedError):
            search(tracker).run(fails, [])
        assert {run.status for run in tracker.runs} == {"failed"}
        assert "best_metric" not in [key for key, _, _ in tracker.runs[0].metrics]

    @pytest.mark.parametrize("error", [KeyboardInterrupt, Killed])
    def test_it_is_interrupted_when_the_search_is(self, error):
        def interrupted(config):
            if config.trial.number == 2:
                raise error
            return config.lr

        tracker = FakeTracker()
        with pytest.raises(error):
            search(tracker).run(interrupted, [])
        assert [run.status for run in tracker.runs] == ["interrupted", "running", "running"]


class TestTheRunOfATrial:
    def test_it_is_tagged_with_bracket_and_origin(self):
        tracker = FakeTracker()
        result = search(tracker).run(train, [])
        for trial, run in zip(result.trials, tracker.runs[1:]):
            assert run.tags == ["trial", f"bracket-{trial.bracket}", "random"]

    def test_a_function_logs_one_metric_per_rung_at_its_resource(self):
        tracker = FakeTracker()
        result = search(tracker).run(lambda config: config.epochs, [])
        run = tracker.runs[1 + result.best.number]
        metrics = [(value, step) for key, value, step in run.metrics if key == "metric"]
        assert metrics == [(1, 1), (3, 3), (9, 9)][: len(metrics)]
        assert metrics[-1] == (result.best.metric, result.best.resource)

    def test_a_generator_that_ended_early_logs_its_last_value_at_the_rung_too(self):
        def short(config):
            yield from (0.1, 0.2)

        tracker = FakeTracker()
        search(tracker, max_resource=3).run(short, [])
        logged = [m for m in tracker.runs[-1].metrics if m[0] == "metric"]
        assert logged == [("metric", 0.1, 1), ("metric", 0.2, 2), ("metric", 0.2, 3)]

    def test_what_is_told_after_reports_is_logged_at_the_rung(self):
        tracker = FakeTracker()
        asking = search(tracker, max_resource=3)
        for trial in iter(asking.ask, None):
            trial.report(trial.resource - 0.5, 0.1)
            asking.tell(trial, 0.7)
        asking.result()
        assert ("metric", 0.7, 3) in tracker.runs[-1].metrics

    def test_each_rung_tells_the_seconds_it_took(self):
        tracker = FakeTracker()
        result = search(tracker).run(train, [])
        seconds = [v for key, v, _ in tracker.runs[1].metrics if key == "seconds"]
        assert seconds == [e.outcome.seconds for e in result.trials[0].evaluations]

    def test_it_ends_as_soon_as_it_cannot_go_on(self):
        states = []

        def watching(config):
            states.append([run.status for run in tracker.runs[1:10]])
            return config.lr

        tracker = FakeTracker()
        search(tracker).run(watching, [])
        assert states[8].count("running") == 8  # of the nine of the first rung one is to come
        assert states[9].count("running") == 3  # the best third goes on
        assert states[9].count("completed") == 6

    def test_a_failed_trial_has_no_metric(self):
        tracker = FakeTracker()
        search(tracker).run(train, [])
        assert "metric" not in [key for key, _, _ in tracker.runs[3].metrics]

    @pytest.mark.parametrize("options", [{"scheduler": "async"}, {"n_jobs": 2}, {"sampler": "tpe"}])
    def test_each_trial_has_exactly_one_however_the_search_runs(self, options):
        tracker = FakeTracker()
        result = search(tracker, max_trials=20, **options).run(train, [])
        numbers = [run.config.trial.number for run in tracker.runs[1:]]
        assert sorted(numbers) == [t.number for t in result.trials]
        assert "running" not in [run.status for run in tracker.runs]

    def test_generations_of_a_grid_are_rungs(self):
        spaces = {"n": {"param_type": "INTEGER", "param_range": (1, 9)}}
        tracker = FakeTracker()
        HyperBand(None, spaces, tracker=tracker).run(lambda config: config.n, [])
        rungs = [v for key, v, _ in tracker.runs[9].metrics if key == "rung"]
        assert rungs == [0, 1, 2]
        assert tracker.runs[9].tags == ["trial", "bracket-0", "grid"]


def test_a_finished_search_started_again_logs_nothing_twice(tmp_path):
    tracker = Reopening()
    options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
    search(tracker, **options).run(train, [])
    before = [list(run.metrics) for run in tracker.runs[1:]]
    search(tracker, **options).run(train, [])
    assert [run.metrics for run in tracker.runs[1:]] == before
