"""The fallback where there is no source: a canonical form of the byte code.

It does not depend on local names, comments or docstrings either, but it does on the version of
Python, so fingerprints made of it are marked ``kind='code-object'``.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType

from ato_trace._canonical.canonical import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FLAGS_THAT_COUNT = 0x3AC  # *args, **kwargs, generator, coroutine, asynchronous generator
_PLAIN = (int, float, complex, str, bytes, tuple, frozenset, type(None))


def canonical_code(code: CodeType) -> str:
    """Serialise a code object, one instruction a line."""
    version = "{}.{}".format(*sys.version_info[:2])
    lines = [f"{VERSION} code-object python{version}"]
    _append_code(code, lines, "  ", {})
    return "\n".join(lines)


def _append_code(code: CodeType, lines: list[str], indent: str, outer: dict[str, str]) -> None:
    import dis

    counts = (code.co_argcount, getattr(code, "co_posonlyargcount", 0), code.co_kwonlyargcount)
    flags = code.co_flags & _FLAGS_THAT_COUNT
    lines.append(indent + "args {} {} {} flags {}".format(*counts, flags))
    cells = _cell_tokens(code, outer)
    previous: Any = None
    for instruction in dis.get_instructions(code):
        value = instruction.argval
        if isinstance(value, CodeType):
            lines.append(indent + instruction.opname)
            _append_code(value, lines, indent + "  ", {k: "^" + v for k, v in cells.items()})
        elif isinstance(previous, CodeType) and instruction.opname == "LOAD_CONST":
            pass  # before Python 3.11 the name of a function follows its code
        else:
            lines.append(indent + _instruction(code, instruction, cells))
        previous = value
    for entry in _handlers(code):
        lines.append(indent + entry)


def _cell_tokens(code: CodeType, outer: dict[str, str]) -> dict[str, str]:
    """Tokens of the variables shared between functions: numbers, or names from outside it all."""
    tokens = {name: outer.get(name, "$" + name) for name in code.co_freevars}
    for number, name in enumerate(code.co_cellvars):
        is_local = name in code.co_varnames
        tokens[name] = "%" + (
            str(code.co_varnames.index(name)) if is_local else "cell" + str(number)
        )
    return tokens


def _instruction(code: CodeType, instruction: Any, cells: dict[str, str]) -> str:
    if instruction.arg is None:
        return str(instruction.opname)
    return f"{instruction.opname} {_argument(code, instruction, cells)}"


def _argument(code: CodeType, instruction: Any, cells: dict[str, str]) -> str:
    import dis

    if instruction.opcode in dis.haslocal:
        return "%" + str(instruction.arg)
    if instruction.opcode in dis.hasfree:
        return cells.get(instruction.argval, "$" + str(instruction.argval))
    if instruction.opcode in dis.hasconst:
        return _constant_text(instruction.argval)
    if instruction.opcode in dis.hasname:
        return "$" + str(instruction.argval)
    return str(instruction.arg)


def _constant_text(value: Any) -> str:
    """A constant as text; sets have no order."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(_constant_text(item) for item in value)) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(_constant_text(item) for item in value) + ")"
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
    return "".join("\n  default " + plain_text(value) for value in values)


def plain_text(value: Any) -> str:
    """A constant as text; of anything else the name of its class."""
    return _constant_text(value) if isinstance(value, _PLAIN) else type(value).__qualname__
