"""Objectives that are sent elsewhere: pickled, on executors of all kinds, under time limits."""

import concurrent.futures
import pickle
import signal
import sys
import threading
import time

import pytest

from ato_hyperband import AllTrialsFailedError, HyperBand, ObjectiveError, SearchError

SPACES = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


def search(spaces=SPACES, **options):
    options = {"resource": "epochs", "max_resource": 9, "sampler": "random", "seed": 0, **options}
    return HyperBand(None, spaces, **options)


def story(result):
    return [
        (t.number, t.params, [(e.rung, e.resource, e.outcome.metric) for e in t.evaluations])
        for t in result.trials
    ]


class Elsewhere:
    """An executor to which everything is sent by pickle, and which runs it at once."""

    def __init__(self):
        self.running = concurrent.futures.Future

    def submit(self, function, *args):
        future = self.running()
        function, args = pickle.loads(pickle.dumps((function, args)))
        try:
            future.set_result(pickle.loads(pickle.dumps(function(*args))))
        except Exception as error:
            future.set_exception(error)
        return future


def returns(config):
    return config.lr * config.epochs


def yields(config):
    for epoch in range(1, config.epochs + 1):
        yield config.lr * epoch


class Holder:
    @staticmethod
    def objective(config):
        return config.lr * config.epochs


class TestPickled:
    @pytest.mark.parametrize("objective", [returns, yields, Holder.objective])
    def test_an_objective_of_a_module_is_sent_by_its_name(self, objective, monkeypatch):
        monkeypatch.setitem(sys.modules, "cloudpickle", None)
        sent = search(executor=Elsewhere(), n_jobs=2).run(objective, [])
        assert story(sent) == story(search().run(objective, []))

    @pytest.mark.parametrize("name", ["a closure", "a lambda"])
    def test_one_without_a_name_needs_cloudpickle(self, name, monkeypatch):
        def closure(config):
            return config.lr

        monkeypatch.setitem(sys.modules, "cloudpickle", None)
        objective = closure if name == "a closure" else lambda config: config.lr
        with pytest.raises(ObjectiveError, match=r"cannot be sent to another process: define it"):
            search(executor=Elsewhere(), n_jobs=2).run(objective, [])

    def test_with_cloudpickle_a_closure_is_sent_by_value(self):
        pytest.importorskip("cloudpickle")
        scale = 3
        objective = lambda config: scale * config.lr
        sent = search(executor=Elsewhere(), n_jobs=2).run(objective, [])
        assert story(sent) == story(search().run(objective, []))

    def test_a_name_that_means_something_else_by_now_is_not_trusted(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "cloudpickle", None)
        objective = lambda config: config.lr
        objective.__qualname__ = "returns"
        with pytest.raises(ObjectiveError, match="the objective 'returns' cannot be sent"):
            search(executor=Elsewhere(), n_jobs=2).run(objective, [])

    def test_a_config_that_cannot_be_sent_to_a_process_of_n_jobs_is_named(self):
        spaces = {"f": {"param_type": "CATEGORY", "categories": [lambda: 1, lambda: 2]}}
        with pytest.raises(SearchError, match="the config of trial 0 cannot be sent.*n_jobs=1"):
            search(spaces, n_jobs=2).run(lambda config: 1.0, [])

    def test_many_searches_share_what_is_elsewhere_without_a_mix_up(self):
        elsewhere = Elsewhere()
        searches = [search(executor=elsewhere, n_jobs=2, seed=seed) for seed in range(6)]
        for seed, one in enumerate(searches):
            assert story(one.run(yields, [])) == story(search(seed=seed).run(yields, []))


class Task:
    def __init__(self, executor, call):
        self.executor, self.call, self.cancelled = executor, call, False

    def done(self):
        return True

    def result(self):
        self.executor.flying.remove(self)
        return self.call()

    def cancel(self):
        self.cancelled = True


class Counting:
    """An executor that knows how many tasks it was given at once."""

    def __init__(self, **facts):
        self.flying, self.most, self.tasks = [], 0, []
        vars(self).update(facts)

    def submit(self, function, *args):
        task = Task(self, lambda: function(*args))
        self.flying.append(task)
        self.tasks.append(task)
        self.most = max(self.most, len(self.flying))
        return task


class DaskClient:
    def nthreads(self):
        return {"tcp://one": 2, "tcp://two": 1}


