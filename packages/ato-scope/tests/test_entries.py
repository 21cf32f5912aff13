"""Functions that receive the config: `@scope`."""

import asyncio
import functools
import inspect
import pickle
import sys
import threading
import traceback

import pytest

from ato_scope import EntryError, LazyError, Scope


@pytest.fixture
def scope():
    scope = Scope({"lr": 0.1})
    scope.observe("fast", config={"lr": 1.0})
    return scope


def test_the_config_is_passed_by_the_name_of_the_parameter(scope):
    @scope
    def train(config):
        return config.lr

    assert train() == 0.1


def test_the_parameter_may_stand_anywhere(scope):
    @scope
    def train(data, config, epochs=3, *rest, seed=0, **options):
        return data, config.lr, epochs, rest, seed, options

    assert train("d") == ("d", 0.1, 3, (), 0, {})
    assert train("d", 5, 6, 7, seed=1, x=2) == ("d", 0.1, 5, (6, 7), 1, {"x": 2})
    assert train(epochs=9, data="d") == ("d", 0.1, 9, (), 0, {})


def test_the_parameter_may_be_keyword_only(scope):
    @scope
    def train(data, *, config):
        return data, config.lr

    assert train(1) == (1, 0.1)


def test_the_parameter_may_have_a_default(scope):
    @scope
    def train(config=None):
        return config.lr

    assert train() == 0.1


def test_a_function_that_takes_any_keyword_receives_the_config_too(scope):
    @scope
    def train(**options):
        return options["config"].lr

    assert train() == 0.1


def test_a_config_given_by_the_caller_is_left_alone(scope):
    @scope
    def train(config, n=1):
        return config, n

    assert train(config="mine", n=2) == ("mine", 2)


def test_methods_receive_the_config_after_self(scope):
    class Trainer:
        factor = 2

        @scope
        def train(self, config, n=1):
            return self.factor * config.lr * n

        @staticmethod
        @scope
        def test(config):
            return config.lr

        @classmethod
        @scope
        def make(cls, config):
            return cls.factor, config.lr

    assert Trainer().train(n=5) == 1.0
    assert Trainer.test() == 0.1
    assert Trainer.make() == (2, 0.1)


def test_async_functions_stay_async(scope):
    @scope
    async def train(config, n):
        await asyncio.sleep(0)
        return config.lr * n

    assert inspect.iscoroutinefunction(train)
    assert asyncio.new_event_loop().run_until_complete(train(10)) == 1.0


def test_generators_receive_the_config(scope):
    @scope
    def train(config, n):
        for i in range(n):
            yield config.lr * i

    assert list(train(3)) == [0.0, 0.1, 0.2]


def test_async_generators_receive_the_config(scope):
    @scope
    async def train(config):
        yield config.lr

    async def collect():
        return [value async for value in train()]

    assert asyncio.new_event_loop().run_until_complete(collect()) == [0.1]


def test_a_class_and_a_partial_can_be_entries(scope):
    class Trainer:
        def __init__(self, config):
            self.lr = config.lr

    def train(n, config):
        return n * config.lr

    assert scope(Trainer)().lr == 0.1
    assert scope(functools.partial(train, 10))() == 1.0


def test_an_entry_looks_like_the_function_it_wraps(scope):
    def train(config, n: int = 3) -> float:
        """Train."""

    entry = scope(train)
    assert (entry.__name__, entry.__doc__, entry.__module__) == ("train", "Train.", __name__)
    assert entry.__wrapped__ is train
    assert str(inspect.signature(entry)) == str(inspect.signature(train))


@Scope({"lr": 0.1})
def module_level(config):
    return config.lr


def test_an_entry_of_a_module_can_be_pickled():
    assert pickle.loads(pickle.dumps(module_level)) is module_level


def test_with_args_takes_the_place_of_the_command_line(scope):
    @scope
    def train(config, n=1):
        return config.lr * n

    assert train.with_args(["fast"])(n=2) == 2.0
    assert train.with_args(["lr=3"])() == 3
    assert train() == 0.1


def test_rewrap_makes_an_entry_around_another_function(scope):
    @scope
    def train(config):
        return config.lr

    timed = train.with_args(["fast"]).rewrap(lambda config: ("timed", config.lr))
    assert timed() == ("timed", 1.0)


