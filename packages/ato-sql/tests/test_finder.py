"""Questions about runs."""

import math
import sys
import threading

import pytest

from ato_adict import ADict
from ato_sql import (
    DatabaseError,
    NotFound,
    NotFoundError,
    SettingsError,
    SQLFinder,
    SQLLogger,
)


class TestFinding:
    def test_unknown_things_are_none_or_empty(self, finder, trials):
        assert finder.find_project("nope") is None
        assert finder.find_run(99) is None
        assert finder.get_runs_in_project("nope") == []
        assert finder.find_similar_runs(99) == []
        assert finder.find_similar_runs_by_trace(99, "train") == []

    def test_a_run_is_found_by_id_and_by_uuid(self, finder, trials):
        run = finder.find_run(trials[0])
        assert finder.find_run(run.uuid).id == run.id

    def test_runs_come_in_the_order_they_started(self, finder, trials):
        assert [run.id for run in finder.get_runs_in_project("digits")] == trials

    def test_objects_are_read_after_the_session_is_closed_and_in_other_threads(
        self, finder, trials
    ):
        run = finder.find_run(trials[0])
        finder.close()
        seen = []
        thread = threading.Thread(
            target=lambda: seen.extend([run.config["lr"], run.project.name, len(run.metrics)])
        )
        thread.start()
        thread.join()
        assert seen == [0.1, "digits", 2]
        assert run.metrics[0].run.id == run.id

    def test_similar_runs_have_the_same_keys_and_types(self, config, finder, trials):
        other = config.clone()
        other.another = 1
        SQLLogger(other).run()
        assert [run.id for run in finder.find_similar_runs(trials[0])] == trials[1:]


class TestBest:
    def test_the_best_value_counts(self, finder, trials):
        assert finder.find_best_run("digits", "acc").id == trials[1]
        assert finder.find_best_run("digits", "acc", mode="min").id == trials[0]

    def test_of_equals_the_first(self, finder, trials):
        assert finder.find_best_run("digits", "acc", at="last").id == trials[0]

    def test_nan_and_infinity_never_win(self, finder, trials, logger):
        for value in (math.nan, math.inf, -math.inf):
            with logger.start() as run:
                run.log_metric("acc", value, 0)
        assert finder.find_best_run("digits", "acc").id == trials[1]
        assert finder.find_best_run("digits", "acc", mode="min").id == trials[0]

    def test_nothing_is_a_false_result_that_reads_like_the_old_one(self, finder, trials):
        nothing = finder.find_best_run("digits", "accuracy")
        assert isinstance(nothing, NotFound)
        assert not nothing
        assert nothing == {"error": "Run not found"}
        assert finder.find_best_run("nope", "acc") == {"error": "Project not found"}

    def test_a_false_result_says_what_was_looked_for(self, finder, trials):
        nothing = finder.find_best_run("digits", "accuracy")
        assert (nothing.kind, nothing.name) == ("run", "accuracy")

    @pytest.mark.parametrize("at", ["first", "", None])
    def test_an_unknown_moment_is_an_error(self, finder, trials, at):
        with pytest.raises(NotFoundError, match="at must be 'best' or 'last'"):
            finder.find_best_run("digits", "acc", at=at)

    def test_an_unknown_mode_is_an_error(self, finder):
        with pytest.raises(NotFoundError, match="'max' or 'min', not 'maximum'"):
            finder.find_best_run("digits", "acc", mode="maximum")


class TestNames:
    def test_a_project_is_found_by_its_name(self, finder, trials):
        project = finder.get_project("digits")
        assert finder.find_project("digits").id == project.id
        assert [run.id for run in project.runs] == trials
        assert repr(project) == f"<Project id={project.id} name='digits'>"

    def test_an_unknown_project_suggests_a_known_one(self, finder, trials):
        with pytest.raises(NotFoundError, match="no project 'digts'; did you mean 'digits'"):
            finder.get_project("digts")

    def test_projects_come_by_name(self, finder, config, open_logger):
        for name in ("zeta", "alpha", "日本"):
            config.experiment.project_name = name
            open_logger(config).get_or_create_project()
        assert [p.name for p in finder.get_projects()] == ["alpha", "zeta", "日本"]

    @pytest.mark.parametrize("run_id", [99, "nope", ""])
    def test_an_unknown_run_is_none_or_an_error(self, finder, trials, run_id):
        assert finder.find_run(run_id) is None
        for ask in (finder.get_run, finder.get_config):
            with pytest.raises(NotFoundError, match="there is no run .* in sqlite://"):
                ask(run_id)

    def test_a_finder_shows_its_database(self, finder, path):
        assert repr(finder) == f"<SQLFinder of sqlite:///{path}>"

    def test_a_finder_may_be_told_that_the_database_must_exist(self, finder, logger, path):
        with pytest.raises(DatabaseError, match=r"there is no database .*runs\.sqlite"):
            finder.must_exist()
        logger.start().finish()
        finder.must_exist()

    def test_a_run_shows_what_identifies_it(self, finder, trials):
        run = finder.get_run(trials[0])
        assert repr(run) == f"<Experiment id={run.id} name={run.name!r} status='completed'>"


