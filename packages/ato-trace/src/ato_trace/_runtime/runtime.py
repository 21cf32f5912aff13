"""Functions whose outputs are recorded: plain, async, generators, methods, classes."""

from __future__ import annotations

import functools
from types import AsyncGeneratorType, CoroutineType, GeneratorType

from ato_trace._errors import FingerprintError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
    from typing import Any

    from ato_trace._runtime.recorder import Recorder

_COROUTINE = 0x80
_GENERATOR = 0x20
_ASYNC_GENERATOR = 0x200


def traced(target: Any, recorder: Recorder) -> Any:
    """A stand-in for `target` that records its outputs; a class is changed in place.

    Raises:
        FingerprintError: The target cannot be called.
    """
    if isinstance(target, type):
        return _traced_class(target, recorder)
    if isinstance(target, (staticmethod, classmethod)):
        return type(target)(traced(target.__func__, recorder))
    if isinstance(target, property) and target.fget is not None:
        return target.getter(traced(target.fget, recorder))
    if hasattr(target, "rewrap"):  # an entry of a scope: record inside, after its config is made
        return target.rewrap(traced(target.__wrapped__, recorder))
    if not callable(target):
        raise FingerprintError(f"an object of type {type(target).__qualname__} cannot be traced")
    return _traced_function(target, recorder)


def _traced_class(cls: type, recorder: Recorder) -> type:
    """The outputs of a class are what calls of its instances give."""
    if not any("__call__" in vars(base) for base in cls.__mro__):
        raise FingerprintError(
            f"instances of class {cls.__qualname__} cannot be called, so it has no outputs; "
            "trace one of its methods"
        )
    cls.__call__ = _traced_function(cls.__call__, recorder)  # type: ignore[method-assign]
    return cls


def _traced_function(function: Any, recorder: Recorder) -> Any:
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
    if flags & _COROUTINE:
        wrapper = _coroutine_function(function, recorder)
    elif flags & _GENERATOR:
        wrapper = _generator_function(function, recorder)
    elif flags & _ASYNC_GENERATOR:
        wrapper = _async_generator_function(function, recorder)
    else:
        wrapper = _plain_function(function, recorder)
    return functools.wraps(function)(wrapper)


def _plain_function(function: Callable[..., Any], recorder: Recorder) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        recorder.start()
        output = function(*args, **kwargs)
        if isinstance(output, GeneratorType):
            return _record_generator(output, recorder)
        if isinstance(output, AsyncGeneratorType):
            return _record_async_generator(output, recorder)
        if isinstance(output, CoroutineType):
            return _record_coroutine(output, recorder)
        recorder.finish(output)
        return output

    return wrapper


def _coroutine_function(function: Callable[..., Any], recorder: Recorder) -> Any:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        recorder.start()
        return await _record_coroutine(function(*args, **kwargs), recorder)

    return wrapper


def _generator_function(function: Callable[..., Any], recorder: Recorder) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        recorder.start()
        return (yield from _record_generator(function(*args, **kwargs), recorder))

    return wrapper


def _async_generator_function(function: Callable[..., Any], recorder: Recorder) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        recorder.start()
        return _record_async_generator(function(*args, **kwargs), recorder)

    return wrapper


async def _record_coroutine(coroutine: Coroutine[Any, Any, Any], recorder: Recorder) -> Any:
    output = await coroutine
    recorder.finish(output)
    return output


def _record_generator(
    generator: Generator[Any, Any, Any], recorder: Recorder
) -> Generator[Any, Any, Any]:
    stream = recorder.stream()
    advance: Callable[[], Any] = lambda: next(generator)
    while True:
        try:
            item = advance()
        except StopIteration as stop:
            stream.end(stop.value)
            return stop.value
        stream.add(item)
        try:
            sent = yield item
        except GeneratorExit:
            generator.close()
            stream.closed()
            raise
        except BaseException as error:
            advance = _bound(generator.throw, error)
        else:
            advance = _bound(generator.send, sent)


async def _record_async_generator(
    generator: AsyncGenerator[Any, Any], recorder: Recorder
) -> AsyncGenerator[Any, Any]:
    stream = recorder.stream()
    advance: Callable[[], Any] = generator.__anext__
    while True:
        try:
            item = await advance()
        except StopAsyncIteration:
            stream.end(None)
            return
        stream.add(item)
        try:
            sent = yield item
        except GeneratorExit:
            await generator.aclose()
            stream.closed()
            raise
        except BaseException as error:
            advance = _bound(generator.athrow, error)
        else:
            advance = _bound(generator.asend, sent)


def _bound(method: Callable[[Any], Any], argument: Any) -> Callable[[], Any]:
    return lambda: method(argument)
