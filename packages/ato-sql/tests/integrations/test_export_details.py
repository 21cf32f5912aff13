"""What an export hands to another tool, call by call; `test_exports` reads it back there."""

import math
import os
import signal
import threading
from types import SimpleNamespace

import pytest
from standing_in import stand_in

from ato_sql import MetricError, NotFoundError
from ato_sql.cli import main


@pytest.fixture
def run(logger, tmp_path):
    """A run with something of everything that an export may carry."""
    (tmp_path / "model.bin").write_bytes(b"weights")
    with logger.start(name="calm-otter", tags=["wide"], fingerprints={"f": "abc"}) as run:
        for step in range(3):
            run.log_metrics({"acc@1": step / 4, "loss": 1.0 - step / 4}, step=step)
        run.log_artifact(tmp_path / "model.bin", "model")
    return run


class Client:
    """What MLflow was told; `fails` names a call that raises."""

    def __init__(self):
        self.experiments, self.calls, self.fails = {"known": "7"}, [], ""

    def __getattr__(self, name):
        def call(*given, **more):
            self.calls.append((name, given, more))
            if name == self.fails:
                raise ValueError(f"{name} is refused")
            if name == "get_experiment_by_name":
                known = self.experiments.get(given[0])
                return known and SimpleNamespace(experiment_id=known, lifecycle_stage="active")
            if name == "search_runs":
                return []
            if name == "create_run":
                return SimpleNamespace(info=SimpleNamespace(run_id="r1"))
            return "9" if name == "create_experiment" else None

        return call

    def told(self, name):
        return [(given, more) for called, given, more in self.calls if called == name]

    def batches(self, kind):
        return [more[kind] for _, more in self.told("log_batch") if kind in more]