def test_a_data_frame_has_a_row_for_each_run(finder, trials):
    pytest.importorskip("pandas")
    frame = finder.to_dataframe("digits")
    assert list(frame.index) == trials
    assert list(frame["config.lr"]) == [0.1, 0.01, 0.001]
    assert list(frame["metric.acc.max"]) == [0.6, 0.9, 0.7]


class TestFrames:
    @pytest.fixture(autouse=True)
    def _pandas(self):
        pytest.importorskip("pandas")

    def test_of_no_runs_it_is_empty(self, finder, trials):
        assert len(finder.to_dataframe(where="id>99")) == 0

    def test_it_has_some_runs_only_where_asked(self, finder, trials):
        frame = finder.to_dataframe(where={"config.lr": ("<", 0.05)}, tags=["sweep"])
        assert list(frame.index) == trials[1:]
        assert len(finder.to_dataframe("nope")) == 0

    def test_its_columns_are_named_by_what_they_are(self, finder, trials):
        frame = finder.to_dataframe()
        assert list(frame.columns[:5]) == ["project", "status", "tags", "start_time", "end_time"]
        assert set(frame["project"]) == {"digits"}
        assert list(frame["metric.acc.count"]) == [2, 2, 2]
        assert list(frame["config.model.layers"]) == [[64, 32]] * 3

    def test_an_integer_that_no_float_holds_stays_what_it_is(self, finder, trials, logger):
        with logger.start(config={"big": 10**309}) as run:
            run.log_metric("n", -(10**309))
        row = finder.to_dataframe().loc[run.id]
        assert (row["config.big"], row["metric.n.last"]) == (10**309, -(10**309))

    def test_what_a_run_lacks_is_missing_in_its_row(self, finder, trials, logger):
        logger.start(config={"other": 1}).finish()
        frame = finder.to_dataframe()
        assert list(frame["metric.acc.last"].isna()) == [False, False, False, True]
        assert list(frame["config.other"].isna()) == [True, True, True, False]


def test_without_pandas_a_frame_says_what_to_install(finder, trials, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(SettingsError, match=r"pip install 'ato-sql\[pandas\]'"):
        finder.to_dataframe()


def test_a_finder_needs_no_project(tmp_path):
    path = tmp_path / "runs.sqlite"
    SQLLogger({"experiment": {"project_name": "p", "sql": {"db_path": path}}}).start().finish()
    config = ADict(experiment=ADict(sql=ADict(db_path=path)))
    assert [project.name for project in SQLFinder(config).get_projects()] == ["p"]


def test_artifacts_and_children_of_a_run_are_asked_for(logger, finder, tmp_path):
    with logger.start() as parent:
        parent.log_artifact(tmp_path / "one", "model")
        parent.log_artifact(tmp_path / "two", "model")
        children = [logger.start(parent=parent) for _ in range(2)]
    paths = [str(tmp_path / "one"), str(tmp_path / "two")]
    assert [one.path for one in finder.artifacts(parent.uuid)] == paths
    assert [run.id for run in finder.children(parent.id)] == [run.id for run in children]
    assert finder.children(children[0].id) == finder.artifacts(children[0].id) == []
    with pytest.raises(NotFoundError):
        finder.artifacts(99)


def test_nan_and_infinity_of_a_config_are_numbers_in_a_data_frame(logger, finder):
    pytest.importorskip("pandas")
    logger.start(config={"x": math.inf, "y": math.nan}).finish()
    frame = finder.to_dataframe()
    assert frame["config.x"].iloc[0] == math.inf
    assert math.isnan(frame["config.y"].iloc[0])


def test_asking_creates_nothing(tmp_path):
    finder = SQLFinder({"experiment": {"sql": {"db_path": tmp_path / "none" / "runs.sqlite"}}})
    with pytest.raises(DatabaseError, match="there is no database at .*runs.sqlite"):
        finder.get_projects()
    with pytest.raises(DatabaseError, match="there is no database"):
        finder.upgrade()
    assert not (tmp_path / "none").exists()
