"""What a run read: logged by hand, told by its config's record, kept, carried elsewhere."""

import os
import sqlite3

import pytest

from ato_adict import ADict, RunRecord, attach_record
from ato_sql import MetricError, SQLFinder, SQLLogger


def inputs_of(finder, run):
    return {one.name: one for one in finder.get_run(run.id).inputs}


def told(config, **parts):
    """The config of an entry whose record tells these parts."""
    config, record = ADict(config), RunRecord()
    for name, value in parts.items():
        setattr(record, name, value)
    attach_record(config, record)
    return config


def an_input(path, **changes):
    entry = {"path": str(path), "name": os.path.basename(str(path)), "size": 1, "mtime": 1.0}
    return {**entry, "hash": "sha256:1", "reader": None, "how": "read", "problem": None, **changes}


class TestLoggedByHand:
    def test_a_file_is_kept_with_its_size_and_hash(self, logger, finder, tmp_path):
        (tmp_path / "train.csv").write_text("hello")
        with logger.start() as run:
            run.log_input(tmp_path / "train.csv")
        one = inputs_of(finder, run)[str(tmp_path / "train.csv")]
        assert one.size == 5
        assert one.hash.startswith("sha256:2cf24dba5fb0a30e")
        assert one.how == "logged"

    def test_it_can_be_given_a_name(self, logger, finder, tmp_path):
        (tmp_path / "train.csv").write_text("hello")
        with logger.start() as run:
            run.log_input(str(tmp_path / "train.csv"), name="train")
        assert list(inputs_of(finder, run)) == ["train"]

    def test_a_folder_is_told_apart_by_the_contents_below_it(self, logger, finder, tmp_path):
        folder = tmp_path / "images"
        (folder / "a").mkdir(parents=True)
        (folder / "a" / "1").write_text("x")
        hashes = []
        for text in ("x", "x", "y"):
            (folder / "a" / "1").write_text(text)
            with logger.start() as run:
                run.log_input(folder, name="images")
            hashes.append(inputs_of(finder, run)["images"].hash)
        assert hashes[0] == hashes[1] != hashes[2]

    def test_bytes_and_arrays_need_a_name(self, logger, finder):
        with logger.start() as run:
            run.log_input(b"abc", name="bytes")
            with pytest.raises(MetricError, match="an input of type bytes needs a name"):
                run.log_input(b"abc")
        assert inputs_of(finder, run)["bytes"].size == 3

    def test_arrays_differ_by_value_type_and_shape(self, logger, finder):
        np = pytest.importorskip("numpy")
        values = [np.zeros(4), np.zeros(4, "f4"), np.zeros((2, 2)), np.ones(4), np.zeros(4)]
        with logger.start() as run:
            for number, value in enumerate(values):
                run.log_input(value, name=str(number))
        hashes = [one.hash for _, one in sorted(inputs_of(finder, run).items())]
        assert hashes[0] == hashes[4]
        assert len(set(hashes)) == 4

    def test_an_address_is_kept_and_not_read(self, logger, finder):
        with logger.start() as run:
            run.log_input("s3://bucket/train")
        one = inputs_of(finder, run)["s3://bucket/train"]
        assert one.problem == "an address; what lies there is not read"

    @pytest.mark.parametrize("value", [object(), 3, {"a": 1}])
    def test_what_has_no_bytes_is_refused(self, logger, value):
        with logger.start() as run, pytest.raises(MetricError, match="cannot be hashed"):
            run.log_input(value, name="x")

    def test_a_file_that_is_not_there_is_an_error(self, logger, tmp_path):
        with logger.start() as run, pytest.raises(MetricError, match="cannot read the input"):
            run.log_input(tmp_path / "missing.csv")

    def test_the_current_run_takes_it_too(self, logger, finder):
        run_id = logger.run()
        logger.log_input(b"1", name="one")
        logger.finish()
        assert [one.name for one in finder.get_run(run_id).inputs] == ["one"]


