"""Asked for what there is not: the answer of each question, as docs/tracking.md lists them."""

import pytest

from ato_sql import DatabaseError, NotFound, NotFoundError, SQLFinder, TrackerError


@pytest.fixture
def asked(finder, trials):
    """The finder of a database of three runs of the project `digits`."""
    return finder


class TestNone:
    def test_of_find_project_and_find_run(self, asked):
        assert asked.find_project("digit") is None
        assert asked.find_run(99) is None
        assert asked.find_run("no-such-uuid") is None

    def test_of_the_source_of_a_fingerprint(self, asked):
        assert asked.get_fingerprint_source("abc") is None


class TestAnEmptyList:
    @pytest.mark.parametrize(
        "ask",
        [
            lambda finder: finder.get_runs_in_project("digit"),
            lambda finder: finder.find_similar_runs(99),
            lambda finder: finder.find_similar_runs("no-such-uuid"),
            lambda finder: finder.find_similar_runs_by_trace(99, "f"),
            lambda finder: finder.search(project_name="digit"),
            lambda finder: finder.search(tags=["never"]),
            lambda finder: finder.nested_runs(project_name="digit"),
            lambda finder: finder.known_metrics("digit"),
            lambda finder: finder.media(1, key="never"),
            lambda finder: finder.get_latest_metrics(1, keys=["never"]),
        ],
    )
    def test_of_what_may_be_many(self, asked, ask):
        assert list(ask(asked)) == []

    def test_and_none_are_counted(self, asked):
        assert asked.count(project_name="digit") == 0

    def test_of_summaries_each_run_that_was_asked_for(self, asked):
        assert asked.get_summaries([99]) == {99: {}}


class TestFalse:
    def test_of_the_best_run_of_no_project(self, asked):
        found = asked.find_best_run("digit", "acc")
        assert not found
        assert found == {"error": "Project not found"}
        assert (found.kind, found.name) == ("project", "digit")

    def test_of_the_best_run_by_no_metric(self, asked):
        found = asked.find_best_run("digits", "accuracy")
        assert isinstance(found, NotFound)
        assert found == {"error": "Run not found"}
        assert (found.kind, found.name) == ("run", "accuracy")

    def test_of_the_statistics_of_a_trace(self, asked):
        assert asked.get_trace_statistics("digit", "f") == {"error": "Project not found"}

    def test_a_trace_that_a_project_never_had_has_no_versions(self, asked):
        found = asked.get_trace_statistics("digits", "f")
        assert found["static_trace_versions"] == found["runtime_trace_versions"] == 0


class TestErrors:
    @pytest.mark.parametrize(
        "ask",
        [
            lambda finder: finder.get_run(99),
            lambda finder: finder.get_config(99),
            lambda finder: finder.get_metrics(99, "acc"),
            lambda finder: finder.get_metric_keys(99),
            lambda finder: finder.get_latest_metrics(99),
            lambda finder: finder.artifacts(99),
            lambda finder: finder.media(99),
            lambda finder: finder.console(99),
            lambda finder: finder.children(99),
            lambda finder: finder.compare(1, 99),
            lambda finder: finder.delete_run(99),
            lambda finder: finder.rename(99, "x"),
            lambda finder: finder.tag(99, add=["x"]),
            lambda finder: finder.archive(99),
            lambda finder: finder.export("runs.jsonl", run_ids=[99]),
            lambda finder: finder.export_metrics("metrics.csv", run_ids=[99]),
        ],
    )
    def test_an_unknown_run_is_named(self, asked, here, ask):
        with pytest.raises(NotFoundError, match="there is no run 99"):
            ask(asked)
        assert not list(here.glob("*.jsonl")) + list(here.glob("*.csv"))

    def test_an_unknown_metric_suggests_a_known_one(self, asked, trials):
        with pytest.raises(NotFoundError, match="no metric 'ac'; did you mean 'acc'"):
            asked.get_metrics(trials[0], "ac")

    def test_an_unknown_project_suggests_a_known_one(self, asked, here):
        for ask in (
            lambda: asked.get_project("digit"),
            lambda: asked.export("runs.jsonl", project_name="digit"),
        ):
            with pytest.raises(NotFoundError, match="no project 'digit'; did you mean 'digits'"):
                ask()

    def test_an_unknown_kind_of_media_names_those_there_are(self, asked, trials):
        with pytest.raises(NotFoundError, match="no kind 'imag'; did you mean 'image'"):
            asked.media(trials[0], kind="imag")

    def test_an_unknown_mode_or_moment_is_refused(self, asked):
        with pytest.raises(NotFoundError, match="mode must be 'max' or 'min', not 'mx'"):
            asked.find_best_run("digits", "acc", mode="mx")
        with pytest.raises(NotFoundError, match="at must be 'best' or 'last', not 'lst'"):
            asked.find_best_run("digits", "acc", at="lst")

    def test_they_are_lookup_errors_of_python(self, asked):
        with pytest.raises(LookupError):
            asked.get_run(99)

    def test_a_trace_that_nobody_recorded_is_an_error(self, asked):
        with pytest.raises(NotFoundError, match="nothing was recorded of the static trace 'f'"):
            asked.history("f")


class TestNoDatabase:
    def test_a_question_says_how_one_comes_to_be(self, tmp_path):
        finder = SQLFinder({"experiment": {"sql": {"db_path": str(tmp_path / "gone.db")}}})
        with pytest.raises(DatabaseError, match="runs make one, or name another"):
            finder.search()
        assert list(tmp_path.iterdir()) == []

    def test_upgrading_and_merging_make_none_either(self, finder, tmp_path):
        with pytest.raises(DatabaseError, match="there is no database"):
            finder.upgrade()
        with pytest.raises(DatabaseError, match="there is no database"):
            finder.merge(tmp_path / "gone.db")
        with pytest.raises(DatabaseError):
            finder.must_exist()
        assert list(tmp_path.iterdir()) == []

    def test_why_is_in_another_package(self, asked):
        with pytest.raises(TrackerError, match="pip install ato, and use ato.SQLFinder"):
            asked.why(1, 2)

    def test_making_and_closing_a_finder_opens_nothing(self, tmp_path):
        finder = SQLFinder({"experiment": {"sql": {"db_path": str(tmp_path / "gone.db")}}})
        finder.close()
        assert repr(finder) == f"<SQLFinder of sqlite:///{tmp_path}/gone.db>"

    def test_a_finder_that_was_closed_opens_again(self, asked, trials):
        asked.close()
        assert asked.count() == 3
