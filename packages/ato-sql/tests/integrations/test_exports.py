"""What other tools refuse is given another name, and a failed export leaves nothing behind."""

import json
import math
import os
import struct

import pytest

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

    def test_a_failure_leaves_no_run_and_no_experiment(self, client, uri, run, export, monkeypatch):
        def fail(*given, **more):
            raise OSError("the disk is full")

        monkeypatch.setattr(type(client), "set_terminated", fail)
        assert "the disk is full" in export("--to", "mlflow", uri, code=2)
        monkeypatch.undo()
        names = [experiment.name for experiment in client.search_experiments()]
        assert "framework" not in names


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

    def test_again_replaces_what_was_exported(self, run, export, read):
        export("--to", "tensorboard", "logs")
        export("--to", "tensorboard", "logs")
        assert len(read("calm-otter-1", "acc_1")) == 3

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
        assert [n for n in os.listdir("files/wandb") if n.startswith("offline-run")] == []

    def test_a_step_below_0_is_refused(self, logger, export):
        with logger.start() as run:
            run.log_metric("loss", 1.0, step=-1)
        assert "W&B has none below 0" in export("--to", "wandb", "files", code=2)
