"""What an objective may be and do: return, yield, fail, hang, continue by file."""

import itertools
import json
import os
import time

import pytest

from ato_hyperband import AllTrialsFailedError, HyperBand, ObjectiveError, SettingsError

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


def hyperband(**options):
    options = {"resource": "epochs", "max_resource": 27, "sampler": "random", "seed": 0, **options}
    return HyperBand(None, LR, **options)


class TestGenerators:
    def test_a_generator_is_paused_and_goes_on_where_it_was(self):
        epochs = []

        def train(config):
            for epoch in itertools.count():
                epochs.append((config.trial.number, epoch))
                yield config.lr * epoch

        result = hyperband().run(train, [])
        assert len(epochs) == len(set(epochs)) == result.total_resource
        assert result.recomputed_resource == 0

    def test_its_config_says_which_rung_it_is_in(self):
        rungs = {}

        def train(config):
            while True:
                rungs.setdefault(config.trial.number, []).append(config.trial.resource)
                yield config.lr

        hyperband().run(train, [])
        assert max(rungs.values(), key=len) == [1, 3, 3] + [9] * 6 + [27] * 18

    def test_a_loop_to_the_resource_key_reaches_the_maximum(self):
        def train(config):
            yield from range(config.epochs)

        result = hyperband().run(train, [])
        assert result.metric == 26
        assert result.config.epochs == 27

    def test_continuing_saves_what_restarting_pays(self):
        def train(config):
            while True:
                yield config.lr

        continued = hyperband().run(train, []).total_resource
        restarted = hyperband().run(lambda config: config.lr, []).total_resource
        assert (continued, restarted) == (357, 423)

    def test_one_that_ends_early_keeps_its_last_metric(self):
        def train(config):
            yield 0.1
            yield 0.2

        result = hyperband().run(train, [])
        assert result.metric == 0.2

    def test_one_that_yields_nothing_is_an_error(self):
        def train(config):
            return
            yield

        with pytest.raises(ObjectiveError, match="the objective yielded nothing"):
            hyperband().run(train, [])

    def test_it_is_closed_when_its_trial_is_out(self):
        open_now, most = set(), []

        def train(config):
            open_now.add(config.trial.number)
            try:
                while True:
                    most.append(len(open_now))
                    yield config.lr
            finally:
                open_now.discard(config.trial.number)

        hyperband().run(train, [])
        assert not open_now
        assert max(most) == 27

    def test_the_curve_between_rungs_is_kept(self):
        def train(config):
            for epoch in itertools.count(1):
                yield config.lr * epoch

        result = hyperband().run(train, [])
        curve = [p for e in result.best.evaluations for p in e.outcome.curve]
        assert [resource for resource, _ in curve] == list(range(1, 28))

    def test_it_needs_a_whole_number_of_steps(self):
        def train(config):
            yield 1.0

        with pytest.raises(SettingsError, match="max_resource must be a whole number: 1.5"):
            hyperband(max_resource=1.5, min_resource=0.5).run(train, [])


