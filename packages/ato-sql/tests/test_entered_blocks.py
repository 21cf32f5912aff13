"""Which run is the current one: that of the block around the code that is being executed."""

import asyncio
import contextlib
import sys
import threading

import pytest

from ato_sql import TrackerError


@pytest.fixture
def values(finder):
    """What a run, named by its name, has of a metric."""

    def values(name, key="loss"):
        (run,) = [run for run in finder.search() if run.name == name]
        return [point.value for point in finder.get_metrics(run.id, key)]

    return values


@pytest.fixture
def train(logger):
    """A generator that logs to the block that it has entered."""

    def train(name, epochs=4):
        with logger.start(name=name):
            for epoch in range(epochs):
                logger.log_metric("loss", float(epoch), epoch)
                yield epoch

    return train


class TestGenerators:
    def test_each_logs_to_its_own_run_however_they_take_turns(self, train, values):
        first, second = train("first"), train("second")
        for one in (first, second, first, second, second, first, first, second):
            next(one)
        for one in (first, second):
            assert next(one, "over") == "over"
        assert values("first") == values("second") == [0.0, 1.0, 2.0, 3.0]

    def test_its_consumer_logs_to_the_block_around_itself(self, logger, train, values):
        with logger.start(name="outer"):
            for epoch in train("inner"):
                logger.log_metric("loss", 10.0 + epoch)
        assert values("outer") == [10.0, 11.0, 12.0, 13.0]
        assert values("inner") == [0.0, 1.0, 2.0, 3.0]

    def test_a_consumer_without_a_block_is_told_so(self, logger, train):
        for _ in train("inner", epochs=1):
            with pytest.raises(TrackerError, match="no run is open here"):
                logger.log_metric("loss", 0.5)

    def test_one_that_was_begun_outside_of_a_block_goes_on_within_it(self, logger, train, values):
        training = train("inner", epochs=2)
        next(training)
        with logger.start(name="outer"):
            next(training)
            logger.log_metric("loss", 0.5)
        assert (values("inner"), values("outer")) == ([0.0, 1.0], [0.5])

    def test_functions_that_it_calls_and_generators_that_it_delegates_to(self, logger, values):
        def log(value):
            logger.log_metric("loss", value)

        def inner():
            log(1.0)
            yield
            with logger.start(name="innermost"):
                log(2.0)
                yield
            log(3.0)

        def outer(name):
            with logger.start(name=name):
                yield from inner()

        one, other = outer("one"), train_once(logger, "other")
        for _ in one:
            next(other)
        assert values("one") == [1.0, 3.0]
        assert values("innermost") == [2.0]
        assert values("other") == [0.0, 1.0]

    def test_it_may_go_on_in_another_thread(self, train, values):
        training = train("moved", epochs=2)
        next(training)
        thread = threading.Thread(target=next, args=(training,))
        thread.start()
        thread.join()
        training.close()
        assert values("moved") == [0.0, 1.0]

    def test_blocks_within_its_block_are_the_innermost(self, logger, values):
        def train():
            with logger.start(name="a"):
                with logger.start(name="b"):
                    logger.log_metric("loss", 1.0)
                    yield
                logger.log_metric("loss", 2.0)
                yield

        list(train())
        assert (values("a"), values("b")) == ([2.0], [1.0])

    def test_run_within_a_generator_cannot_be_mixed_with_that_of_another_call(self, logger, values):
        def train(name):
            logger.run(name=name)
            for epoch in range(2):
                logger.log_metric("loss", float(epoch), epoch)
                yield

        first, second = train("first"), train("second")
        next(first)
        next(second)
        with pytest.raises(TrackerError, match=r"another call of the generator train\(\); write"):
            next(first)
        next(second)
        assert (values("first"), values("second")) == ([0.0], [0.0, 1.0])

    def test_closed_early_it_completes_its_run(self, train, finder):
        for _ in train("left"):
            break
        (run,) = finder.search()
        assert (run.status, run.error) == ("completed", None)


def train_once(logger, name):
    with logger.start(name=name):
        for epoch in range(2):
            logger.log_metric("loss", float(epoch))
            yield


