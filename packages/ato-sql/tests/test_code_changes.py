"""Fingerprints that differ for another reason than the code, files that differ, and values."""

import json

import pytest

from ato_sql.cli import open_stored
from ato_sql.comparing import compare_runs, literal, output_encoding
from ato_sql.reading import MARK
from helping import Print

OLDER = "one is of the older form 1"
BYTE_CODE = "one was made from byte code, as its source could not be read"


@pytest.fixture
def run(logger):
    """Make a run with a fingerprint of `f`; return its id."""

    def run(letter, trace_type="static", **parts):
        made = Print(letter * 64, source=f"return {letter!r}", **parts)
        with logger.start(fingerprints={trace_type: {"f": made}}) as run:
            pass
        return run.id

    return run


class TestWhatSaysNothingOfTheCode:
    def test_a_fingerprint_of_an_older_form(self, run, finder):
        a, b = run("a", form=1), run("b", form=2)
        assert finder.compare(a, b).code["f"].problem == OLDER
        assert finder.compare(b, a).code["f"].problem == OLDER

    def test_one_that_says_no_form_is_of_the_oldest(self, run, finder):
        assert finder.compare(run("a"), run("b", form=3)).code["f"].problem == OLDER

    def test_a_fingerprint_of_byte_code_beside_one_of_source(self, run, finder):
        a, b = run("a", kind="source"), run("b", kind="code-object")
        assert finder.compare(a, b).code["f"].problem == BYTE_CODE

    def test_two_of_byte_code_are_compared(self, run, finder):
        a, b = run("a", kind="code-object"), run("b", kind="code-object")
        assert finder.compare(a, b).code["f"].problem == ""

    def test_one_of_which_nothing_was_kept_is_compared(self, logger, run, finder):
        with logger.start(fingerprints={"f": "b"}) as bare:
            pass
        change = finder.compare(run("a", form=2), bare.id).code["f"]
        assert (change.problem, change.diff) == ("", "")

    def test_of_outputs_it_is_said_too(self, run, finder):
        a, b = run("a", "runtime", form=1), run("b", "runtime", form=2)
        assert finder.compare(a, b).outputs["f"].problem == OLDER

    def test_the_dict_has_it_only_where_there_is_one(self, run, finder):
        a, b, c = run("a", form=1), run("b", form=2), run("c", form=2)
        assert finder.compare(a, b).to_dict()["code"]["f"]["problem"] == OLDER
        assert "problem" not in finder.compare(b, c).to_dict()["code"]["f"]

    def test_the_command_says_it_in_place_of_the_diff(self, run, path, command):
        a, b = str(run("a", form=1)), str(run("b", form=2))
        printed = command("compare", a, b, "--db", path, code=1)
        assert f"\nf cannot be compared: {OLDER}\n" in printed
        assert "+return" not in printed

    def test_a_notebook_says_it_in_place_of_the_diff(self, run, finder):
        a, b = run("a", kind="source"), run("b", kind="code-object")
        shown = finder.compare(a, b)._repr_html_()
        assert f"<div><b>f</b></div><pre>{BYTE_CODE}</pre>" in shown
        assert "+return" not in shown


class TestFilesOfBothRuns:
    @pytest.fixture
    def two(self, logger, tmp_path):
        """The ids of two runs that logged another model, and the same report, under one path."""
        ids = []
        for text in ("one", "two"):
            (tmp_path / "model.bin").write_text(text)
            (tmp_path / "report.txt").write_text("the same")
            with logger.start() as run:
                run.log_artifact(tmp_path / "model.bin", "model")
                run.log_artifact(tmp_path / "report.txt", "report")
            ids.append(run.id)
        return ids

    def test_the_hashes_of_those_that_differ_are_told(self, two, finder, tmp_path):
        (change,) = finder.compare(*two).artifacts.values()
        hashes = [finder.artifacts(run_id)[0].content_hash for run_id in two]
        assert [change.a, change.b] == hashes

    def test_the_command_has_a_table_of_them(self, two, path, command, tmp_path):
        printed = command("compare", *map(str, two), "--db", path, code=1)
        table = printed.partition("\nartifacts\n")[2].splitlines()
        assert table[1].split()[0] == str(tmp_path / "model.bin")
        assert "report.txt" not in printed

    def test_where_none_differ_there_is_no_table(self, two, path, command):
        assert "artifacts" not in command("compare", "1", "1", "--db", path)

    def test_as_json_they_have_both_hashes(self, two, path, command, tmp_path):
        told = json.loads(command("compare", *map(str, two), "--db", path, "--json", code=1))
        assert sorted(told["artifacts"][str(tmp_path / "model.bin")]) == ["a", "b"]