class TestExecutors:
    @pytest.mark.parametrize(
        ("facts", "expected"),
        [({"num_workers": 4}, 4), ({"_max_workers": 3}, 3), ({"_client": DaskClient()}, 3)],
    )
    def test_it_is_kept_as_busy_as_it_says_it_can_be(self, facts, expected):
        executor = Counting(**facts)
        search(executor=executor, max_resource=27).run(returns, [])
        assert executor.most == expected

    def test_n_jobs_says_how_busy_where_the_executor_does_not(self):
        executor = Counting()
        search(executor=executor, n_jobs=5, max_resource=27).run(returns, [])
        assert executor.most == 5

    def test_one_that_tells_nothing_gets_a_task_per_cpu(self, monkeypatch):
        monkeypatch.setattr("os.cpu_count", lambda: 7)
        executor = Counting()
        search(executor=executor, max_resource=27).run(returns, [])
        assert executor.most == 7

    def test_what_it_loses_is_a_failed_trial(self):
        class Lossy(Counting):
            def submit(self, function, *args):
                task = super().submit(function, *args)
                if len(self.tasks) == 3:
                    task.call = lambda: 1 / 0
                return task

        result = search(executor=Lossy(), n_jobs=1).run(returns, [])
        assert [t.number for t in result.failed] == [2]
        assert result.failed[0].error.startswith("trial 2 was lost by the executor: ZeroDivision")

    def test_what_is_still_running_is_cancelled_when_the_search_fails(self):
        executor = Counting()
        with pytest.raises(ObjectiveError, match="returned None"):
            search(executor=executor, n_jobs=3).run(lambda config: None, [])
        assert [task.cancelled for task in executor.flying] == [True, True]

    def test_one_that_is_broken_at_the_start_ends_the_search_with_advice(self):
        class Broken:
            def submit(self, function, *args):
                raise concurrent.futures.BrokenExecutor("no workers")

        with pytest.raises(SearchError, match="the executor broke.*no workers.*storage="):
            search(executor=Broken(), n_jobs=1).run(returns, [])

    def test_a_budget_in_seconds_ends_it(self):
        result = search(executor=Counting(), n_jobs=2, max_seconds=0.2).run(returns, [])
        assert all(t.evaluations for t in result.trials)


class TestTimeouts:
    def test_in_a_thread_a_trial_that_takes_too_long_fails_too(self):
        def train(config):
            while config.trial.number == 1:
                time.sleep(0.01)
            return config.lr

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            result = search(executor=pool, trial_timeout=0.3, max_trials=3).run(train, [])
        assert [t.error for t in result.failed] == ["timeout: took longer than 0.3 seconds"]

    def test_in_a_thread_one_that_is_in_time_is_left_in_peace_afterwards(self):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            result = search(executor=pool, trial_timeout=5).run(returns, [])
            time.sleep(0.1)
            assert pool.submit(lambda: "alive").result() == "alive"
        assert result.failed == []

    def test_a_search_in_a_thread_of_its_own_keeps_its_time_limit(self):
        def train(config):
            while True:
                time.sleep(0.01)

        errors = []

        def run():
            try:
                search(trial_timeout=0.1, max_trials=1).run(train, [])
            except AllTrialsFailedError as error:
                errors.append(str(error))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(30)
        assert "timeout: took longer than 0.1 seconds" in errors[0]

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals of Unix")
    def test_the_programs_own_alarm_handler_is_put_back(self):
        handler = lambda signum, frame: None
        before = signal.signal(signal.SIGALRM, handler)
        try:
            search(trial_timeout=5, max_trials=2).run(returns, [])
            assert signal.getsignal(signal.SIGALRM) is handler
        finally:
            signal.signal(signal.SIGALRM, before)

    def test_a_generator_is_limited_rung_by_rung_and_closed_when_late(self):
        closed = []

        def train(config):
            try:
                while True:
                    if config.trial.number == 0 and config.trial.rung == 1:
                        time.sleep(30)
                    yield -config.trial.number
            finally:
                closed.append(config.trial.number)

        result = search(trial_timeout=0.3).run(train, [])
        assert [(t.number, t.rung) for t in result.failed] == [(0, 1)]
        assert sorted(closed) == [t.number for t in result.trials]

    def test_in_processes_a_late_trial_fails_and_its_process_works_on(self):
        def train(config):
            if config.trial.number == 1:
                time.sleep(30)
            return config.lr

        result = search(n_jobs=2, trial_timeout=0.3, max_trials=6).run(train, [])
        assert [t.error for t in result.failed] == ["timeout: took longer than 0.3 seconds"]


class TestPausedGenerators:
    def test_beyond_256_those_unused_for_longest_are_run_again(self):
        def train(config):
            for epoch in range(1, config.epochs + 1):
                yield (config.lr * 7919) % 1 * epoch

        def straight(config):
            return (config.lr * 7919) % 1 * config.epochs

        options = {"max_resource": 729, "max_trials": 300}
        result = search(**options).run(train, [])
        assert result.recomputed_resource > 0
        assert story(result) == story(search(**options).run(straight, []))

    def test_a_clean_up_that_fails_changes_nothing(self):
        def train(config):
            try:
                while True:
                    yield config.lr
            finally:
                raise RuntimeError("cannot clean up")

        assert search().run(train, []).failed == []

    def test_one_that_raises_late_fails_at_that_rung(self):
        def train(config):
            yield config.lr
            raise RuntimeError("at the second epoch")

        result = search().run(train, [])
        started_short = [t for t in result.trials if t.evaluations[0].resource == 1]
        assert {t.rung for t in started_short if t.failed} == {1}
        assert result.best.evaluations[0].resource == 1

    def test_one_that_yields_text_stops_the_search(self):
        def train(config):
            yield "0.5"

        with pytest.raises(ObjectiveError, match=r"yielded '0\.5' \(str\), which is not a number"):
            search().run(train, [])

    def test_a_metric_that_becomes_infinite_fails_its_trial(self):
        def train(config):
            yield 1.0
            while True:
                yield float("inf")

        result = search().run(train, [])
        assert {t.error for t in result.failed} == {"the metric is inf"}
        assert result.metric == 1.0
