"""What other tools refuse is given another name, and a failed export leaves nothing behind."""

import json
import math
import os
import struct

import pytest
from sqlalchemy import inspect

from ato_sql import SQLLogger
from ato_sql.cli import main


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATO_DB", str(tmp_path / "runs.sqlite"))
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")


@pytest.fixture
def run(logger):
    """A run with names that not every tool takes."""
    with logger.start(name="calm-otter", tags=["top@1"]) as run:
        for step in range(3):
            run.log_metrics({"acc@1": step / 4, "acc_1": 7.0, "/a//b": 1.5}, step=step)
        run.log_metrics({"_step": 2.0, "gap": math.nan}, step=5)
    return run


@pytest.fixture
def export(capsys):
    def run(*words, code=0):
        assert main(["export", *words]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    return run


class TestMLflow:
    @pytest.fixture
    def uri(self, tmp_path):
        return (tmp_path / "mlruns").as_uri()

    @pytest.fixture
    def client(self, uri):
        return pytest.importorskip("mlflow").MlflowClient(uri)

    def exported(self, client):
        (experiment,) = [e for e in client.search_experiments() if e.name == "framework"]
        return client.search_runs([experiment.experiment_id])

    def test_names_are_changed_and_listed(self, client, uri, run, export):
        printed = export("--to", "mlflow", uri)
        assert "acc@1 is called acc_1_2\n" in printed
        assert printed.endswith(f"1 runs in {uri}\n")
        (found,) = self.exported(client)
        assert (found.data.metrics["acc_1_2"], found.data.metrics["acc_1"]) == (0.5, 7.0)
        assert found.data.metrics["_/a/_/b"] == 1.5
        assert found.data.tags["ato.tag.top_1"] == "true"
        assert json.loads(found.data.tags["ato.names"])["acc@1"] == "acc_1_2"

    def test_a_name_that_is_the_folder_of_another_is_changed(self, client, uri, logger, export):
        with logger.start() as run:
            run.log_metrics({"loss": 1.0, "loss/train": 2.0, "loss/train/epoch": 3.0}, step=0)
        assert "loss is called loss_2\n" in export("--to", "mlflow", uri)
        (found,) = self.exported(client)
        assert found.data.metrics == {"loss_2": 1.0, "loss/train_2": 2.0, "loss/train/epoch": 3.0}

    def test_a_long_name_of_wide_letters_arrives(self, client, uri, logger, export):
        with logger.start() as run:
            run.log_metric("精度" * 60, 1.0, step=0)
        export("--to", "mlflow", uri)
        (found,) = self.exported(client)
        assert found.data.metrics == {"精度" * 40: 1.0}

    def test_a_long_value_is_cut_and_listed(self, client, uri, config, export):
        with SQLLogger({**config, "text": "x" * 7000}).start():
            pass
        assert "run 1: of text the first 6000 letters\n" in export("--to", "mlflow", uri)
        (found,) = self.exported(client)
        assert found.data.params["text"] == "x" * 6000

    def test_values_are_those_that_python_writes(self, client, uri, config, export):
        odd = {"clip": math.inf, "dims": {2, 1}, "raw": b"x", "l": [{30: math.nan}, "a"]}
        with SQLLogger({**config, **odd, "text": "a b"}).start():
            pass
        export("--to", "mlflow", uri)
        (found,) = self.exported(client)
        shown = {key: found.data.params[key] for key in (*odd, "text")}
        wanted = {"clip": "inf", "dims": "{1, 2}", "raw": "b'x'", "l": "[{30: nan}, 'a']"}
        assert shown == {**wanted, "text": "a b"}

    def test_keys_that_dots_make_the_same_are_numbered_and_listed(
        self, client, uri, config, export
    ):
        with SQLLogger({**config, "a": {"b": 2, "b.c": 5}, "a.b": 3, "a.b.c": 4}).start():
            pass
        printed = export("--to", "mlflow", uri)
        (found,) = self.exported(client)
        values = {key: value for key, value in found.data.params.items() if key[0] == "a"}
        assert sorted(values.values()) == ["2", "3", "4", "5"]
        for key in values:
            assert key in ("a.b", "a.b.c") or f" is called {key}\n" in printed
        assert '"a.b" is called a.b_2\n' in printed

    def test_an_integer_too_large_for_a_float_is_left_out_and_listed(
        self, client, uri, logger, export
    ):
        with logger.start() as run:
            run.log_metrics({"n": 10**309, "loss": 0.5}, step=0)
            run.log_metric("n", 7, step=1)
        said = "run 1: of n 1 left out, too large for a float\n"
        assert said in export("--to", "mlflow", uri)
        (found,) = self.exported(client)
        assert found.data.metrics == {"n": 7.0, "loss": 0.5}

    def test_again_replaces_what_was_exported(self, client, uri, run, export, finder):
        export("--to", "mlflow", uri)
        finder.tag(run.id, add=["good"])
        export("--to", "mlflow", uri)
        (found,) = self.exported(client)
        assert found.data.tags["ato.tag.good"] == "true"

    def test_a_refused_run_does_not_stop_the_others(
        self, client, uri, logger, finder, capsys, monkeypatch
    ):
        for _ in range(3):
            with logger.start():
                pass
        log_batch = type(client).log_batch

        def refuse(client, name, **given):
            if any(
                tag.key == "ato.uuid" and tag.value == uuids[1] for tag in given.get("tags", ())
            ):
                raise OSError("I do not like it")
            log_batch(client, name, **given)

        uuids = [run.uuid for run in finder.search("", project_name="framework")]
        monkeypatch.setattr(type(client), "log_batch", refuse)
        assert main(["export", "--to", "mlflow", uri]) == 2
        printed = capsys.readouterr()
        assert printed.err == "run 2: I do not like it\n"
        assert printed.out == f"2 runs in {uri}\n"
        assert {run.data.tags["ato.uuid"] for run in self.exported(client)} == {uuids[0], uuids[2]}

    def test_a_server_that_is_not_there_is_asked_once(self, run, export):
        pytest.importorskip("mlflow")
        assert "mlflow cannot be reached" in export("--to", "mlflow", "http://127.0.0.1:9", code=2)

    def test_a_database_of_runs_is_not_written_to(self, run, config, finder, export):
        pytest.importorskip("mlflow")
        url = config["experiment"]["sql"]["db_path"]
        with finder.connection() as connection:
            before = inspect(connection).get_table_names()
        line = export("--to", "mlflow", url, code=2)
        assert "is a database of ato's, not MLflow's" in line
        assert line.count("\n") == 1
        with finder.connection() as connection:
            assert inspect(connection).get_table_names() == before

    def test_a_run_whose_making_is_interrupted_is_taken_back(
        self, client, uri, run, export, monkeypatch
    ):
        mlflow = pytest.importorskip("mlflow")
        create = mlflow.MlflowClient.create_run

        def hang_up(*args, **kwargs):
            create(*args, **kwargs)
            raise KeyboardInterrupt

        monkeypatch.setattr(mlflow.MlflowClient, "create_run", hang_up)
        export("--to", "mlflow", uri, code=130)
        assert self.exported(client) == []

    def test_where_mlflow_cannot_be_reached_it_is_said_once(self, uri, run, export, monkeypatch):
        mlflow = pytest.importorskip("mlflow")

        def fail(*given, **more):
            raise mlflow.MlflowException("no route to host")

        monkeypatch.setattr(mlflow.MlflowClient, "search_experiments", fail)
        (line,) = export("--to", "mlflow", uri, code=2).splitlines()
        assert "mlflow cannot be reached: no route to host" in line

    def test_an_experiment_that_was_deleted_is_named_with_what_brings_it_back(
        self, client, uri, run, export
    ):
        experiment = client.create_experiment("framework")
        client.delete_experiment(experiment)
        said = export("--to", "mlflow", uri, code=2)
        assert f"mlflow experiments restore --experiment-id {experiment}" in said

    def test_a_failure_leaves_no_run_and_the_name_usable(
        self, client, uri, run, export, monkeypatch
    ):
        def fail(*given, **more):
            raise OSError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(type(client), "set_terminated", fail)
            assert "the disk is full" in export("--to", "mlflow", uri, code=2)
        assert self.exported(client) == []
        export("--to", "mlflow", uri)
        assert len(self.exported(client)) == 1


class TestTensorBoard:
    @pytest.fixture
    def read(self):
        pytest.importorskip("tensorboardX")
        accumulator = pytest.importorskip(
            "tensorboard.backend.event_processing.event_accumulator", exc_type=ImportError
        ).EventAccumulator

        def read(name, key):
            events = accumulator(os.path.join("logs", "framework", name))
            events.Reload()
            return [(one.step, one.value, one.wall_time) for one in events.Scalars(key)]

        return read

    def test_every_value_arrives_with_its_step_and_time(self, run, export, read, finder):
        assert "acc@1 is called acc_1_2\n" in export("--to", "tensorboard", "logs")
        points = finder.get_metrics(run.id, "acc@1")
        found = read("calm-otter-1", "acc_1_2")
        assert [one[:2] for one in found] == [(0, 0.0), (1, 0.25), (2, 0.5)]
        times = [point.timestamp.timestamp() for point in points]
        assert [one[2] for one in found] == pytest.approx(times, abs=1e-3)
        assert math.isnan(read("calm-otter-1", "gap")[0][1])

    def test_an_integer_too_large_for_a_float_is_left_out_and_listed(self, logger, export, read):
        with logger.start(name="otter") as run:
            run.log_metrics({"n": -(10**309), "loss": 0.5}, step=0)
            run.log_metric("n", 7, step=1)
        answer = json.loads(export("--to", "tensorboard", "logs", "--json"))
        assert answer["left_out"] == [{"run": 1, "name": "n", "values": 1}]
        assert [one[:2] for one in read("otter-1", "n")] == [(1, 7.0)]

    def test_again_replaces_what_was_exported(self, run, export, read):
        export("--to", "tensorboard", "logs")
        export("--to", "tensorboard", "logs")
        assert len(read("calm-otter-1", "acc_1")) == 3

    def test_the_name_of_a_project_is_that_of_a_folder(self, config, export):
        pytest.importorskip("tensorboardX")
        config["experiment"]["project_name"] = "team/vision"
        with SQLLogger(config).start(name="a/b") as run:
            run.log_metric("loss", 1.0, step=0)
        said = export("--to", "tensorboard", "logs")
        assert said == "team/vision is called team_vision\n1 runs in logs\n"
        assert os.listdir("logs/team_vision") == ["a_b-1"]

    def test_a_failure_leaves_nothing(self, run, export, read, monkeypatch):
        import tensorboardX

        def fail(*given, **more):
            raise OSError("the disk is full")

        monkeypatch.setattr(tensorboardX.SummaryWriter, "add_scalar", fail)
        assert "the disk is full" in export("--to", "tensorboard", "logs", code=2)
        assert list(os.walk("logs")) == [("logs", [], [])]


class TestWandB:
    @pytest.fixture(autouse=True)
    def wandb(self):
        return pytest.importorskip("wandb")

    def records(self, path):
        """Read the records of an offline run: a log in blocks of 32 KiB."""
        from wandb.proto import wandb_internal_pb2 as messages

        (name,) = [one for one in os.listdir(path) if one.endswith(".wandb")]
        with open(os.path.join(path, name), "rb") as file:
            data = file.read()
        position, whole = 7, b""
        while position + 7 <= len(data):
            length, kind = struct.unpack("<HB", data[position + 4 : position + 7])
            whole += data[position + 7 : position + 7 + length]
            position += 7 + length
            if kind in (1, 4):
                record = messages.Record()
                record.ParseFromString(whole)
                yield record
                whole = b""

    def test_every_step_is_a_row(self, run, export):
        answer = json.loads(export("--to", "wandb", "files", "--json"))
        assert answer["names"] == {"_step": "step"}
        rows, config = [], {}
        for record in self.records(answer["made"][0]["path"]):
            if record.WhichOneof("record_type") == "history":
                row = {
                    i.key or i.nested_key[0]: json.loads(i.value_json) for i in record.history.item
                }
                rows.append((record.history.step.num, row))
            elif record.WhichOneof("record_type") == "run":
                config = {i.key: json.loads(i.value_json) for i in record.run.config.update}
                assert record.run.display_name == "calm-otter"
        assert [step for step, _ in rows] == [0, 1, 2, 5]
        assert [row["acc@1"] for _, row in rows[:3]] == [0.0, 0.25, 0.5]
        assert rows[3][1]["step"] == 2.0
        assert config["lr"] == 0.1

    def test_a_failure_leaves_no_run(self, run, export, wandb, monkeypatch):
        def fail(*given, **more):
            raise OSError("the disk is full")

        monkeypatch.setattr(wandb.Run, "log", fail)
        assert "the disk is full" in export("--to", "wandb", "files", code=2)
        assert os.listdir("files") == []

    @pytest.mark.parametrize("moment", ["begin", "finish"])
    def test_a_failure_at_any_moment_leaves_no_run(self, run, export, wandb, monkeypatch, moment):
        def fail(*given, **more):
            raise ValueError("not today")

        name = "finish" if moment == "finish" else "_on_start"
        with monkeypatch.context() as patch:
            patch.setattr(wandb.Run, name, fail)
            assert "not today" in export("--to", "wandb", "files", code=2)
        assert os.listdir("files") == []
        export("--to", "wandb", "files")
        assert len(os.listdir("files/wandb")) == 1

    def config(self, export):
        """Export the only run, and return the config that W&B has of it, and what is renamed."""
        answer = json.loads(export("--to", "wandb", "files", "--json"))
        records = self.records(answer["made"][0]["path"])
        (run,) = [one.run for one in records if one.WhichOneof("record_type") == "run"]
        config = {i.key: json.loads(i.value_json) for i in run.config.update}
        return config, answer["names"]

    def test_config_keys_are_texts_that_it_takes(self, config, export):
        odd = {30: 0.1, "30": 0.2, "": 1, "-x": 2, b"q": 3, None: 4, (1, 2): 5, "_wandb": {"a": 6}}
        same = {"k" * 5000: 1, "a.b": 2, "ü/@": 3}
        with SQLLogger({**config, **odd, **same}).start():
            pass
        found, names = self.config(export)
        changed = {"[30]": "30_2", "": "key", "-x": "x", "[b'q']": "b'q'", "[None]": "None"}
        changed.update({"[(1, 2)]": "(1, 2)", "_wandb": "wandb"})
        assert names == changed
        values = {"30_2": 0.1, "30": 0.2, "key": 1, "x": 2, "b'q'": 3, "None": 4, "(1, 2)": 5}
        wanted = {**values, "wandb": {"a": 6}, **same}
        assert {key: found[key] for key in wanted} == wanted

    def test_config_keys_of_nested_configs_are_too(self, config, export):
        inner = {1: "a", "1": "b", "_type": "artifactVersion", "_target_": "c", "": "d"}
        with SQLLogger({**config, "m": {"n": inner}, "l": [{2: "e"}]}).start():
            pass
        found, names = self.config(export)
        kept = {"1": "b", "_target_": "c"}
        assert found["m"]["n"] == {**kept, "1_2": "a", "type": "artifactVersion", "key": "d"}
        assert found["l"] == [{"2": "e"}]
        assert names["m.n.[1]"] == "m.n.1_2"
        assert names["l.[0].[2]"] == "l.[0].2"

    def test_values_that_json_does_not_have_are_texts(self, config, export):
        odd = {"clip": math.inf, "dims": {2, 1}, "raw": b"x", "l": [{"a": math.nan}]}
        with SQLLogger({**config, **odd}).start():
            pass
        found, _ = self.config(export)
        wanted = {"clip": "inf", "dims": "{1, 2}", "raw": "b'x'", "l": [{"a": "nan"}]}
        assert {key: found[key] for key in odd} == wanted

    def test_an_integer_too_large_for_a_float_is_left_out_and_listed(self, logger, export):
        with logger.start() as run:
            run.log_metrics({"n": 10**309, "loss": 0.5}, step=0)
        answer = json.loads(export("--to", "wandb", "files", "--json"))
        assert answer["left_out"] == [{"run": 1, "name": "n", "values": 1}]
        records = self.records(answer["made"][0]["path"])
        (row,) = [one.history for one in records if one.WhichOneof("record_type") == "history"]
        keys = {item.key or item.nested_key[0] for item in row.item}
        assert "loss" in keys
        assert "n" not in keys

    def test_a_step_below_0_is_refused(self, logger, export):
        with logger.start() as run:
            run.log_metric("loss", 1.0, step=-1)
        assert "W&B has none below 0" in export("--to", "wandb", "files", code=2)
        assert not os.path.exists("files")

    def test_again_replaces_what_was_exported(self, run, export):
        export("--to", "wandb", "files")
        export("--to", "wandb", "files")
        assert len(os.listdir("files/wandb")) == 1

    def test_names_of_projects_and_tags_are_changed_and_listed(self, config, export):
        for name in ("team/vision", "team_vision", "long " * 40):
            config["experiment"]["project_name"] = name
            with SQLLogger(config).start(tags=["t" * 70]):
                pass
        names = json.loads(export("--to", "wandb", "files", "--json"))["names"]
        assert names["team/vision"] == "team_vision_2"
        assert names["long " * 40] == ("long " * 40)[:120]
        assert names["t" * 70] == "t" * 56