class TestMLflow:
    @pytest.fixture
    def client(self):
        return Client()

    @pytest.fixture
    def mlflow(self, monkeypatch, client):
        entity = {"Metric": lambda *a: a, "Param": lambda *a: a, "RunTag": lambda *a: a}
        return stand_in(
            monkeypatch,
            "mlflow",
            mlflow={"MlflowClient": lambda uri: client},
            mlflow__entities=entity,
        )

    def test_an_experiment_is_made_where_there_is_none(self, mlflow, client, finder, run):
        assert mlflow.export_run(finder, run.id) == "r1"
        assert client.told("create_experiment") == [(("framework",), {})]
        assert client.told("create_run")[0][0] == ("9",)

    def test_one_that_is_there_is_taken(self, mlflow, client, finder, run):
        client.experiments["framework"] = "7"
        mlflow.export_run(finder, run.uuid)
        assert client.told("create_experiment") == []
        assert client.told("create_run")[0][0] == ("7",)

    def test_metrics_keep_step_and_time_under_a_name_that_is_taken(
        self, mlflow, client, finder, run
    ):
        mlflow.export_run(finder, run.id)
        rows = [row for row in client.batches("metrics")[0] if row[0] == "acc_1"]
        assert [(value, step) for _, value, _, step in rows] == [(0.0, 0), (0.25, 1), (0.5, 2)]
        moments = [point.timestamp for point in finder.get_metrics(run.id, "acc@1")]
        assert [row[2] for row in rows] == [int(one.timestamp() * 1000) for one in moments]

    def test_config_values_are_parameters_by_dotted_key(self, mlflow, client, finder, run):
        mlflow.export_run(finder, run.id)
        params = dict(client.batches("params")[0])
        assert params["lr"] == "0.1"
        assert params["experiment.project_name"] == "framework"

    def test_tags_fingerprints_and_files_are_tags(self, mlflow, client, finder, run, tmp_path):
        mlflow.export_run(finder, run.id)
        tags = dict(client.batches("tags")[0])
        assert tags["ato.uuid"] == run.uuid
        assert tags["mlflow.runName"] == "calm-otter"
        assert tags["ato.tag.wide"] == "true"
        assert tags["ato.static.f"] == "abc"
        assert tags["ato.artifact.1"] == str(tmp_path / "model.bin")
        assert tags["ato.names"] == '{"acc@1": "acc_1"}'

    @pytest.mark.parametrize(
        ("status", "theirs"),
        [
            ("completed", "FINISHED"),
            ("interrupted", "KILLED"),
            ("failed", "FAILED"),
            ("odd", "FAILED"),
        ],
    )
    def test_the_status_is_the_likest_of_theirs(
        self, mlflow, client, finder, logger, status, theirs
    ):
        run = logger.start()
        run.finish(status)
        mlflow.export_run(finder, run.id)
        assert client.told("set_terminated")[0][0] == ("r1", theirs)

    def test_many_values_go_in_batches_that_it_takes(self, mlflow, client, finder, logger):
        with logger.start() as run:
            for step in range(2500):
                run.log_metric("loss", 0.5, step)
        mlflow.export_run(finder, run.id)
        assert [len(rows) for rows in client.batches("metrics")] == [1000, 1000, 500]

    def test_a_long_value_is_cut_to_what_it_takes(self, mlflow, client, finder, logger, config):
        with logger.start(config={**config, "text": "x" * 10_000}) as run:
            pass
        mlflow.export_run(finder, run.id)
        assert len(dict(client.batches("params")[0])["text"]) == 6000

    def test_a_value_that_is_no_text_arrives_escaped(self, mlflow, client, finder, logger, config):
        with logger.start(config={**config, "text": "a\udc80"}) as run:
            pass
        mlflow.export_run(finder, run.id)
        assert dict(client.batches("params")[0])["text"] == "a\\udc80"

    def test_a_project_goes_without_its_apostrophes(
        self, mlflow, client, finder, open_logger, config
    ):
        config["experiment"]["project_name"] = "it's"
        with open_logger(config).start() as run:
            pass
        mlflow.export_run(finder, run.id)
        assert client.told("create_experiment") == [(("it_s",), {})]
        assert mlflow.changed_names(finder, run.id) == {"it's": "it_s"}

    def test_a_failure_takes_the_run_back_and_leaves_the_experiment(
        self, mlflow, client, finder, run
    ):
        client.fails = "set_terminated"
        with pytest.raises(ValueError, match="set_terminated is refused"):
            mlflow.export_run(finder, run.id)
        assert client.told("delete_run") == [(("r1",), {})]
        assert client.told("delete_experiment") == []

    def test_an_experiment_that_was_there_stays(self, mlflow, client, finder, run):
        client.experiments["framework"], client.fails = "7", "log_batch"
        with pytest.raises(ValueError):
            mlflow.export_run(finder, run.id)
        assert client.told("delete_experiment") == []

    def test_what_cannot_be_taken_back_hides_no_error(self, mlflow, client, finder, run):
        class Gone(Client):
            def delete_run(self, run):
                raise OSError("no network")

        broken = Gone()
        broken.fails = "log_batch"
        mlflow.MlflowClient = lambda uri: broken
        with pytest.raises(ValueError, match="log_batch is refused"):
            mlflow.export_run(finder, run.id)

    def test_an_unknown_run_makes_nothing(self, mlflow, client, finder, run):
        with pytest.raises(NotFoundError):
            mlflow.export_run(finder, 99)
        assert client.calls == []

    @pytest.mark.parametrize(
        ("name", "given"),
        [
            ("acc", "acc"),
            ("top 1/acc-b.c_d", "top 1/acc-b.c_d"),
            ("acc@1", "acc_1"),
            ("/a//b", "_/a/_/b"),
            ("a/../b", "a/_/b"),
            ("x" * 300, "x" * 240),
        ],
    )
    def test_names_are_plain_paths_of_letters_that_it_takes(self, mlflow, name, given):
        assert mlflow.accepted(name) == given

    def test_names_that_become_the_same_are_numbered(self, mlflow, finder, logger):
        with logger.start() as run:
            run.log_metrics({"a@b": 1.0, "a#b": 2.0, "a_b": 3.0})
        assert mlflow.changed_names(finder, run.id) == {"a#b": "a_b_2", "a@b": "a_b_3"}

    def test_a_name_of_two_kinds_that_is_not_called_the_same_has_its_kind(
        self, mlflow, finder, logger, config
    ):
        with logger.start(config={**config, "a@b": 1, "c@d": 1}) as run:
            run.log_metrics({"a_b": 1.0, "a@b": 2.0, "c@d": 3.0})
        assert mlflow.changed_names(finder, run.id) == {
            "config a@b": "a_b",
            "metric a@b": "a_b_2",
            "c@d": "c_d",
        }

    def test_runs_that_call_one_name_otherwise_are_told_apart(
        self, mlflow, logger, config, monkeypatch, capsys
    ):
        with logger.start() as run:
            run.log_metric("a@b", 1.0)
        with logger.start() as run:
            run.log_metrics({"a@b": 1.0, "a_b": 2.0})
        monkeypatch.setenv("ATO_DB", config["experiment"]["sql"]["db_path"])
        assert main(["export", "--to", "mlflow"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "a@b is called a_b",
            "run 2: a@b is called a_b_2",
            "2 runs",
        ]

    @pytest.mark.skipif(os.name == "nt", reason="no signals here")
    def test_a_signal_takes_the_run_back(self, mlflow, client, run, config, monkeypatch, capsys):
        if threading.current_thread() is not threading.main_thread():
            pytest.skip("pytest-xdist runs tests in another thread; signals reach the main one")
        monkeypatch.setenv("ATO_DB", config["experiment"]["sql"]["db_path"])
        monkeypatch.setattr(
            client, "set_terminated", lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM), False
        )
        before = signal.getsignal(signal.SIGTERM)
        with pytest.raises(SystemExit) as stopped:
            main(["export", "--to", "mlflow"])
        assert stopped.value.code == 128 + signal.SIGTERM
        assert client.told("delete_run") == [(("r1",), {})]
        assert signal.getsignal(signal.SIGTERM) is before

    def test_what_it_says_against_a_run_is_one_line(
        self, mlflow, client, run, config, monkeypatch, capsys
    ):
        monkeypatch.setenv("ATO_DB", config["experiment"]["sql"]["db_path"])
        client.fails = "create_run"
        assert main(["export", "--to", "mlflow"]) == 2
        assert "run 1: mlflow did not take it: create_run is refused" in capsys.readouterr().err

    def test_the_command_says_what_is_called_otherwise(
        self, mlflow, run, config, monkeypatch, capsys
    ):
        monkeypatch.setenv("ATO_DB", config["experiment"]["sql"]["db_path"])
        assert main(["export", "--to", "mlflow", "--run", "calm-otter"]) == 0
        assert capsys.readouterr().out == "acc@1 is called acc_1\n1 runs\n"