class TestContextManagers:
    """Made of a generator, but what is between belongs to their block."""

    def test_a_block_that_a_context_manager_enters(self, logger, values):
        @contextlib.contextmanager
        def tracked(name):
            with logger.start(name=name) as run:
                yield run

        with tracked("one"):
            logger.log_metric("loss", 1.0)
            with tracked("two"):
                logger.log_metric("loss", 2.0)
        assert (values("one"), values("two")) == ([1.0], [2.0])

    def test_within_a_generator_it_is_the_generators(self, logger, values):
        @contextlib.contextmanager
        def tracked(name):
            with logger.start(name=name) as run:
                yield run

        def train(name):
            with contextlib.ExitStack() as stack:
                stack.enter_context(tracked(name))
                for epoch in range(2):
                    logger.log_metric("loss", float(epoch))
                    yield

        for _ in zip(train("a"), train("b")):
            pass
        assert values("a") == values("b") == [0.0, 1.0]

    @pytest.fixture
    def tracked(self, logger):
        with logger.start(name="fixture") as run:
            yield run

    def test_a_fixture_of_pytest(self, logger, tracked, values):
        logger.log_metric("loss", 1.0)
        assert values("fixture") == [1.0]


def run(coroutine):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


class TestTasks:
    @pytest.fixture
    def stream(self, logger):
        async def stream(name):
            with logger.start(name=name):
                for epoch in range(3):
                    await asyncio.sleep(0)
                    logger.log_metric("loss", float(epoch))
                    yield epoch

        return stream

    def test_each_logs_to_the_block_that_it_entered(self, logger, values):
        async def train(name):
            with logger.start(name=name):
                for epoch in range(3):
                    logger.log_metric("loss", float(epoch))
                    await asyncio.sleep(0)

        async def main():
            await asyncio.gather(train("a"), train("b"))

        run(main())
        assert values("a") == values("b") == [0.0, 1.0, 2.0]

    def test_asynchronous_generators_take_turns(self, stream, values):
        async def main():
            first, second = stream("first"), stream("second")
            async for _ in first:
                async for _ in second:
                    break
            await second.aclose()

        run(main())
        assert values("first") == [0.0, 1.0, 2.0]
        assert values("second") == [0.0, 1.0, 2.0]

    def test_the_consumer_of_one_logs_to_the_block_around_itself(self, logger, stream, values):
        async def main():
            with logger.start(name="outer"):
                async for epoch in stream("inner"):
                    logger.log_metric("loss", 10.0 + epoch)

        run(main())
        assert (values("inner"), values("outer")) == ([0.0, 1.0, 2.0], [10.0, 11.0, 12.0])

    def test_each_step_of_one_may_be_a_task_of_its_own(self, stream, values):
        async def main():
            steps = stream("waited")
            for _ in range(3):
                await asyncio.wait_for(steps.__anext__(), 60)
            await steps.aclose()

        run(main())
        assert values("waited") == [0.0, 1.0, 2.0]

    def test_tasks_begun_within_a_generators_block_belong_to_it(self, logger, values):
        async def evaluate(value):
            await asyncio.sleep(0)
            logger.log_metric("loss", value, 0)

        async def stream():
            with logger.start(name="inner"):
                await asyncio.gather(evaluate(1.0), evaluate(2.0))
                yield

        async def main():
            with logger.start(name="outer"):
                async for _ in stream():
                    logger.log_metric("loss", 10.0)

        run(main())
        assert (sorted(values("inner")), values("outer")) == ([1.0, 2.0], [10.0])

    def test_tasks_of_a_loop_within_a_generator_have_their_own(self, logger, values):
        async def train(name):
            logger.log_metric("loss", -1.0)
            with logger.start(name=name):
                await asyncio.sleep(0)
                logger.log_metric("loss", 1.0)

        async def both():
            await asyncio.gather(train("a"), train("b"))

        def steps():
            with logger.start(name="around"):
                run(both())
                yield

        list(steps())
        assert (values("a"), values("b"), values("around")) == ([1.0], [1.0], [-1.0, -1.0])

    def test_a_cancelled_task_interrupts_its_run(self, logger, finder):
        async def train():
            with logger.start():
                await asyncio.sleep(60)

        async def main():
            task = asyncio.ensure_future(train())
            await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.wait([task])

        run(main())
        (ended,) = finder.search()
        assert ended.status == "interrupted"
        assert "CancelledError" in ended.error

    def test_a_coroutine_that_is_closed_does_too(self, logger, finder):
        async def train():
            with logger.start():
                await asyncio.sleep(60)

        async def main():
            coroutine = train()
            coroutine.send(None)
            coroutine.close()

        run(main())
        assert finder.search()[0].status == "interrupted"


@pytest.mark.skipif(sys.version_info < (3, 9), reason="asyncio.to_thread")
def test_threads_that_take_the_context_along_belong_to_the_block(logger, values):
    async def steps():
        with logger.start(name="inner"):
            await asyncio.to_thread(logger.log_metric, "loss", 1.0)
            yield

    async def main():
        async for _ in steps():
            pass

    run(main())
    assert values("inner") == [1.0]