class TestCheckpoints:
    def test_a_function_continues_by_file_and_is_charged_for_what_it_adds(self, tmp_path):
        trained = []

        def train(config):
            path = os.path.join(config.trial.checkpoint_dir, "state.json")
            done = 0
            if config.trial.previous_resource:
                with open(path) as file:
                    done = json.load(file)
            assert done == config.trial.previous_resource
            trained.append(config.trial.resource - done)
            with open(path, "w") as file:
                json.dump(config.trial.resource, file)
            return config.lr * config.trial.resource

        result = hyperband(checkpoint_dir=tmp_path).run(train, [])
        assert sum(trained) == result.total_resource
        assert len(os.listdir(tmp_path)) == len(result.trials)

    def test_without_a_folder_each_trial_has_one_of_its_own_all_the_same(
        self, tmp_path, monkeypatch
    ):
        def train(config):
            with open(os.path.join(config.trial.checkpoint_dir, "state"), "a") as file:
                file.write(f"{config.trial.resource} ")
            return config.lr

        monkeypatch.chdir(tmp_path)
        result = hyperband().run(train, [])
        folder = tmp_path / "checkpoints" / "train-0"
        assert len(os.listdir(str(folder))) == len(result.trials)
        best = result.config.trial.checkpoint_dir
        with open(os.path.join(best, "state")) as file:
            assert file.read().split()[-1] == "27"

    def test_a_second_search_finds_no_files_of_the_first(self, tmp_path, monkeypatch):
        def train(config):
            folders.add(config.trial["checkpoint_dir"])
            assert os.listdir(config.trial.get("checkpoint_dir")) == []
            return config.lr

        monkeypatch.chdir(tmp_path)
        folders = set()
        first = hyperband().run(train, [])
        hyperband().run(train, [])
        assert len(folders) == 2 * len(first.trials)

    def test_a_search_that_goes_on_has_the_folders_it_had(self, tmp_path, monkeypatch):
        def train(config):
            folders.add(config.trial.checkpoint_dir)
            return config.lr

        monkeypatch.chdir(tmp_path)
        folders, storage = set(), f"sqlite:///{tmp_path}/s.db"
        hyperband(storage=storage, max_total_resource=100).run(train, [])
        result = hyperband(storage=storage, max_total_resource=200).run(train, [])
        assert len(folders) == len(result.trials)

    def test_no_folder_is_made_for_an_objective_that_asks_for_none(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        hyperband().run(lambda config: config.lr, [])
        hyperband(checkpoint_dir=tmp_path / "given").run(lambda config: len(config.trial), [])
        assert list(tmp_path.iterdir()) == []


class TestFailures:
    def test_a_failed_trial_ranks_last_and_keeps_its_traceback(self):
        def train(config):
            if config.trial.number % 3 == 0:
                raise RuntimeError("out of memory")
            return config.lr

        result = hyperband().run(train, [])
        assert {t.number % 3 for t in result.failed} == {0}
        assert all(len(t.evaluations) == 1 for t in result.failed)
        assert "RuntimeError: out of memory" in result.failed[0].error
        assert "in train" in result.failed[0].error
        assert result.logs[0][-1].error is not None

    @pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
    @pytest.mark.parametrize("mode", ["min", "max"])
    def test_a_metric_that_is_not_finite_is_a_failure(self, bad, mode):
        def train(config):
            return bad if config.trial.number == 1 else config.lr

        result = hyperband(mode=mode).run(train, [])
        assert [t.number for t in result.failed] == [1]
        assert result.failed[0].error == f"the metric is {bad}"

    def test_when_all_fail_the_error_ends_with_the_last_traceback(self):
        def train(config):
            raise RuntimeError("no data")

        with pytest.raises(AllTrialsFailedError, match="(?s)trials failed.*RuntimeError: no data"):
            hyperband().run(train, [])

    @pytest.mark.parametrize("value", [None, "0.5", [0.5], True, {}])
    def test_a_metric_that_is_no_number_stops_the_search_at_once(self, value):
        calls = []

        def train(config):
            calls.append(1)
            return value

        with pytest.raises(ObjectiveError, match="returned .* which is not a number"):
            hyperband().run(train, [])
        assert len(calls) == 1

    def test_a_numpy_scalar_is_a_number(self):
        numpy = pytest.importorskip("numpy")
        assert hyperband().run(lambda config: numpy.float32(0.5), []).metric == 0.5
        assert hyperband().run(lambda config: numpy.array(0.5), []).metric == 0.5

    def test_a_trial_that_takes_too_long_fails(self):
        def train(config):
            if config.trial.number == 2:
                time.sleep(30)
            return config.lr

        result = hyperband(trial_timeout=0.2, max_trials=5).run(train, [])
        assert [t.number for t in result.failed] == [2]
        assert result.failed[0].error == "timeout: took longer than 0.2 seconds"

    def test_a_timeout_is_not_caught_by_the_objectives_own_handlers(self):
        def train(config):
            try:
                time.sleep(30)
            except Exception:
                return 1.0
            return 2.0

        with pytest.raises(AllTrialsFailedError, match="timeout"):
            hyperband(trial_timeout=0.1, max_trials=1).run(train, [])

    def test_ctrl_c_ends_the_search(self):
        def train(config):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            hyperband().run(train, [])