class Writer:
    """Writes what it is told as lines of text."""

    def __init__(self, folder, filename_suffix):
        self.file = open(os.path.join(folder, f"events{filename_suffix}"), "w")  # noqa: SIM115

    def add_scalar(self, name, value, step, moment):
        if name == "refused":
            raise OSError("the disk is full")
        self.file.write(f"{name} {value} {step} {moment}\n")

    def close(self):
        self.file.close()


class TestTensorBoard:
    @pytest.fixture
    def tensorboard(self, monkeypatch):
        return stand_in(monkeypatch, "tensorboard", tensorboardX={"SummaryWriter": Writer})

    def lines(self, folder):
        with open(os.path.join(folder, "events.ato")) as file:
            return [line.split() for line in file]

    def test_a_run_is_a_folder_below_its_project(self, tensorboard, finder, run, tmp_path):
        folder = tensorboard.export_run(finder, run.id, tmp_path / "logs")
        assert folder == str(tmp_path / "logs" / "framework" / "calm-otter-1")
        assert os.listdir(folder) == ["events.ato"]

    def test_every_value_has_its_step_and_time(self, tensorboard, finder, run, tmp_path):
        rows = self.lines(tensorboard.export_run(finder, run.id, tmp_path))
        moment = finder.get_metrics(run.id, "acc@1")[1].timestamp.timestamp()
        assert ["acc_1", "0.25", "1", str(moment)] in rows

    def test_again_replaces_what_was_exported_and_nothing_else(
        self, tensorboard, finder, run, tmp_path
    ):
        folder = tensorboard.export_run(finder, run.id, tmp_path)
        with open(os.path.join(folder, "events.of.another"), "w") as file:
            file.write("theirs")
        tensorboard.export_run(finder, run.id, tmp_path)
        assert sorted(os.listdir(folder)) == ["events.ato", "events.of.another"]
        assert len(self.lines(folder)) == 6

    def test_what_32_bits_cannot_hold_is_left_out(self, tensorboard, finder, logger, tmp_path):
        with logger.start() as run:
            for value in (1e308, -1e39, 3e38, math.inf, 0.5):
                run.log_metric("loss", value)
        rows = self.lines(tensorboard.export_run(finder, run.id, tmp_path))
        assert [row[1] for row in rows] == ["3e+38", "inf", "0.5"]
        assert tensorboard.left_out(finder, run.id) == {"loss": 2}

    def test_where_it_fails_the_earlier_export_stays(
        self, tensorboard, finder, logger, run, tmp_path
    ):
        folder = tensorboard.export_run(finder, run.id, tmp_path)
        with logger.reopen(run.id) as again:
            again.log_metric("refused", 1.0)
        with pytest.raises(OSError, match="the disk is full"):
            tensorboard.export_run(finder, run.id, tmp_path)
        assert os.listdir(folder) == ["events.ato"]

    def test_a_first_one_that_fails_leaves_no_folder(self, tensorboard, finder, logger, tmp_path):
        with logger.start() as run:
            run.log_metric("refused", 1.0)
        with pytest.raises(OSError):
            tensorboard.export_run(finder, run.id, tmp_path / "logs")
        assert list((tmp_path / "logs").iterdir()) == []

    def test_a_project_may_be_called_what_no_folder_is(
        self, tensorboard, finder, logger, config, tmp_path
    ):
        config["experiment"]["project_name"] = "../up: and away"
        with type(logger)(config).start(name="a/b") as run:
            pass
        folder = tensorboard.export_run(finder, run.id, tmp_path)
        assert folder == str(tmp_path / "_up__and_away" / "a_b-1")

    def test_no_blank_is_taken(self, tensorboard):
        assert tensorboard.accepted("top 1") == "top_1"

    def test_what_is_called_otherwise_is_told(self, tensorboard, finder, run):
        assert tensorboard.changed_names(finder, run.uuid) == {"acc@1": "acc_1"}