def test_each_call_is_fresh(scope):
    @scope
    def train(config):
        config.lr += 1
        config.layers = [1]
        return config

    assert train().lr == train().lr == 1.1
    assert train() is not train()


def test_calls_in_threads_do_not_mix(scope):
    @scope
    def train(config, n):
        config.n = n
        return config

    entries = [threading.Thread(target=lambda n=n: found.append(train(n).n == n)) for n in range(8)]
    found = []
    for thread in entries:
        thread.start()
    for thread in entries:
        thread.join()
    assert found == [True] * 8


def test_the_config_is_strict_in_the_function(scope):
    @scope
    def train(config):
        return hasattr(config, "nothing"), getattr(config, "seed", 3)

    assert train() == (False, 3)


def test_what_the_function_reads_is_what_counts_as_used(scope):
    @scope
    def train(config):
        return config.lr

    train()
    assert scope.config.get_minimal_config() == {"lr": 0.1}


def test_an_entry_can_call_another(scope):
    @scope
    def evaluate(config):
        return config.lr

    @scope
    def train(config):
        return evaluate.with_args(["fast"])(), evaluate(config=config)

    assert train() == (1.0, 0.1)


def test_a_function_without_the_parameter_is_refused(scope):
    with pytest.raises(EntryError, match=r"'train' \(.*test_entries.py:\d+\).*'config'.*'confg'"):

        @scope
        def train(confg):
            pass


def test_the_fix_for_a_missing_parameter_is_shown(scope):
    with pytest.raises(EntryError, match=r"add it: def train\(config\)"):

        @scope
        def train():
            pass


def test_a_function_of_its_caller_s_arguments_alone_is_called_as_it_is(scope):
    @scope
    def evaluate(model, data):
        return model + data

    assert evaluate(1, data=2) == 3


def test_a_call_that_leaves_parameters_open_names_the_one_that_is_missing(scope):
    @scope
    def evaluate(model, data):
        return model + data

    with pytest.raises(EntryError, match=r"'evaluate' .* no parameter 'config'.*'data'"):
        evaluate(1)


def test_an_entry_of_an_entry_is_refused(scope):
    with pytest.raises(EntryError, match=r"already an entry .* MultiScope"):

        @scope
        @Scope(name="other")
        def train(other, config):
            pass


def test_call_injects_a_given_config(scope):
    def train(n, config):
        return n, config

    assert scope.call(train, {"mine": 1}, 5) == (5, {"mine": 1})


class TestExceptions:
    """What user code raises reaches the user as it was raised."""

    def frames(self, error):
        return [(f.filename, f.name) for f in traceback.extract_tb(error.__traceback__)]

    def test_from_the_function(self, scope):
        @scope
        def train(config):
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine") as caught:
            train()
        frames = self.frames(caught.value)
        assert frames[-1] == (__file__, "train")
        assert len(frames) == 3

    def test_from_a_view(self, scope):
        @scope.observe(default=True)
        def broken(config):
            return 1 / 0

        @scope
        def train(config):
            pass

        with pytest.raises(ZeroDivisionError) as caught:
            train()
        assert self.frames(caught.value)[-1] == (__file__, "broken")
        assert len(self.frames(caught.value)) <= 4
        assert caught.value.__context__ is None

    def test_an_error_of_ours_that_a_view_raises_is_the_views(self, scope, monkeypatch):
        @scope.observe(default=True)
        def broken(config):
            raise LazyError("from the view")

        monkeypatch.setattr(sys, "argv", ["train.py"])
        with pytest.raises(LazyError, match="from the view"):
            scope(lambda config: None)()


class TestSwitching:
    """Injection can be switched off."""

    def test_a_deactivated_scope_leaves_the_function_as_it_is(self, scope):
        @scope
        def train(config):
            return config

        scope.deactivate()
        with pytest.raises(TypeError):
            train()
        assert train("mine") == "mine"
        scope.activate()
        assert train().lr == 0.1

    def test_pause_ends_with_its_block_and_nests(self, scope):
        @scope
        def train(config):
            return config

        with scope.pause():
            with scope.pause():
                assert train(1) == 1
            assert train(2) == 2
        assert train().lr == 0.1


def test_a_decorated_function_is_injected_by_the_parameters_it_passes_on():
    def plain(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper

    @Scope({"lr": 0.1})
    @plain
    def train(config, steps):
        return config.lr, steps

    assert train(3) == (0.1, 3)
