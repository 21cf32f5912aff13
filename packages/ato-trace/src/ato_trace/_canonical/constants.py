"""Tokens of literals, f-strings among them."""

from __future__ import annotations

import _ast

from ato_trace._canonical.visit import visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ato_trace._canonical.scopes import Scope
    from ato_trace._canonical.visit import Visitor


def _integer(value: int) -> str:
    return repr(value) if -(1 << 64) < value < (1 << 64) else hex(value)


CONSTANTS: dict[Any, Callable[[Any], str]] = {
    int: _integer,
    float: float.__repr__,
    complex: complex.__repr__,
    str: ascii,  # repr depends on the Unicode tables of the Python version
    bytes: bytes.__repr__,
    bool: bool.__repr__,
    type(None): repr,
    type(...): repr,
}


def _constant(node: Any, out: list[str], scope: Scope) -> None:
    value = node.value
    out.append(CONSTANTS[type(value)](value))


def _legacy_text(node: Any, out: list[str], scope: Scope) -> None:
    out.append(CONSTANTS[type(node.s)](node.s))


def _legacy_number(node: Any, out: list[str], scope: Scope) -> None:
    out.append(CONSTANTS[type(node.n)](node.n))


def _legacy_ellipsis(node: Any, out: list[str], scope: Scope) -> None:
    out.append("Ellipsis")


# -- f-strings ---------------------------------------------------------------------------------


def _pieces(values: list[Any]) -> list[Any]:
    """The literal texts of an f-string, joined where they touch, and its fields.

    Versions of Python split the same literal text differently.
    """
    pieces: list[Any] = []
    for value in values:
        text = _literal_text(value)
        if text is None:
            pieces.append(value)
        elif text and pieces and pieces[-1].__class__ is str:
            pieces[-1] += text
        elif text:
            pieces.append(text)
    return pieces


def _literal_text(node: Any) -> str | None:
    if type(node) is _ast.Constant:
        return str(node.value)
    return str(node.s) if type(node).__name__ == "Str" else None


def _fstring(node: Any, out: list[str], scope: Scope) -> None:
    pieces = _pieces(node.values)
    if not pieces or (len(pieces) == 1 and pieces[0].__class__ is str):
        out.append(ascii(pieces[0] if pieces else ""))
        return
    out.append("(fstring")
    _visit_pieces(pieces, out, scope)
    out.append(")")


def _visit_pieces(pieces: list[Any], out: list[str], scope: Scope) -> None:
    for piece in pieces:
        if type(piece) is str:
            out.append(ascii(piece))
        else:
            visit(piece, out, scope)


def _field(node: Any, out: list[str], scope: Scope) -> None:
    conversion = node.conversion
    out.append("(field" if conversion in (-1, None) else "(field!" + chr(conversion))
    visit(node.value, out, scope)
    if node.format_spec is not None:
        # An empty format is no format; a dynamic one is an f-string of its own.
        _visit_pieces(_pieces(node.format_spec.values), out, scope)
    out.append(")")


VISITORS: dict[str, Visitor] = {
    "Bytes": _legacy_text,
    "Constant": _constant,
    "Ellipsis": _legacy_ellipsis,
    "FormattedValue": _field,
    "JoinedStr": _fstring,
    "NameConstant": _constant,
    "Num": _legacy_number,
    "Str": _legacy_text,
}