class Offline:
    """A run of W&B that remembers what it was told."""

    def __init__(self, folder, **given):
        self.given, self.rows, self.code = given, [], None
        self.dir = os.path.join(folder, "wandb", "offline-run", "files")
        os.makedirs(self.dir)

    def log(self, row, step):
        if "refused" in row:
            raise OSError("the disk is full")
        self.rows.append((step, row))

    def finish(self, code):
        self.code = code


class TestWandB:
    @pytest.fixture
    def made(self):
        return []

    @pytest.fixture
    def wandb(self, monkeypatch, made):
        def init(**given):
            made.append(Offline(given.pop("dir"), **given))
            return made[-1]

        content = {"init": init, "Settings": dict, "run": None, "teardown": lambda: None}
        return stand_in(monkeypatch, "wandb", wandb=content)

    def test_project_name_id_tags_and_config_are_those_of_the_run(
        self, wandb, made, finder, run, tmp_path
    ):
        folder = wandb.export_run(finder, run.id, tmp_path / "out")
        assert folder == str(tmp_path / "out" / "wandb" / "offline-run")
        given = made[0].given
        assert (given["project"], given["name"], given["id"]) == (
            "framework",
            "calm-otter",
            run.uuid,
        )
        assert given["tags"] == ["wide"]
        assert given["config"]["lr"] == 0.1
        assert given["mode"] == "offline"

    def test_values_of_one_step_are_one_row(self, wandb, made, finder, run, tmp_path):
        wandb.export_run(finder, run.id, tmp_path)
        steps = [step for step, _ in made[0].rows]
        assert steps == [0, 1, 2]
        row = made[0].rows[1][1]
        assert (row["acc@1"], row["loss"]) == (0.25, 0.75)
        moments = [finder.get_metrics(run.id, key)[1].timestamp for key in ("acc@1", "loss")]
        assert row["_timestamp"] == max(moments).timestamp()

    def test_of_several_values_at_a_step_the_last_counts(
        self, wandb, made, finder, logger, tmp_path
    ):
        with logger.start() as run:
            run.log_metric("loss", 1.0, 0)
            run.log_metric("loss", math.nan, 0)
        wandb.export_run(finder, run.id, tmp_path)
        assert math.isnan(made[0].rows[0][1]["loss"])

    @pytest.mark.parametrize(("status", "code"), [("completed", 0), ("failed", 1), ("mine", 1)])
    def test_only_a_completed_run_ends_well(
        self, wandb, made, finder, logger, tmp_path, status, code
    ):
        run = logger.start()
        run.finish(status)
        wandb.export_run(finder, run.id, tmp_path)
        assert made[0].code == code

    def test_a_step_below_0_is_refused_before_anything_is_made(
        self, wandb, made, finder, logger, tmp_path
    ):
        with logger.start() as run:
            run.log_metric("loss", 1.0, step=-3)
        with pytest.raises(MetricError, match="run 1 has metrics at step -3; W&B has none below 0"):
            wandb.export_run(finder, run.id, tmp_path)
        assert made == []

    def test_a_failure_leaves_no_files(self, wandb, made, finder, logger, tmp_path):
        with logger.start() as run:
            run.log_metric("refused", 1.0)
        with pytest.raises(OSError):
            wandb.export_run(finder, run.id, tmp_path / "out")
        assert made[0].code == 1
        assert os.listdir(tmp_path / "out") == []

    @pytest.mark.parametrize("call", ["init", "finish"])
    def test_nor_does_one_at_its_begin_or_end(
        self, wandb, made, finder, run, tmp_path, monkeypatch, call
    ):
        init = wandb.wandb.init

        def fail(*given, **more):
            if call == "init":
                init(**more)  # leaves half a run
            raise ValueError("not today")

        place = (wandb.wandb, "init") if call == "init" else (Offline, "finish")
        monkeypatch.setattr(*place, fail)
        with pytest.raises(ValueError, match="not today"):
            wandb.export_run(finder, run.id, tmp_path / "out")
        assert os.listdir(tmp_path / "out") == []

    def test_where_it_fails_the_earlier_export_stays(
        self, wandb, finder, run, tmp_path, monkeypatch
    ):
        def fail(*given, **more):
            raise ValueError("not today")

        folder = wandb.export_run(finder, run.id, tmp_path / "out")
        monkeypatch.setattr(Offline, "log", fail)
        with pytest.raises(ValueError):
            wandb.export_run(finder, run.id, tmp_path / "out")
        assert os.path.isdir(folder)
        assert os.listdir(tmp_path / "out") == ["wandb"]

    def test_a_config_that_is_no_mapping_arrives_as_one_value(
        self, wandb, made, finder, logger, tmp_path
    ):
        with logger.start(config=["a", {1: b"x"}]) as run:
            pass
        wandb.export_run(finder, run.id, tmp_path)
        assert made[0].given["config"] == {"config": ["a", {"1": "b'x'"}]}

    @pytest.mark.parametrize(
        ("name", "given"), [("_step", "step"), ("__x", "x"), ("___", "metric"), ("a_b", "a_b")]
    )
    def test_names_that_begin_with_its_sign_lose_it(self, wandb, name, given):
        assert wandb.accepted(name) == given

    def test_what_is_called_otherwise_is_told(self, wandb, finder, logger):
        with logger.start() as run:
            run.log_metrics({"_step": 1.0, "step": 2.0})
        assert wandb.changed_names(finder, run.id) == {"_step": "step_2"}
