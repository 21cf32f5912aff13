"""Many workers: processes of our own, executors of others."""

import concurrent.futures
import itertools
import os
import signal
import time

import pytest

from ato_hyperband import AllTrialsFailedError, HyperBand, ObjectiveError, SearchError

SPACES = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
    "width": {"param_type": "INTEGER", "param_range": (8, 256), "space_type": "LOG"},
}
posix = pytest.mark.skipif(os.name != "posix", reason="processes are forked on POSIX only")


def hyperband(**options):
    options = {"resource": "epochs", "max_resource": 27, "seed": 0, **options}
    return HyperBand(None, SPACES, **options)


def returns(config):
    return config.lr * config.width * (1 - 0.9**config.epochs)


def yields(config):
    for epoch in itertools.count(1):
        yield config.lr * config.width * (1 - 0.9**epoch)


def story(result):
    return [
        (t.number, t.params, [(e.rung, e.resource, e.outcome.metric) for e in t.evaluations])
        for t in result.trials
    ]


@posix
@pytest.mark.parametrize("sampler", ["random", "tpe"])
@pytest.mark.parametrize("objective", [returns, yields])
def test_any_number_of_processes_finds_the_same_trials(objective, sampler):
    options = {"sampler": sampler, "max_total_resource": 200}
    alone = hyperband(**options).run(objective, [])
    for n_jobs in (2, 3):
        together = hyperband(n_jobs=n_jobs, **options).run(objective, [])
        assert story(together) == story(alone)
        assert together.total_resource == alone.total_resource


@posix
def test_when_the_time_is_up_only_what_was_done_counts():
    def train(config):
        while True:
            time.sleep(0.01)
            yield config.lr

    result = hyperband(n_jobs=2, max_seconds=3).run(train, [])
    assert all(trial.evaluations for trial in result.trials)
    done = sum(trial.evaluations[-1].resource for trial in result.trials)
    assert result.total_resource == done


def test_work_is_done_in_that_many_processes(tmp_path):
    def train(config):
        (tmp_path / str(os.getpid())).touch()
        time.sleep(0.01)
        return config.lr

    hyperband(n_jobs=2, max_trials=12).run(train, [])
    pids = {int(name) for name in os.listdir(str(tmp_path))}
    assert len(pids) == 2
    assert os.getpid() not in pids


@posix
def test_asynchronous_halving_in_processes():
    result = hyperband(n_jobs=3, scheduler="async", max_total_resource=150).run(yields, [])
    assert result.total_resource <= 150
    assert max(t.resource for t in result.trials) > 1


@posix
def test_a_process_that_dies_fails_its_trial_and_is_replaced():
    def train(config):
        if config.trial.number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return config.lr

    result = hyperband(n_jobs=2, max_trials=9).run(train, [])
    assert [t.number for t in result.failed] == [1]
    assert result.failed[0].error == "the process that ran it died"


@posix
def test_a_process_that_dies_once_costs_nothing(tmp_path):
    def train(config):
        if config.trial.number == 1 and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return config.lr

    assert hyperband(n_jobs=2, max_trials=9).run(train, []).failed == []


@posix
def test_a_trial_that_blocks_all_signals_is_killed_in_the_end():
    def train(config):
        if config.trial.number == 1:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            time.sleep(60)
        return config.lr

    result = hyperband(n_jobs=2, max_trials=5, trial_timeout=0.2, grace=0.3).run(train, [])
    assert [t.number for t in result.failed] == [1]
    assert result.failed[0].error.startswith("timeout")


@posix
def test_a_metric_that_is_no_number_stops_all_processes():
    with pytest.raises(ObjectiveError, match="returned 'best'"):
        hyperband(n_jobs=2).run(lambda config: "best", [])


@posix
def test_a_trial_that_raises_keeps_its_traceback():
    def train(config):
        raise RuntimeError("on purpose")

    with pytest.raises(AllTrialsFailedError, match="RuntimeError: on purpose"):
        hyperband(n_jobs=2, max_trials=3).run(train, [])


@posix
def test_no_process_is_left_behind(tmp_path):
    def train(config):
        (tmp_path / str(os.getpid())).touch()
        return config.lr

    hyperband(n_jobs=2, max_trials=9).run(train, [])
    for name in os.listdir(str(tmp_path)):
        with pytest.raises(ProcessLookupError):
            os.kill(int(name), 0)


class TestExecutors:
    def test_threads(self):
        alone = hyperband(max_total_resource=200).run(yields, [])
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            together = hyperband(max_total_resource=200, executor=pool).run(yields, [])
        assert story(together) == story(alone)

    @posix
    def test_processes(self):
        alone = hyperband(max_total_resource=200).run(returns, [])
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            together = hyperband(max_total_resource=200, executor=pool).run(returns, [])
        assert story(together) == story(alone)

    @posix
    def test_a_generator_is_run_again_where_it_is_not_held(self):
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            result = hyperband(executor=pool, sampler="random").run(yields, [])
        alone = hyperband(sampler="random").run(yields, [])
        assert story(result) == story(alone)
        assert result.total_resource == alone.total_resource

    @posix
    def test_a_decorated_function_can_be_sent(self):
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            POOL.executor = pool
            assert decorated([]).metric > 0
            POOL.executor = None

    @posix
    def test_a_broken_pool_ends_the_search_with_advice(self):
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            with pytest.raises(SearchError, match="the executor broke.*storage="):
                hyperband(executor=pool, max_trials=9).run(dies, [])

    def test_n_jobs_bounds_what_is_in_flight(self):
        class Counting(concurrent.futures.ThreadPoolExecutor):
            flying, most = 0, 0

            def submit(self, *args, **kwargs):
                Counting.flying += 1
                Counting.most = max(Counting.most, Counting.flying)
                future = super().submit(*args, **kwargs)
                future.add_done_callback(lambda _: setattr(Counting, "flying", Counting.flying - 1))
                return future

        with Counting(8) as pool:
            hyperband(executor=pool, n_jobs=2, max_trials=30).run(returns, [])
        assert Counting.most <= 2

    def test_jobs_without_futures_are_polled(self):
        class Job:
            def __init__(self, call):
                self.call, self.looks = call, 0

            def done(self):
                self.looks += 1
                return self.looks > 1

            def result(self):
                return self.call()

            def cancel(self):
                pass

        class Cluster:
            num_workers = 4

            def submit(self, function, *args):
                return Job(lambda: function(*args))

        alone = hyperband(max_trials=9).run(returns, [])
        assert story(hyperband(max_trials=9, executor=Cluster()).run(returns, [])) == story(alone)


def dies(config):
    os.kill(os.getpid(), signal.SIGKILL)


POOL = hyperband(max_trials=9)


@POOL.main
def decorated(config):
    return config.lr
