"""What the callbacks make of what a framework reports, whichever version of it there is."""

import argparse
import json

import pytest
from standing_in import stand_in


class Scalar:
    """A tensor of one element, as frameworks report them."""

    ndim = 0

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value


class Vector:
    ndim = 1


class State:
    def __init__(self, step, first=True):
        self.global_step, self.is_world_process_zero = step, first


@pytest.fixture
def run(logger):
    with logger.start() as run:
        yield run


class TestTransformers:
    @pytest.fixture
    def callback(self, monkeypatch, run):
        module = stand_in(monkeypatch, "transformers", transformers={"TrainerCallback": object})
        return module.AtoCallback(run)

    def test_numbers_are_logged_at_the_global_step(self, callback, run, finder):
        callback.on_log(None, State(7), None, {"loss": 0.5, "epoch": 1.0})
        assert finder.get_metric_keys(run.id) == ["epoch", "loss"]
        assert [(p.step, p.value) for p in finder.get_metrics(run.id, "loss")] == [(7, 0.5)]

    def test_what_is_no_number_is_left_out(self, callback, run, finder):
        logs = {"loss": Scalar(0.25), "note": "warming up", "weights": Vector(), "nothing": None}
        callback.on_log(None, State(0), None, logs)
        assert finder.get_metric_keys(run.id) == ["loss"]

    def test_only_the_first_process_logs(self, callback, run, finder):
        callback.on_log(None, State(7, first=False), None, {"loss": 0.5})
        assert finder.get_metric_keys(run.id) == []

    def test_a_report_of_nothing_is_no_trouble(self, callback, run, finder):
        callback.on_log(None, State(7), None)
        assert finder.get_metric_keys(run.id) == []

    def test_without_a_run_nothing_happens(self, monkeypatch, run, finder):
        module = stand_in(monkeypatch, "transformers", transformers={"TrainerCallback": object})
        module.AtoCallback(None).on_log(None, State(7), None, {"loss": 0.5})
        assert finder.get_metric_keys(run.id) == []


class TestLightning:
    @pytest.fixture(params=["lightning", "pytorch_lightning"])
    def module(self, request, monkeypatch):
        loggers, utilities = {"Logger": object}, {"rank_zero_only": lambda method: method}
        if request.param == "lightning":
            return stand_in(
                monkeypatch,
                "lightning",
                lightning={},
                lightning__pytorch={},
                lightning__pytorch__loggers=loggers,
                lightning__pytorch__utilities=utilities,
            )
        return stand_in(
            monkeypatch,
            "lightning",
            lightning={},
            pytorch_lightning={},
            pytorch_lightning__loggers=loggers,
            pytorch_lightning__utilities=utilities,
        )

    def test_numbers_are_logged_at_their_step(self, module, run, finder):
        module.AtoLogger(run).log_metrics({"loss": Scalar(0.5), "lr": 0.1, "note": "x"}, step=3)
        assert finder.get_metric_keys(run.id) == ["loss", "lr"]
        assert finder.get_metrics(run.id, "loss")[0].step == 3

    def test_hyperparameters_are_a_note(self, module, run, finder):
        module.AtoLogger(run).log_hyperparams({"depth": 3, "kind": object})
        (note,) = finder.get_run(run.id).notes
        kept = json.loads(note.text[len("hyperparameters: ") :])
        assert kept == {"depth": 3, "kind": "<class 'object'>"}

    def test_hyperparameters_may_be_a_namespace(self, module, run, finder):
        module.AtoLogger(run).log_hyperparams(argparse.Namespace(depth=3))
        assert finder.get_run(run.id).notes[0].text == 'hyperparameters: {"depth": 3}'

    def test_of_no_hyperparameters_there_is_no_note(self, module, run, finder):
        module.AtoLogger(run).log_hyperparams({})
        assert finder.get_run(run.id).notes == []

    def test_its_version_is_the_run(self, module, run):
        assert (module.AtoLogger(run).name, module.AtoLogger(run).version) == ("ato", run.uuid)
        assert module.AtoLogger(None).version == ""

    def test_saving_writes_what_there_is_and_the_run_goes_on(self, module, run, finder):
        logger = module.AtoLogger(run)
        logger.log_metrics({"loss": 0.5})
        logger.save()
        assert finder.get_run(run.id).status == "running"
