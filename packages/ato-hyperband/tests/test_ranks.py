"""Many ranks, one search: as threads that meet in a small stand-in for torch.distributed."""

import pickle
import sys
import threading
import time
import types

import pytest

from ato_hyperband import (
    DistributedHyperBand,
    HyperBand,
    ObjectiveError,
    RankFailedError,
    SettingsError,
    StudyMismatchError,
)

SPACES = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
    "width": {"param_type": "INTEGER", "param_range": (8, 256), "space_type": "LOG"},
}
PATIENCE = 60


class Store:
    """What TCPStore does, in memory."""

    def __init__(self):
        self.values, self.changed, self.port = {}, threading.Condition(), id(self)

    def add(self, key, amount):
        with self.changed:
            self.values[key] = self.values.get(key, 0) + amount
            return self.values[key]

    def set(self, key, text):
        with self.changed:
            self.values[key] = text.encode()
            self.changed.notify_all()

    def get(self, key):
        return self.values[key]

    def check(self, keys):
        return all(key in self.values for key in keys)

    def wait(self, keys, timeout):
        with self.changed:
            if not self.changed.wait_for(lambda: self.check(keys), timeout.total_seconds()):
                raise RuntimeError("wait timeout")


class FakeDistributed(types.ModuleType):
    """torch.distributed for ranks that are threads of this process."""

    def __init__(self, world_size):
        super().__init__("torch.distributed")
        self.world_size, self.mine, self.stores = world_size, threading.local(), {}
        self.barrier = threading.Barrier(world_size)
        self.slots = [None] * world_size
        self.made, self.destroyed = [], []

    def is_available(self):
        return True

    def is_initialized(self):
        return getattr(self.mine, "rank", None) is not None

    def init_process_group(self, backend, rank, world_size):
        self.mine.rank = rank
        self.made.append((backend, rank, world_size))

    def destroy_process_group(self):
        self.destroyed.append(self.mine.rank)
        self.mine.rank = None

    def get_rank(self):
        return self.mine.rank

    def get_world_size(self):
        return self.world_size

    def all_gather_object(self, answers, answer):
        self.slots[self.mine.rank] = pickle.dumps(answer)
        self.barrier.wait(PATIENCE)
        answers[:] = [pickle.loads(slot) for slot in self.slots]
        self.barrier.wait(PATIENCE)

    def broadcast_object_list(self, objects, src):
        everyones = [None] * self.world_size
        self.all_gather_object(everyones, objects)
        objects[:] = everyones[src]

    def TCPStore(self, host, port, size, is_master, timeout, wait_for_workers):
        if is_master:
            store = Store()
            self.stores[store.port] = store
            return store
        return self.stores[port]


