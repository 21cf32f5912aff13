"""Was the file edited after it was imported? Then its text is not the code that runs."""

from __future__ import annotations

from types import CodeType

from ato_trace._source.files import compile_quietly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ato_trace._source.files import SourceFile


def is_current(code: CodeType, source: SourceFile) -> bool:
    """Whether compiling the file as it is now gives the code object that is running."""
    return line_now(code, source) is not None


def line_now(code: CodeType, source: SourceFile) -> int | None:
    """The line where the file has the code object that is running now; None if it has it no more.

    What stands above it may have grown since, and `%autoreload` gives what it replaces other lines.
    """
    if any(name.startswith("@py") for name in code.co_names):
        return code.co_firstlineno  # pytest rewrote the assertions; nothing to compare with
    wanted = signature(code)
    key = code.co_name, code.co_firstlineno
    codes = _codes_of(source)
    for name, line in (key, *codes):  # most have not moved
        found = codes.get((name, line), ()) if name == code.co_name else ()
        if any(signature(other) == wanted for other in found):
            return line
    return None


def _codes_of(source: SourceFile) -> dict[tuple[str, int], list[CodeType]]:
    """The code objects that the file gives now, by name and first line."""
    if source.codes is None:
        source.codes = {}
        try:
            module = compile_quietly(source.text(), source.name)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return source.codes
        for code in nested_codes(module):
            source.codes.setdefault((code.co_name, code.co_firstlineno), []).append(code)
    return source.codes


def nested_codes(code: CodeType) -> Iterator[CodeType]:
    """Every code object inside a code object."""
    pending = [code]
    while pending:
        for constant in pending.pop().co_consts:
            if isinstance(constant, CodeType):
                yield constant
                pending.append(constant)


def _constant(value: Any) -> Any:
    """What a constant is, whatever the order in which a set was filled."""
    if isinstance(value, CodeType):
        return signature(value)
    if isinstance(value, tuple):
        return tuple(_constant(item) for item in value)
    if isinstance(value, frozenset):
        return (frozenset, *sorted(repr(_constant(item)) for item in value))
    return type(value), repr(value)


def signature(code: CodeType) -> tuple[Any, ...]:
    """All that decides what a code object does, but not where it stands."""
    constants = tuple(_constant(value) for value in code.co_consts)
    return (
        code.co_argcount,
        code.co_kwonlyargcount,
        code.co_flags,
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        constants,
    )