class TestHowRunsEnded:
    def test_a_run_that_goes_on_is_running(self, logger, path):
        run = logger.start()
        run.flush()
        found = open_stored(path).run(run.id)
        assert (found.status, found.error, found.span[1]) == ("running", None, None)

    def test_a_failed_run_has_its_traceback(self, logger, path):
        with pytest.raises(ZeroDivisionError), logger.start() as run:
            1 / 0  # noqa: B018
        found = open_stored(path).run(run.id)
        assert found.status == "failed"
        assert found.error.rstrip().endswith("ZeroDivisionError: division by zero")

    def test_runs_of_one_process_are_known_to_be(self, logger, path, trials):
        stored = open_stored(path)
        assert stored.run(trials[0]).process == stored.run(trials[1]).process is not None

    def test_the_project_that_was_used_last(self, logger, finder, config, open_logger, path):
        logger.start().finish()
        config.experiment.project_name = "other"
        with open_logger(config).start() as run:
            pass
        assert open_stored(path).last_project() == "other"
        finder.archive(run.id)
        assert open_stored(path).last_project() == "digits"

    def test_without_a_run_no_project_was_used(self, logger, path):
        logger.get_or_create_project()
        logger.close()
        stored = open_stored(path)
        assert (stored.last_project(), stored.latest(3)) == (None, [])
        assert stored.projects() == ["digits"]

    def test_metrics_are_compared_beyond_what_a_float_holds(self, logger, path):
        ids = []
        for value in (10**400, 0.5):
            with logger.start() as run:
                run.log_metric("n", value)
            ids.append(run.id)
        stored = open_stored(path)
        change = compare_runs(stored, *map(stored.run, ids)).metrics["n"]
        assert (change.a, change.b) == (10**400, 0.5)
        assert change.delta < -(10**300)


class TestValues:
    @pytest.mark.parametrize(
        ("stored", "written"),
        [
            ([1, None, True, "a"], "[1, None, True, 'a']"),
            ({"a": {"b": 0.5}}, "{'a': {'b': 0.5}}"),
            ({MARK: "float", "value": "-inf"}, "-inf"),
            ({MARK: "set", "value": [2, 1]}, "{1, 2}"),
            ({MARK: "set", "value": ["b", 1]}, "{'b', 1}"),
            ({MARK: "set", "value": []}, "set()"),
            ({"[(1, 2)]": 3}, "{(1, 2): 3}"),
            ({"[not a key]": 3}, "{'[not a key]': 3}"),
            ({MARK: "mine", "value": 1}, f"{{'{MARK}': 'mine', 'value': 1}}"),
        ],
    )
    def test_a_stored_value_is_written_as_python_does(self, stored, written):
        assert literal(stored) == written

    def test_all_that_is_stored_of_it_is_written_where_asked(self):
        stored = {MARK: "repr", "value": "<Net>", "type": "m.Net"}
        assert literal(stored) == "<Net>"
        assert literal([stored], whole=True) == "[<Net> {'type': 'm.Net'}]"

    def test_what_python_has_in_a_config_comes_back_as_it_is_written(self, logger, path):
        with logger.start(config={"x": {1, 2}, "y": float("nan"), 3: None}) as run:
            pass
        assert literal(open_stored(path).run(run.id).config) == "{'x': {1, 2}, 'y': nan, 3: None}"

    def test_the_encoding_of_the_output_is_that_of_a_run(self, logger, path):
        with logger.start() as run:
            pass
        assert open_stored(path).run(run.id).environment["output_encoding"] == output_encoding()