@pytest.fixture
def launch(monkeypatch):
    """Run a search on so many ranks; what each returned or raised."""

    def launch(world_size, train, before=None, args=(), **options):
        dist = launch.dist = FakeDistributed(world_size)
        torch = types.ModuleType("torch")
        torch.distributed = dist
        monkeypatch.setitem(sys.modules, "torch", torch)
        monkeypatch.setitem(sys.modules, "torch.distributed", dist)
        ends = [None] * world_size

        def rank(number):
            try:
                if before is not None:
                    before(dist, number)
                search = hyperband(
                    DistributedHyperBand, rank=number, world_size=world_size, **options
                )
                ends[number] = search.run(lambda_for(train, number), list(args))
            except BaseException as error:
                ends[number] = error

        threads = [threading.Thread(target=rank, args=(n,), daemon=True) for n in range(world_size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        return ends

    return launch


def lambda_for(train, rank):
    """The objective of one rank; `train` is told which, and yields or returns."""
    from inspect import isgeneratorfunction

    if isgeneratorfunction(train):

        def objective(config):
            yield from train(config, rank)
    else:

        def objective(config):
            return train(config, rank)

    return objective


def hyperband(kind=HyperBand, **options):
    options = {"resource": "epochs", "max_resource": 9, "seed": 3, "study_name": "s", **options}
    return kind(None, SPACES, **options)


def yields(config, rank=None):
    for epoch in range(1, config.epochs + 1):
        time.sleep(0.0002 * (1 + config.trial.number % 3))
        yield config.trial.seed / 2**32 * (1 - 0.9**epoch)


def returns(config, rank=None):
    time.sleep(0.0005)
    return config.trial.seed / 2**32 * (1 - 0.9**config.epochs)


def story(result):
    return [
        (t.number, t.params, [(e.rung, e.resource, e.outcome.metric) for e in t.evaluations])
        for t in result.trials
    ]


def facts(result):
    return story(result), result.metric, result.best.number, result.total_resource, result.seed


@pytest.mark.parametrize("sampler", ["random", "tpe"])
@pytest.mark.parametrize("train", [yields, returns])
@pytest.mark.parametrize("world_size", [2, 3])
def test_any_number_of_ranks_finds_the_same_and_each_rank_returns_it(
    launch, world_size, train, sampler
):
    options = {"sampler": sampler, "max_total_resource": 120}
    alone = hyperband(**options).run(lambda_for(train, 0), [])
    for result in launch(world_size, train, **options):
        assert facts(result) == facts(alone)


def test_each_evaluation_is_made_by_one_rank_and_all_ranks_work(launch):
    done = []

    def train(config, rank):
        done.append((rank, config.trial.number, config.trial.rung))
        time.sleep(0.005)
        return config.lr

    result = launch(2, train)[0]
    assert {rank for rank, _, _ in done} == {0, 1}
    evaluations = [(number, rung) for _, number, rung in done]
    assert len(evaluations) == len(set(evaluations))
    assert len(evaluations) == sum(len(t.evaluations) for t in result.trials)


def test_more_ranks_than_trials(launch):
    results = launch(4, returns, max_trials=2)
    assert [len(result.trials) for result in results] == [2] * 4
    assert all(facts(result) == facts(results[0]) for result in results)


def test_asynchronous_halving_agrees_on_all_ranks(launch):
    results = launch(3, yields, scheduler="async", max_total_resource=100)
    assert facts(results[0]) == facts(results[1]) == facts(results[2])
    assert results[0].total_resource <= 100


def test_a_budget_in_seconds_ends_all_ranks_together(launch):
    results = launch(2, yields, max_seconds=0.3)
    assert facts(results[0]) == facts(results[1])


def test_a_seed_that_nobody_gave_is_drawn_once_for_all(launch):
    one, two = launch(2, returns, seed=None, max_trials=9)
    assert one.seed == two.seed
    assert story(one) == story(two)


def test_a_trial_that_raises_is_a_failed_trial_on_all_ranks(launch):
    def train(config, rank):
        if config.trial.number % 4 == 0:
            raise RuntimeError("on purpose")
        return config.lr

    for result in launch(2, train, sampler="random"):
        assert {t.number % 4 for t in result.failed} == {0}
        assert "RuntimeError: on purpose" in result.failed[0].error


class TestFailingRanks:
    def test_one_that_ends_fails_all_with_its_traceback(self, launch):
        def train(config, rank):
            if rank == 1:
                raise SystemExit("rank 1 had enough")
            time.sleep(0.002)
            return config.lr

        zero, one = launch(2, train)
        assert isinstance(one, SystemExit)
        assert isinstance(zero, RankFailedError)
        assert str(zero).startswith("rank 1 failed:\nTraceback")
        assert "in train" in str(zero)
        assert str(zero).rstrip().endswith("SystemExit: rank 1 had enough")

    def test_a_metric_that_is_no_number_stops_all_ranks(self, launch):
        def train(config, rank):
            time.sleep(0.002)
            return "best" if rank == 0 else 1.0

        zero, one = launch(2, train)
        assert isinstance(zero, ObjectiveError)
        assert isinstance(one, RankFailedError)
        assert "returned 'best'" in str(one)


class TestStorage:
    def test_a_search_stored_by_many_ranks_is_continued_by_any_number(self, launch, tmp_path):
        options = {"storage": f"sqlite:///{tmp_path}/s.db", "sampler": "random"}
        first = launch(2, returns, max_trials=9, **options)[0]
        for result in launch(3, returns, max_trials=30, **options):
            assert len(result.trials) == 30
            assert story(result)[:9] == story(first)
        calls = []
        alone = hyperband(max_trials=30, **options).run(lambda config: calls.append(1), [])
        assert calls == []
        assert story(alone) == story(result)

    def test_a_study_of_other_settings_is_refused_on_all_ranks(self, launch, tmp_path):
        options = {"storage": f"sqlite:///{tmp_path}/s.db"}
        launch(2, returns, max_trials=3, **options)
        for error in launch(2, returns, max_trials=3, mode="min", **options):
            assert isinstance(error, StudyMismatchError)
            assert 'mode="max", this search has "min"' in str(error)


class TestWhatOnlyRankZeroDoes:
    def test_notices_are_printed_once(self, launch, capsys):
        launch(3, returns)
        assert capsys.readouterr().err.splitlines().count("search: seed 3") == 1

    def test_the_tracker_hears_of_each_trial_once(self, launch):
        begun = []

        class Run:
            uuid = "u"
            log_metric = log_metrics = log_note = finish = lambda *args, **kwargs: None

        class Tracker:
            def start(self, tags=None, parent=None, config=None):
                begun.append(tags[0])
                return Run()

        result = launch(2, returns, max_trials=9, tracker=Tracker())[0]
        assert begun == ["search"] + ["trial"] * len(result.trials)


class TestTheProcessGroup:
    def test_one_is_made_with_gloo_and_taken_down(self, launch):
        launch(2, returns, max_trials=3)
        assert sorted(launch.dist.made) == [("gloo", 0, 2), ("gloo", 1, 2)]
        assert sorted(launch.dist.destroyed) == [0, 1]

    def test_one_is_taken_down_after_a_failure_too(self, launch):
        def train(config, rank):
            raise KeyboardInterrupt

        launch(2, train)
        assert sorted(launch.dist.destroyed) == [0, 1]

    def test_one_that_was_there_is_used_and_left(self, launch):
        def before(dist, rank):
            dist.mine.rank = rank

        one, two = launch(2, returns, before, max_trials=3)
        assert facts(one) == facts(two)
        assert launch.dist.made == launch.dist.destroyed == []

    def test_it_must_confirm_what_was_given(self, launch):
        def before(dist, rank):
            dist.mine.rank = 1 - rank

        for rank, error in enumerate(launch(2, returns, before, max_trials=3)):
            assert isinstance(error, SettingsError)
            assert str(error) == f"rank={rank} was given, but the process group says {1 - rank}"

    def test_a_rank_outside_the_world_is_refused(self):
        search = hyperband(DistributedHyperBand, rank=2, world_size=2)
        with pytest.raises(SettingsError, match=r"^rank 2 is outside 0\.\.1 \(world_size\)$"):
            search.run(lambda config: config.lr, [])

    def test_rank_and_world_size_are_those_of_the_launcher(self, monkeypatch):
        monkeypatch.setenv("RANK", "5")
        monkeypatch.setenv("WORLD_SIZE", "4")
        with pytest.raises(SettingsError, match=r"rank 5 is outside 0\.\.3"):
            hyperband(DistributedHyperBand).run(lambda config: config.lr, [])

    def test_several_ranks_need_torch(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "torch", None)
        monkeypatch.setitem(sys.modules, "torch.distributed", None)
        search = hyperband(DistributedHyperBand, rank=0, world_size=2)
        with pytest.raises(SettingsError, match=r"several ranks need torch: pip install '"):
            search.run(lambda config: config.lr, [])

    def test_one_rank_does_not(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "torch", None)
        search = hyperband(DistributedHyperBand, rank=0, world_size=1)
        alone = hyperband()
        assert facts(search.run(returns_alone, [])) == facts(alone.run(returns_alone, []))


def returns_alone(config):
    return config.lr * config.epochs
