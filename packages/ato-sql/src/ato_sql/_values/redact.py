"""Keep secrets out of what is stored and shown."""

from __future__ import annotations

import ast
import re
from typing import Any, Iterable, Mapping, Sequence

from ato_sql._values.secret_names import is_secret_key
from ato_sql._values.secret_shapes import REDACTED
from ato_sql._values.secret_text import Kind, redact_text

_FLAG = re.compile(r"^(?P<name>[-+~]{0,3}[\w.\-\[\]]+?)(?P<sign>\+?:?=)(?P<value>.*)$", re.DOTALL)
_BRACKETS = {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}
# `Authorization: Bearer x` without quotes around it.
_SCHEMES = ("bearer", "basic")
_MANY = 1_000_000
_ENTRY_NAMES = ("name", "key")


def redact(value: Any, extra: Sequence[str] = (), path: str = "") -> Any:
    """Return JSON-able `value` with every secret replaced by `[redacted]`.

    Args:
        value: what is to be stored.
        extra: more names of secrets; a dotted one names a place.
        path: the dotted key under which the value is.
    """
    if isinstance(value, str):
        return redact_text(value, extra)
    if isinstance(value, Mapping):
        hidden = {
            redact_text(k, extra): _redact_item(f"{path}.{k}" if path else k, v, extra)
            for k, v in value.items()
        }
        return _redact_entry(value, hidden, extra)
    if isinstance(value, (list, tuple)):
        return [redact(item, extra, path) for item in value]
    return value


def _redact_item(path: str, value: Any, extra: Sequence[str]) -> Any:
    hide = value not in (None, "", False, True) and is_secret_key(path, extra)
    if hide and isinstance(value, (str, int, float, list)):
        return REDACTED
    if hide and isinstance(value, Mapping):
        return REDACTED if "__ato__" in value else dict.fromkeys(value, REDACTED)
    return redact(value, extra, path)


def _redact_entry(value: Mapping[str, Any], hidden: dict[str, Any], extra: Sequence[str]) -> Any:
    """Hide the value of `{"name": "API_KEY", "value": …}`."""
    named = any(is_secret_key(value[name], extra) for name in _ENTRY_NAMES if name in value)
    if named and value.get("value") not in (None, "", False, True):
        hidden["value"] = REDACTED
    return hidden


def redact_command(arguments: Sequence[str], extra: Sequence[str] = ()) -> list[str]:
    """Return a command line, the values of `password:=x`, `--token=x` and `--token x` hidden.

    A value that the shell split, as `secrets=['x', 'y']` without quotes around it, is one word.
    """
    hidden: list[str] = []
    awaited = 0  # how many of the next words are secrets
    for parts in _joined(arguments):
        argument = " ".join(parts)
        match = _FLAG.match(argument)
        if awaited and argument.lower() in _SCHEMES:
            hidden.append(argument)
            continue
        if awaited and not argument.startswith("--") and not (awaited > 1 and match):
            hidden.append(REDACTED)
            awaited -= 1
            continue
        named = match.group("name") if match else argument
        secret = " " not in named and is_secret_key(named.strip("-+~:"), extra)
        awaited = _awaited(argument, secret and not match)
        shown = _redact_argument(argument, match, secret, extra)
        hidden += parts if shown == argument else [shown]
    return hidden


def _awaited(argument: str, secret: bool) -> int:
    """Return how many words behind this one are secrets: of `--tokens`, all up to the next flag."""
    if argument.lower() in _SCHEMES:
        return 1
    if not secret or not (argument.startswith("-") or argument.endswith(":")):
        return 0
    return _MANY if argument.endswith("s") and not argument.endswith("pass") else 1


def _joined(arguments: Sequence[str]) -> Iterable[list[str]]:
    """Yield each word alone, but those together whose brackets only close in a later one."""
    parts: list[str] = []
    depth = 0
    for argument in arguments:
        match = None if parts else _FLAG.match(argument)
        depth += _open(match.group("value") if match else argument if parts else "")
        parts.append(argument)
        if depth <= 0:
            yield parts
            parts, depth = [], 0
    if parts:
        yield parts


def _open(text: str) -> int:
    return sum(_BRACKETS.get(character, 0) for character in text)


def _redact_argument(
    argument: str, match: re.Match[str] | None, secret: bool, extra: Sequence[str]
) -> str:
    if match is None:
        return redact_text(argument, extra, Kind.COMMAND)
    name, sign, value = match.groups()
    if secret:
        return f"{name}{sign}{REDACTED}"
    if value[:1] not in ("[", "{", "("):
        return name + sign + redact_text(value, extra, Kind.COMMAND)
    try:
        literal = ast.literal_eval(value)
        shown = redact(literal, extra, name.lstrip("-+~"))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return name + sign + redact_text(value, extra, Kind.COMMAND)
    return name + sign + (value if shown == redact_nothing(literal) else repr(shown))


def redact_nothing(value: Any) -> Any:
    """Return what `redact` makes of a value in which there is no secret."""
    if isinstance(value, Mapping):
        return {k: redact_nothing(v) for k, v in value.items()}
    return [redact_nothing(v) for v in value] if isinstance(value, (list, tuple)) else value


def redact_provenance(history: Any, extra: Sequence[str] = ()) -> list[dict[str, Any] | Any] | Any:
    """Return the history of a config with the values of secret keys hidden.

    Args:
        history: events, or anything else that tells it, such as a mapping by key.
        extra: more names of secret keys.
    """
    if not isinstance(history, list):
        return redact(history, extra)
    return [_redact_event(event, extra) for event in history]


def _redact_event(event: Any, extra: Sequence[str]) -> Any:
    if not isinstance(event, Mapping):
        return redact(event, extra)
    key = str(event.get("key", ""))
    hidden = {k: v if k == "source" else redact(v, extra) for k, v in event.items()}
    for name in ("value", "old"):
        if name in event:
            hidden[name] = _redact_item(key, event[name], extra)
    hidden["source"] = _redact_source(event.get("source"), extra)
    return hidden


def _redact_source(source: Any, extra: Sequence[str]) -> Any:
    """Hide secrets in the token of a source: it is a word of the command line, not a secret."""
    if not isinstance(source, Mapping) or not source.get("token"):
        return redact(source, extra)
    others = {k: redact(v, extra) for k, v in source.items() if k != "token"}
    return {**others, "token": redact_command([str(source["token"])], extra)[0]}
