"""Which files and modules differ between two runs, and what is no difference."""

import pytest

from ato_adict import MISSING, ADict, RunRecord, attach_record
from ato_sql import SQLLogger


def an_input(name, content="a", **changes):
    row = {"path": f"/data/{name}", "name": name, "size": 1, "mtime": 1.0, "reader": None}
    row.update(hash=f"sha256:{content * 64}", how="read", problem=None)
    return {**row, **changes}


@pytest.fixture
def run(config):
    """Start and end a run whose record tells of these inputs, modules and variables."""

    def run(*inputs, modules=None, variables=None, **values):
        told, record = ADict(config, **values), RunRecord()
        record.inputs = lambda wait: list(inputs)
        record.sources = lambda: {
            name: {"path": f"/p/{name}.py", "name": f"{name}.py", "text": text, "hash": text * 64}
            for name, text in (modules or {}).items()
        }
        record.environment = lambda: {"variables": variables or {}, "diff_hash": None}
        attach_record(told, record)
        with SQLLogger(told).start() as started:
            pass
        return started.id

    return run


class TestInputs:
    def test_the_same_content_is_none(self, run, finder):
        assert finder.compare(run(an_input("a.csv")), run(an_input("a.csv"))).inputs == {}

    def test_another_content_is_one(self, run, finder):
        a, b = run(an_input("a.csv", "a")), run(an_input("a.csv", "b", size=2))
        (change,) = finder.compare(a, b).inputs.values()
        assert (change.a["size"], change.b["size"]) == (1, 2)

    def test_a_file_that_was_renamed_is_none(self, run, finder):
        assert finder.compare(run(an_input("old.csv")), run(an_input("new.csv"))).inputs == {}

    def test_a_file_that_was_moved_and_changed_is_one_under_its_new_name(self, run, finder):
        a, b = run(an_input("v1/train.csv", "a")), run(an_input("v2/train.csv", "b"))
        found = finder.compare(a, b).inputs
        assert list(found) == ["v2/train.csv"]
        assert found["v2/train.csv"].a["path"] == "/data/v1/train.csv"

    def test_of_several_of_one_name_none_is_taken_for_another(self, run, finder):
        a = run(an_input("v1/train.csv", "a"), an_input("w1/train.csv", "b"))
        b = run(an_input("v2/train.csv", "c"), an_input("w2/train.csv", "d"))
        found = finder.compare(a, b).inputs
        assert len(found) == 4
        assert all(MISSING in (change.a, change.b) for change in found.values())

    def test_what_one_of_them_wrote_itself_is_none(self, run, finder):
        a = run(an_input("state.json", "a", how="updated"))
        b = run(an_input("state.json", "b"))
        assert finder.compare(a, b).inputs == {}

    def test_a_cache_that_the_other_made_while_it_ran_is_none(self, run, finder):
        a = run(an_input("a.csv"))
        during = finder.get_run(a).start_time.timestamp()
        b = run(an_input("a.csv"), an_input("cache.bin", "b", mtime=during))
        assert finder.compare(a, b).inputs == {}

    def test_a_file_that_was_there_before_both_is_one(self, run, finder):
        b = run(an_input("a.csv"), an_input("extra.csv", "b", mtime=1.0))
        assert list(finder.compare(run(an_input("a.csv")), b).inputs) == ["extra.csv"]

    def test_what_could_not_be_hashed_is_compared_by_size(self, run, finder):
        unknown = {"hash": None, "problem": "unreadable"}
        a = run(an_input("a.csv", **unknown))
        assert finder.compare(a, run(an_input("a.csv", "b"))).inputs == {}
        assert list(finder.compare(a, run(an_input("a.csv", "b", size=9))).inputs) == ["a.csv"]

    def test_hashes_of_two_kinds_say_nothing_and_sizes_do(self, run, finder):
        a = run(an_input("a.bin", hash="sampled:" + "a" * 64))
        assert finder.compare(a, run(an_input("a.bin"))).inputs == {}
        assert list(finder.compare(a, run(an_input("a.bin", size=2))).inputs) == ["a.bin"]

    def test_where_a_setting_leaves_inputs_out_nothing_is_said(self, run, config, finder):
        with_them = run(an_input("a.csv"))
        config.experiment.sql.inputs = False
        assert finder.compare(with_them, run()).inputs == {}


class TestModules:
    def test_one_that_changed_has_both_hashes(self, run, finder):
        found = finder.compare(run(modules={"m": "a"}), run(modules={"m": "b"})).sources
        assert found == {"m": ("a" * 64, "b" * 64)}

    def test_one_that_only_one_run_loaded_is_missing_in_the_other(self, run, finder):
        a, b = run(modules={"m": "a"}), run(modules={"m": "a", "n": "b"})
        assert finder.compare(a, b).sources == {"n": (MISSING, "b" * 64)}
        assert finder.compare(a, b).to_dict()["sources"] == {"n": {"b": "b" * 64}}

    def test_where_one_run_recorded_none_nothing_is_said(self, run, finder):
        assert finder.compare(run(), run(modules={"m": "a"})).sources == {}


class TestCircumstances:
    def test_a_variable_that_changed(self, run, finder):
        a, b = run(variables={"GAIN": "1"}), run(variables={"GAIN": "2"})
        assert finder.compare(a, b).environment == {"variable GAIN": ("1", "2")}

    def test_one_that_is_not_set_is_as_good_as_one_nobody_asked_for(self, run, finder):
        a, b = run(variables={"GAIN": None}), run(variables={})
        assert finder.compare(a, b).environment == {}

    def test_keys_have_no_order_and_types_count(self, run, finder):
        a = run(x={"a": 1, "b": [1, True]})
        assert finder.compare(a, run(x={"b": [1, True], "a": 1})).config == {}
        assert finder.compare(a, run(x={"b": [1, 1], "a": 1})).config == {
            "x.b": ([1, True], [1, 1]),
        }

    def test_artifacts_that_both_logged_under_one_path(self, logger, finder, tmp_path):
        ids = []
        for text in ("one", "two"):
            (tmp_path / "model.bin").write_text(text)
            with logger.start() as run:
                run.log_artifact(tmp_path / "model.bin", "model")
                run.log_artifact(tmp_path / f"{text}.bin", "model")
            ids.append(run.id)
        (path,) = finder.compare(*ids).artifacts
        assert path == str(tmp_path / "model.bin")

    def test_all_that_differs_stands_in_tables(self, run, finder, capsys, path):
        from ato_sql.cli import main

        a = run(an_input("a.csv", "a"), modules={"m": "a"}, lr=0.1)
        b = run(an_input("b.txt", "b"), modules={"n": "b"}, lr=0.2)
        assert main(["compare", str(a), str(b), "--db", path]) == 1
        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert ["lr", "0.1", "0.2"] in rows
        assert ["m", "a" * 12, "-"] in rows
        assert ["n", "-", "b" * 12] in rows
        assert ["a.csv", "1", "bytes,", "a" * 12, "-"] in rows
