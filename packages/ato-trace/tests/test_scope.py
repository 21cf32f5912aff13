"""`scope.trace` and `scope.runtime_trace`."""

import functools
import inspect
import random
import threading

import pytest

import ato_scope
import ato_trace
from ato_trace import FingerprintError, HashError, MultiScope, Scope, fingerprint, hash_output


@pytest.fixture
def scope():
    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1

    return scope


class TestTrace:
    def test_the_readme_example(self, scope):
        @scope.trace(trace_id="train_step")
        @scope
        def train_v1(config):
            loss = model(data)
            return loss  # noqa: RET504

        first = scope.fingerprints["static"]["train_step"]

        @scope.trace(trace_id="train_step")
        @scope
        def train_v2(config):
            # Added comment
            result = model(data)  # Same logic
            return result  # noqa: RET504

        assert scope.fingerprints["static"]["train_step"] == first

        @scope.trace(trace_id="train_step")
        @scope
        def train_v3(config):
            loss = model(data) * 2  # Logic changed!
            return loss  # noqa: RET504

        last = scope.fingerprints["static"]["train_step"]
        assert last != first
        assert scope.fingerprints_history["static"]["train_step"] == {first: 2, last: 1}

    def test_above_and_below_the_scope_are_the_same(self, scope):
        @scope.trace("above")
        @scope
        def train(config):
            return config.lr

        @scope
        @scope.trace("below")
        def evaluate(config):
            return config.lr

        static = scope.fingerprints["static"]
        assert static["above"] == static["below"]
        assert train() == evaluate() == 0.1

    def test_what_is_decorated_stays_what_it_was(self, scope):
        def function(x):
            return x

        assert scope.trace("f")(function) is function
        assert scope.trace(function) is function

    def test_the_name_is_that_of_the_function_by_default(self, scope):
        class A:
            @scope.trace
            def one(self):
                pass

            @scope.trace()
            @classmethod
            def two(cls):
                pass

            @scope.trace
            @staticmethod
            def three():
                pass

            @scope.trace
            @property
            def four(self):
                pass

        names = [name.rpartition("<locals>.")[2] for name in scope.fingerprints["static"]]
        assert names == ["A.one", "A.two", "A.three", "A.four"]

    def test_classes(self, scope):
        @scope.trace("net")
        class Net:
            def forward(self, x):
                return x

        assert scope.fingerprints["static"]["net"] == fingerprint(Net)

    def test_a_followed_function_is_read_when_everything_is_defined(self, scope, write_module):
        module = write_module(
            """
            from ato_trace import Scope
            scope = Scope()

            @scope.trace("f", follow=True)
            def f(x):
                return later(x)

            def later(x):
                return x
            """
        )
        assert "uses later -> 1" in module.scope.fingerprints["static"]["f"].canonical

    def test_what_has_no_code_is_an_error_at_once(self, scope):
        with pytest.raises(FingerprintError, match="builtins.len"):
            scope.trace("len")(len)

    def test_the_plain_scope_names_the_package(self):
        with pytest.raises(ato_scope.ScopeError, match="pip install ato-trace"):
            ato_scope.Scope().trace("x")


