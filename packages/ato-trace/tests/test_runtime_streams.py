"""Runtime traces of coroutines and generators, which are hashed as they are consumed."""

import asyncio
import inspect

import pytest

from ato_trace import Scope, hash_output


@pytest.fixture
def scope():
    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1

    return scope


class TestAsyncAndGenerators:
    def test_coroutines(self, scope):
        @scope.runtime_trace("co")
        async def co(x):
            await asyncio.sleep(0)
            return x

        assert inspect.iscoroutinefunction(co)
        assert asyncio.run(co(3)) == 3
        assert scope.fingerprints["runtime"]["co"] == hash_output(3)

    def test_coroutine_entries(self, scope):
        @scope.runtime_trace("co")
        @scope
        async def co(config):
            return config.lr

        assert asyncio.run(co()) == 0.1
        assert scope.fingerprints["runtime"]["co"] == hash_output(0.1)

    def test_generators_are_hashed_as_they_are_consumed(self, scope):
        @scope.runtime_trace("g")
        def g(n):
            yield from range(n)

        stream = g(3)
        assert next(stream) == 0
        assert scope.fingerprints["runtime"] == {}
        assert list(stream) == [1, 2]
        first = scope.fingerprints["runtime"]["g"]
        list(g(3))
        assert scope.fingerprints_history["runtime"]["g"] == {first: 2}
        list(g(4))
        assert scope.fingerprints["runtime"]["g"] != first

    def test_a_generator_left_early_never_equals_a_full_one(self, scope):
        @scope.runtime_trace("g")
        def g(n):
            yield from range(n)

        list(g(2))
        full = scope.fingerprints["runtime"]["g"]
        stream = g(3)
        next(stream), next(stream)
        stream.close()
        assert scope.fingerprints["runtime"]["g"] != full

    def test_generators_still_receive_and_return(self, scope):
        def echo():
            received = []
            try:
                while True:
                    received.append((yield len(received)))
            except ValueError:
                yield "caught"
            return received

        traced = scope.runtime_trace("echo")(echo)

        def drive(generator):
            out = [next(generator), generator.send("a"), generator.throw(ValueError("x"))]
            with pytest.raises(StopIteration) as stop:
                next(generator)
            return out, stop.value.value

        assert drive(traced()) == drive(echo()) == ([0, 1, "caught"], ["a"])
        assert inspect.isgeneratorfunction(traced)

    def test_functions_that_return_generators(self, scope):
        @scope.runtime_trace("g")
        def g():
            return (i for i in range(3))

        assert list(g()) == [0, 1, 2]
        assert "g" in scope.fingerprints["runtime"]

    def test_asynchronous_generators(self, scope):
        @scope.runtime_trace("ag")
        async def ag(n):
            for i in range(n):
                yield i

        async def consume(n):
            return [i async for i in ag(n)]

        assert asyncio.run(consume(3)) == [0, 1, 2]
        first = scope.fingerprints["runtime"]["ag"]
        asyncio.run(consume(3))
        asyncio.run(consume(2))
        assert list(scope.fingerprints_history["runtime"]["ag"].values()) == [2, 1]
        assert scope.fingerprints["runtime"]["ag"] != first
