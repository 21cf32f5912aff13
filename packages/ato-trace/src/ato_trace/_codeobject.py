"""The fallback where there is no source: a canonical form of the byte code.

It does not depend on local names, comments or docstrings either, but it does on the version of
Python, so fingerprints made of it are marked ``kind='code-object'``.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FLAGS_THAT_COUNT = 0x3AC  # *args, **kwargs, generator, coroutine, asynchronous generator


def canonical_code(code: CodeType) -> str:
    """Serialise a code object, one instruction a line."""
    version = "{}.{}".format(*sys.version_info[:2])
    lines = ["1 code-object python" + version]
    _append_code(code, lines, "  ")
    return "\n".join(lines)


def _append_code(code: CodeType, lines: list[str], indent: str) -> None:
    import dis

    counts = (code.co_argcount, getattr(code, "co_posonlyargcount", 0), code.co_kwonlyargcount)
    lines.append(
        indent + "args {} {} {} flags {}".format(*counts, code.co_flags & _FLAGS_THAT_COUNT)
    )
    for instruction in dis.get_instructions(code):
        text = indent + instruction.opname
        value = instruction.argval
        if isinstance(value, CodeType):
            lines.append(text)
            _append_code(value, lines, indent + "  ")
        elif instruction.arg is not None:
            lines.append(text + " " + _argument(code, instruction))
        else:
            lines.append(text)
    for entry in _handlers(code):
        lines.append(indent + entry)


def _argument(code: CodeType, instruction: Any) -> str:
    import dis

    if instruction.opcode in dis.haslocal:
        return "%" + str(instruction.arg)
    if instruction.opcode in dis.hasfree and instruction.argval in code.co_varnames:
        return "%" + str(code.co_varnames.index(instruction.argval))
    if instruction.opcode in dis.hasfree and instruction.argval in code.co_cellvars:
        return "%cell" + str(code.co_cellvars.index(instruction.argval))
    if instruction.opcode in dis.hasconst:
        return constant_text(instruction.argval)
    if instruction.opcode in dis.hasname or instruction.opcode in dis.hasfree:
        return "$" + str(instruction.argval)
    return str(instruction.arg)


def constant_text(value: Any) -> str:
    """A constant as text; sets have no order."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(constant_text(item) for item in value)) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(constant_text(item) for item in value) + ")"
    return ascii(value)


def _handlers(code: CodeType) -> list[str]:
    """From 3.11 on the exception handlers stand in a table beside the instructions."""
    table = getattr(code, "co_exceptiontable", b"")
    return ["handlers " + table.hex()] if table else []


def defaults_text(function: FunctionType) -> str:
    """The default values of a function: they are not part of its code object."""
    values = list(function.__defaults__ or ())
    values += [
        (function.__kwdefaults__ or {})[key] for key in sorted(function.__kwdefaults__ or {})
    ]
    simple = (int, float, complex, str, bytes, tuple, frozenset, type(None))
    texts = [
        constant_text(value) if isinstance(value, simple) else type(value).__qualname__
        for value in values
    ]
    return "".join("\n  default " + text for text in texts)