class TestRuntimeTrace:
    def test_the_output_is_hashed_and_returned(self, scope):
        @scope.runtime_trace("predictions")
        def predict(x):
            return [x, 2.0]

        assert predict(1) == [1, 2.0]
        assert scope.fingerprints["runtime"] == {"predictions": hash_output([1, 2.0])}

    def test_signature_and_metadata_are_kept(self, scope):
        def predict(x: int, *, y=2) -> list:
            """Predicts."""
            return [x, y]

        traced = scope.runtime_trace("p")(predict)
        assert inspect.signature(traced) == inspect.signature(predict)
        assert (traced.__name__, traced.__doc__) == ("predict", "Predicts.")
        assert traced.__wrapped__ is predict
        assert fingerprint(traced) == fingerprint(predict)

    def test_above_and_below_the_scope(self, scope):
        @scope.runtime_trace("above")
        @scope
        def train(config, x=1):
            return config.lr + x

        @scope
        @scope.runtime_trace("below")
        def evaluate(config, x=1):
            return config.lr + x

        assert train() == evaluate() == 1.1
        assert train.with_args(["lr=2"])() == evaluate.with_args(["lr=2"])() == 3
        history = scope.fingerprints_history["runtime"]
        assert history["above"] == history["below"] == {hash_output(1.1): 1, hash_output(3): 1}

    def test_arguments_of_ones_own(self, scope):
        @scope.runtime_trace("above")
        @scope
        def train(config, x):
            return config.lr + x

        @scope
        @scope.runtime_trace("below")
        def evaluate(config, x):
            return config.lr + x

        assert train(1) == evaluate(1) == train(x=1) == evaluate(x=1) == 1.1

    def test_several_distinct_outputs_show_that_a_function_is_not_deterministic(self, scope):
        @scope.runtime_trace("draw")
        def draw():
            return random.random()

        @scope.runtime_trace("seeded", init_fn=lambda: random.seed(42))
        def seeded():
            return random.random()

        for function in (draw, seeded):
            for _ in range(3):
                function()
        history = scope.fingerprints_history["runtime"]
        assert list(history["draw"].values()) == [1, 1, 1]
        assert list(history["seeded"].values()) == [3]

    def test_init_fn_runs_after_the_config_is_made(self, scope):
        order = []

        @scope.observe(default=True)
        def late(config):
            order.append("view")

        @scope.runtime_trace("f", init_fn=lambda: order.append("init"))
        @scope
        def f(config):
            order.append("call")

        f()
        assert order == ["view", "init", "call"]

    def test_inspect_fn_chooses_what_to_hash(self, scope):
        @scope.runtime_trace("head", inspect_fn=lambda output: output[:2])
        def f():
            return [1, 2, object()]

        assert len(f()) == 3
        assert scope.fingerprints["runtime"]["head"] == hash_output([1, 2])

    def test_rounding_absorbs_noise(self, scope):
        @scope.runtime_trace("f", decimals=3)
        def f(x):
            return {"loss": x}

        f(0.1)
        f(0.1 + 1e-9)
        assert list(scope.fingerprints_history["runtime"]["f"].values()) == [2]

    def test_what_cannot_be_hashed_is_named_and_the_output_is_not_lost(self, scope):
        class Hook:
            pass

        hook = Hook()

        @scope.runtime_trace("f")
        def f():
            return {"model": [1, hook]}

        with pytest.raises(HashError, match=r"cannot hash result\['model'\]\[1\].*inspect_fn") as e:
            f()
        assert e.value.path == "result['model'][1]"
        assert e.value.output == {"model": [1, hook]}

    def test_a_call_that_raises_records_nothing(self, scope):
        @scope.runtime_trace("f")
        def f():
            raise KeyError("own")

        with pytest.raises(KeyError, match="own"):
            f()
        assert scope.fingerprints["runtime"] == {}

    def test_methods_and_descriptors(self, scope):
        class A:
            @scope.runtime_trace("method")
            def method(self, x):
                return x

            @scope.runtime_trace("static")
            @staticmethod
            def static(x):
                return x

            @classmethod
            @scope.runtime_trace("class")
            def make(cls, x):
                return x

            @scope.runtime_trace("property")
            @property
            def value(self):
                return 4

        assert (A().method(1), A.static(2), A.make(3), A().value) == (1, 2, 3, 4)
        runtime = scope.fingerprints["runtime"]
        expected = {"method": 1, "static": 2, "class": 3, "property": 4}
        assert runtime == {key: hash_output(value) for key, value in expected.items()}

    def test_of_a_class_the_calls_of_its_instances(self, scope):
        @scope.runtime_trace("net")
        class Net:
            def __call__(self, x):
                return x + 1

        assert Net()(1) == 2
        assert scope.fingerprints["runtime"]["net"] == hash_output(2)
        with pytest.raises(FingerprintError, match="instances of class .*Silent cannot be called"):

            @scope.runtime_trace("silent")
            class Silent:
                pass

    def test_threads_do_not_lose_counts(self, scope):
        @scope.runtime_trace("f")
        def f():
            return 1

        threads = [threading.Thread(target=lambda: [f() for _ in range(200)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert scope.fingerprints_history["runtime"]["f"] == {hash_output(1): 800}


class TestMultiScope:
    def test_it_traces_and_shows_what_its_scopes_traced(self):
        model, data = Scope(name="model"), Scope(name="data")
        both = MultiScope(model, data)

        @model.trace("build")
        def build():
            return 1

        @both.runtime_trace("train")
        @both
        def train(model, data):
            return 2

        assert train() == 2
        assert list(both.fingerprints["static"]) == ["build"]
        assert both.fingerprints["runtime"] == {"train": hash_output(2)}
        assert both.fingerprints_history["runtime"] == {"train": {hash_output(2): 1}}


def test_functions_wrapped_by_other_libraries(scope):
    @scope.trace("cached")
    @functools.lru_cache(maxsize=None)
    def cached(x):
        return x

    @functools.lru_cache(maxsize=None)
    def another(y):
        return y

    assert scope.fingerprints["static"]["cached"] == fingerprint(another)


def test_scopes_are_those_of_ato_scope():
    assert issubclass(ato_trace.Scope, ato_scope.Scope)
    assert issubclass(ato_trace.MultiScope, ato_scope.MultiScope)


def test_what_ato_2_took_by_position_is_refused_with_what_to_write():
    scope = Scope()
    for arguments in [(len, len, "id"), (None, None, "id"), (len, len), ("id", len)]:
        with pytest.raises(TypeError, match="runtime_trace\\('name', init_fn=..., inspect_fn="):
            scope.runtime_trace(*arguments)