class TestToldByTheConfig:
    def test_everything_that_the_record_tells_is_kept(self, config, finder, tmp_path):
        source = {"path": "/p/train.py", "name": "train.py", "text": "x = 1\n", "hash": "a" * 64}
        event = {"key": "lr", "value": 1, "source": {"kind": "view", "name": "defaults"}}
        own = told(
            config,
            provenance=lambda: [event],
            fingerprints=lambda: {"static": {"step": "f" * 64}, "runtime": {}},
            inputs=lambda wait: [an_input(tmp_path / "a.csv")],
            sources=lambda: {"__main__": source},
            environment=lambda: {"variables": {"MODE": "x"}, "diff_hash": "d" * 64},
        )
        with SQLLogger(own).start() as run:
            pass
        row = finder.get_run(run.id)
        assert row.provenance[0]["key"] == "lr"
        assert [one.trace_id for one in row.fingerprints] == ["step"]
        assert [one.name for one in row.inputs] == ["a.csv"]
        assert [one.module for one in row.modules] == ["__main__"]
        assert row.git_diff_hash == "d" * 64
        assert finder.compare(run.id, run.id).environment == {}

    def test_what_is_given_by_hand_wins(self, config, finder):
        own = told(config, provenance=lambda: [{"key": "told", "value": 1, "source": {}}])
        with SQLLogger(own).start(provenance=[]) as run:
            pass
        assert finder.get_run(run.id).provenance == []

    def test_an_input_that_the_run_wrote_later_is_kept_once_as_updated(self, config, finder):
        states = ["read", "updated"]
        own = told(config, inputs=lambda wait: [an_input("/p/a", how=states[int(wait)])])
        with SQLLogger(own).start() as run:
            run.gather()
        (one,) = finder.get_run(run.id).inputs
        assert one.how == "updated"

    def test_a_record_that_fails_does_not_stop_the_run(self, config, finder):
        own = told(config, sources=lambda: 1 / 0)
        with SQLLogger(own).start() as run:
            run.log_metric("loss", 0.5)
        assert finder.get_run(run.id).status == "completed"

    @pytest.mark.parametrize(("setting", "part"), [("inputs", "inputs"), ("source", "modules")])
    def test_a_setting_turns_it_off(self, config, finder, setting, part):
        source = {"path": "/p/train.py", "name": "train.py", "text": "x", "hash": "a" * 64}
        own = told(config, inputs=lambda wait: [an_input("/p/a")], sources=lambda: {"m": source})
        own.experiment.sql[setting] = False
        with SQLLogger(own).start() as run:
            pass
        assert getattr(finder.get_run(run.id), part) == []

    def test_secrets_in_sources_and_variables_are_hidden(self, config, path):
        text = (
            'API_KEY = "abc123"\nconnect(password="hunter2", user="me")\n'
            'log("token=%s", "given1")\nx = "token=%s" % "given2"\n'
            'y = "token={}".format("given3")\n'
            'run("curl -u me:given4 h")\nrun(["sshpass", "-p", "given5"])\nlog("lr=%s", "kept")\n'
        )
        source = {"path": "/p/m.py", "name": "m.py", "text": text, "hash": "a" * 64}
        own = told(
            config,
            sources=lambda: {"m": source},
            environment=lambda: {"variables": {"HF_TOKEN": "hf_123456"}},
        )
        with SQLLogger(own).start():
            pass
        with sqlite3.connect(path) as connection:
            stored = "\n".join(connection.iterdump())
        assert 'user="me"' in stored
        assert '"lr=%s", "kept"' in stored
        for secret in ("abc123", "hunter2", "hf_123456", "given"):
            assert secret not in stored


class TestSkipIfDone:
    def test_a_changed_input_is_another_run(self, config, tmp_path):
        data = tmp_path / "train.csv"
        data.write_text("1")
        logger = SQLLogger(config)
        with logger.start() as run:
            run.log_input(data)
        assert logger.skip_if_done()
        data.write_text("2")
        assert not logger.skip_if_done()
        data.write_text("1")
        assert logger.skip_if_done()

    def test_an_input_that_is_gone_is_another_run(self, config, tmp_path):
        data = tmp_path / "train.csv"
        data.write_text("1")
        logger = SQLLogger(config)
        with logger.start() as run:
            run.log_input(data)
        data.unlink()
        assert not logger.skip_if_done()


class TestElsewhere:
    def test_inputs_and_sources_travel_with_their_run(self, config, finder, tmp_path):
        source = {"path": "/p/m.py", "name": "m.py", "text": "x = 1\n", "hash": "a" * 64}
        own = told(config, inputs=lambda wait: [an_input("/p/a")], sources=lambda: {"m": source})
        with SQLLogger(own).start() as run:
            pass
        finder.export(tmp_path / "runs.jsonl")
        other = ADict(config)
        other.experiment.sql.db_path = str(tmp_path / "other.sqlite")
        there = SQLFinder(other)
        there.import_(tmp_path / "runs.jsonl")
        row = there.get_run(run.uuid)
        assert [one.name for one in row.inputs] == ["a"]
        assert [one.module for one in row.modules] == ["m"]
        there.delete_run(row.id)
        assert there.get_runs_in_project("digits") == []
