"""Values of another type than those they replace: what to say, and what to write instead."""

from __future__ import annotations

from ato_scope._command.keys import quoted
from ato_scope._command.tokens import shown
from ato_scope._errors import ExpressionError
from ato_scope._program import say
from ato_scope._values.expressions import evaluate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_scope._command.tokens import Token

ATOMS = frozenset((int, float, str, bool, type(None)))
SEQUENCES = {"list": "[]", "tuple": "()", "set": "{}"}
DATE = r"(?<![^\s\[({,:])(\d{4}-\d\d?-\d\d?|\d\d?-\d\d?-\d{4})(?=\s*(?:[\])},:]|$))"
QUOTES = r"'[^']*'|\"[^\"]*\""


def date_in(text: str) -> str:
    """Return a date that stands in an expression, where it is a difference of three numbers.

    One in brackets of its own, `(2018-11-25)`, is meant as the number.
    """
    if text.count("-") < 2:
        return ""
    import re

    text = re.sub(QUOTES, "''", text.strip())
    for found in re.finditer(DATE, text):
        around = text[found.start() - 1 : found.start()] + text[found.end() : found.end() + 1]
        if around != "()":
            return found.group()
    return ""


def warn_of_type(old: Any, new: Any, token: Token) -> None:
    """Warn of a value, or of one inside it, of another type than what it replaces."""
    if type(old) is type(new) and type(new) in ATOMS:  # nearly always
        return
    where, before, after = _difference(old, new)
    if not before:
        return
    what = f"changes {where}{token.key!r} from {before} to {after}"
    fix = "put texts in quotes, numbers not" if where else _fix(old, new, token)
    say(f"warning: {shown(token.raw)!r} {what}" + (f"; {fix}" if fix else ""))


def _difference(old: Any, new: Any) -> tuple[str, str, str]:
    """Return where two values differ in type, and both types; "" where they do not."""
    before, after = _kind(old), _kind(new)
    if before and after and before != after:
        return "", _type_name(old), _type_name(new)
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = [(old_item, dict.get(new, key)) for key, old_item in dict.items(old)]
        return _first_inside(pairs, "a value in ")
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        if old and len({_kind(item) for item in old}) == 1:
            return _first_inside([(old[0], item) for item in new], "an item of ")
    return "", "", ""


def _first_inside(pairs: list[tuple[Any, Any]], where: str) -> tuple[str, str, str]:
    for old, new in pairs:
        _, before, after = _difference(old, new)
        if before:
            return where, before, after
    return "", "", ""


def _fix(old: Any, new: Any, token: Token) -> str:
    """Return what to write for a value of the type that was there, or for text."""
    text = new if isinstance(new, str) else token.value.strip()
    same = _as(old, new, text)
    is_plain_list = same[:1] == "[" and quoted(same[1:-1]) == same[1:-1]
    key = quoted(token.key)
    written = shown(same if is_plain_list else quoted(same))
    fixes = [f"for {_article(old)} write {key}={written}"] if same else []
    if not isinstance(new, str):
        is_first = not fixes
        fixes.append(f"for text {'write ' * is_first}{key}:={shown(quoted(token.value))}")
    elif token.kind == "text":
        fixes.insert(0, ":= takes text as it is")
        return "; ".join(fixes)
    return ", ".join(fixes)


def _as(old: Any, new: Any, text: str) -> str:
    """Return the expression for what was meant, of the type that was there; "" for unknown."""
    name = _type_name(old)
    if isinstance(old, str) or _is_of(text, old):
        return "" if isinstance(old, str) else text
    if isinstance(old, bool) and new in (0, 1) and not isinstance(new, str):
        return str(bool(new))
    if name in SEQUENCES:
        inner = text[1:-1] if text[:1] in ("[", "(", "{") and text[-1:] in ("]", ")", "}") else text
        if isinstance(new, str) and inner == text:
            inner = repr(new)
        inner += "," if name == "tuple" and "," not in inner else ""
        found = inner.join(SEQUENCES[name])
        return found if _is_of(found, old) else ""
    return ""


def _is_of(text: str, old: Any) -> bool:
    """Whether an expression has a value of the kind of `old`."""
    if not text.strip() or date_in(text):
        return False
    try:
        return _kind(evaluate(text, {})) == _kind(old)
    except ExpressionError:
        return False


def _article(value: Any) -> str:
    name = _type_name(value)
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _type_name(value: Any) -> str:
    return "dict" if isinstance(value, dict) else type(value).__name__


def _kind(value: Any) -> str:
    """Return what kind of value one is; "" for None and what libraries count with."""
    if isinstance(value, bool) or not isinstance(value, (int, float, complex)):
        is_unknown = value is None or hasattr(type(value), "dtype")
        return "" if is_unknown else _type_name(value)
    return "number"
