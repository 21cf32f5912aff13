"""Keep secrets out of what is stored and shown."""

from __future__ import annotations

import ast
import functools
import json
import os
import re
from typing import Any, Iterable, Mapping, Sequence

from ato_sql._values.secrets.kinds import Kind
from ato_sql._values.secrets.names import (
    has_more_senses,
    is_secret_key,
    may_be_words,
    says_password,
    tells_of_words,
    words,
)
from ato_sql._values.secrets.shapes import REDACTED, is_key, is_mixed, is_token, looks_random
from ato_sql._values.secrets.texts.commands import redact_word
from ato_sql._values.secrets.texts.text import redact_text

# `key=`, `--key=`, `~key=`, `key["of any letters"]=`.
_FLAG = re.compile(
    r"""^(?P<name>[-+~]{0,3}(?:[\w.\-\[\]]|(?<=\[)(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'))+?)"""
    r"(?P<sign>\+?:?=)(?P<value>.*)$",
    re.DOTALL,
)
_BRACKETS = {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}
# `Authorization: Bearer x` without quotes around it.
_SCHEMES = ("bearer", "basic")
_MANY = 1_000_000
_SHORT = 200
_SEVERAL = (list, tuple, set, frozenset)  # JSON has the first, a word of a command line any
_ENTRY_NAMES = ("name", "key")
_ENTRY_KINDS = ("type", "field", "variable")  # which tell of tokens of a language as well
_TOLD = ("val", "default", "text", "content")
_VALUES = ("value", "Value", "VALUE")
# The titles of columns of settings.
_NAMING = words(
    "name key param parameter hyperparameter variable var setting option field env config"
)
_VALUED = words("value values val v old new before after default current best from to was now a b")
_OPTION = re.compile(r"--?[A-Za-z]")
_VARIABLE = re.compile(r"[A-Z][A-Z\d]*(?:_[A-Z\d]+)+")
_TOKENS = re.compile(r"(?:\A|[._\-\]])(tokens)\Z", re.IGNORECASE)
_TOKEN = re.compile(r"(?:\A|[._\-])tokens?\Z", re.IGNORECASE)
_PIECE = re.compile(r"<\|?[A-Za-z_]{1,30}\d{0,4}\|?>|\[[A-Za-z_]{1,20}\d{0,4}\]")
_SPACE = re.compile(r"\s")
# `--set db.password x`: a name in a word of its own, and its value in the next.
_SETTERS = ("--set", "--set-string", "--option", "--override", "--define", "--env", "-o", "-D")
# `-u me:x`: who, and the password behind a colon.
_USERS = ("-u", "-U", "--user", "--username", "--proxy-user", "--login", "--auth", "--credentials")
_GLUED_TO_P = {
    "sshpass",
    "7z",
    "7za",
    "7zr",
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mysqlimport",
    "mariadb",
    "mariadb-dump",
}
_LOGIN = re.compile(r"(?!\d+:\d+$)([^\s:/@]{1,100}):(?!/)(.+)$", re.DOTALL)


def redact(value: Any, extra: Sequence[str] = (), path: str = "") -> Any:
    """Return JSON-able `value` with every secret replaced by `[redacted]`.

    Args:
        value: what is to be stored.
        extra: more names of secrets; a dotted one names a place.
        path: the dotted key under which the value is.
    """
    if isinstance(value, str):
        return _redact_text(value, tuple(extra))
    if isinstance(value, Mapping):
        is_of_words = tells_of_words(value)
        hidden = {
            _redact_key(k, extra): v
            if is_of_words and _is_word(k, v)
            else _redact_item(f"{path}.{k}" if path else str(k), v, extra)
            for k, v in value.items()
        }
        return _redact_entry(value, hidden, extra)
    if isinstance(value, _SEVERAL):
        return _redact_list(list(value), extra, path)
    return value


def _redact_text(text: str, extra: tuple[str, ...]) -> str:
    return redact_text(text, extra) if len(text) > _SHORT else _redact_short(text, extra)


# The history of a config tells a list as often as it changed, all of its texts each time.
@functools.lru_cache(maxsize=4096)
def _redact_short(text: str, extra: tuple[str, ...]) -> str:
    return redact_text(text, extra)


def _is_word(key: Any, value: Any) -> bool:
    """Tell whether an entry, of a mapping that speaks of words, is one: no key of somebody."""
    return key in ("token", "tokens") and isinstance(value, str) and not is_key(value)


def _redact_key(key: Any, extra: Sequence[str]) -> Any:
    return redact_text(key, extra) if isinstance(key, str) else key  # of a literal it may be any


def _redact_list(value: Sequence[Any], extra: Sequence[str], path: str) -> list[Any]:
    """Hide secrets in a list, which may be a name and its value, or the words of a command."""
    if len(value) == 2 and _is_pair(value[0], value[1], extra):
        return [value[0], REDACTED]
    if all(isinstance(item, str) for item in value) and any(map(_OPTION.match, value)):
        return redact_command(value, extra)
    return [redact(item, extra, path) for item in value]


def redact_column(name: str, cells: Sequence[Any], extra: Sequence[str] = ()) -> list[Any]:
    """Return a column of a table, all of it hidden where its name is that of a secret.

    One of tokens may hold words of texts, or lists of them: there only what is of the make of a key
    is hidden, and mappings are what they would be in a config.
    """
    if may_be_words(name, extra):
        return [_redact_words(name, cell, extra) for cell in cells]
    if is_secret_key(name, extra):
        return [REDACTED] * len(cells)
    return [redact(cell, extra, name) for cell in cells]


def _redact_words(name: str, cell: Any, extra: Sequence[str]) -> Any:
    if isinstance(cell, Mapping) and not tells_of_words(cell):
        return redact({name: cell}, extra)[name]
    return REDACTED if isinstance(cell, str) and is_key(cell) else redact(cell, extra)


def redact_rows(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], extra: Sequence[str] = ()
) -> list[list[Any]]:
    """Return the rows of a table, a value hidden where its row says the name of a secret.

    Of two columns the first may be that of names, whatever it is called.
    """
    titles = [column.lower() for column in columns]
    names = [n for n, title in enumerate(titles) if title in _NAMING]
    values = [n for n, title in enumerate(titles) if title in _VALUED]
    if len(columns) == 2:
        names, values = [0], [1]
    shown = [list(row) for row in rows]
    for row in shown if names and values else ():
        for n in values:
            if any(_is_pair(row[name], row[n], extra) for name in names):
                row[n] = REDACTED
    return shown


def _is_pair(name: Any, value: Any, extra: Sequence[str]) -> bool:
    """Tell whether two things are the name of a secret and what it is: `["password", "x1"]`.

    Two names, such as `["token", "label"]`, are none, unless the first says password.
    """
    if not isinstance(name, str) or _SPACE.search(name) or not is_secret_key(name, extra):
        return False
    if isinstance(value, str):
        return bool(value) and (looks_random(value) or says_password(name))
    return isinstance(value, (int, float)) and not isinstance(value, bool) and says_password(name)


def _redact_item(path: str, value: Any, extra: Sequence[str]) -> Any:
    hide = value not in (None, "", False, True) and is_secret_key(path, extra)
    if hide and (_is_count(path, value, extra) or _is_piece(path, value, extra)):
        return value
    if hide and isinstance(value, (str, int, float, bytes, *_SEVERAL)):
        return REDACTED
    if hide and isinstance(value, Mapping):
        return REDACTED if "__ato__" in value else dict.fromkeys(value, REDACTED)
    return redact(value, extra, path)


def _is_count(path: str, value: Any, extra: Sequence[str]) -> bool:
    """Tell whether a value says how many tokens there are, not which: `data.tokens`."""
    found = _TOKENS.search(path) if isinstance(value, (int, float)) else None
    if found is None or is_secret_key(path[: found.start(1)] + "count", extra):
        return False
    return not path.lower().endswith(tuple(name.lower() for name in extra))


def _is_piece(path: str, value: Any, extra: Sequence[str]) -> bool:
    """Tell whether a token is a piece of texts, by its brackets: `<s>`, `[CLS]`, or its number."""
    name = path.rpartition(".")[2]
    if isinstance(value, float) and has_more_senses(name):  # how many tests pass
        return True
    if not _TOKEN.search(name) or path.lower().endswith(tuple(one.lower() for one in extra)):
        return False
    if isinstance(value, (int, float)):
        return name.lower() != "token" and may_be_words(name, extra)
    return isinstance(value, str) and _PIECE.fullmatch(value) is not None


def _redact_entry(value: Mapping[str, Any], hidden: dict[str, Any], extra: Sequence[str]) -> Any:
    """Hide the value of `{"name": "API_KEY", "value": …}`, also of `{"Key": …, "Value": …}`."""
    if not _names_secret(value, extra):
        return hidden
    for key, told in value.items():
        is_told = _is_value(key) or (key in _TOLD and isinstance(told, str) and is_token(told))
        if is_told and told not in (None, "", False, True):
            hidden[_redact_key(key, extra)] = REDACTED
    return hidden


def _is_value(key: Any) -> bool:
    return isinstance(key, str) and key.lower() == "value"


def _names_secret(entry: Mapping[str, Any], extra: Sequence[str]) -> bool:
    """Tell whether a mapping says what its value is called, and that is a secret."""
    told = [(str(key).lower(), name) for key, name in entry.items()]
    names = [name for key, name in told if key in _ENTRY_NAMES]
    kinds = [name for key, name in told if key in _ENTRY_KINDS and isinstance(name, str)]
    names += [kind for kind in kinds if not may_be_words(kind, extra)]
    return any(is_secret_key(name, extra) for name in names)


def secret_texts(config: Any, extra: Sequence[str] = (), path: str = "") -> Iterable[str]:
    """Yield the texts below the names of secrets in a config, of which each is told by itself."""
    if isinstance(config, Mapping):
        for key, value in config.items():
            yield from secret_texts(value, extra, f"{path}.{key}" if path else str(key))
    elif isinstance(config, list):
        for value in config:
            yield from secret_texts(value, extra, path)
    elif isinstance(config, str) and (is_token(config) or is_mixed(config)) and path:
        yield from [config] if is_secret_key(path, extra) and not may_be_words(path, extra) else []


def without(text: str, secrets: Iterable[str]) -> str:
    """Return a text in which none of these secrets stands."""
    for secret in sorted(secrets, key=len, reverse=True):  # one may be the beginning of another
        text = text.replace(secret, REDACTED)
    return text


def named_entries(config: Any, extra: Sequence[str] = (), path: str = "") -> Iterable[str]:
    """Yield `env.value` where a config's `env.name` is that of a secret."""
    if not isinstance(config, Mapping):
        return
    if path and _names_secret(config, extra):
        yield from (f"{path}{key}" for key in config if _is_value(key))
    for key, value in config.items():
        yield from named_entries(value, extra, f"{path}{key}.")


def redact_command(arguments: Sequence[str], extra: Sequence[str] = ()) -> list[str]:
    """Return a command line, the values of `password:=x`, `--token=x` and `--token x` hidden.

    A value that the shell split, as `secrets=['x', 'y']` without quotes around it, is one word.
    """
    hidden: list[str] = []
    awaited = 0  # how many of the next words are secrets
    entries = _entries(map(_FLAG.match, arguments), extra)
    before, programs = "", {os.path.basename(argument) for argument in arguments}
    for parts in _joined(arguments):
        argument = " ".join(parts)
        match = _FLAG.match(argument)
        if awaited and (argument == "--" or argument.lower() in _SCHEMES):
            hidden.append(argument)
            continue
        if awaited and not argument.startswith("--") and not (awaited > 1 and match):
            hidden.append(REDACTED)
            awaited -= 1
            continue
        named = match.group("name") if match else argument
        secret = bool(match or " " not in named) and is_secret_key(named.strip("-+~:"), extra)
        secret = secret or named in entries
        is_open = match is None or not match.group("value")  # `--password= x`
        awaited = _awaited(argument.rstrip("="), secret and is_open, before)
        shown = _redact_login(argument, before, programs)
        if shown == argument:
            shown = _redact_argument(argument, match, secret, extra)
        hidden += parts if shown == argument else [shown]
        before = argument
    return hidden


def _entries(words: Iterable[re.Match[str] | None], extra: Sequence[str]) -> set[str]:
    """Return `env.value` where a word is `env.name:=DB_PASSWORD`."""
    given = ((word.group("name"), word.group("value")) for word in words if word)
    return _values_of(((name, value.strip("'\"")) for name, value in given), extra)


def _values_of(given: Iterable[tuple[str, Any]], extra: Sequence[str]) -> set[str]:
    """Return the keys that hold a secret because another key beside them says its name."""
    found: set[str] = set()
    for key, value in given:
        above, dot, last = key.rpartition(".")
        is_name = dot and last.lower() in _ENTRY_NAMES and isinstance(value, str)
        if is_name and is_secret_key(value, extra):
            found.update(f"{above}.{one}" for one in _VALUES)
    return found


def _awaited(argument: str, secret: bool, before: str) -> int:
    """Return how many words behind this one are secrets: of `--tokens`, all up to the next flag."""
    if argument.lower() in _SCHEMES or (argument == "-p" and before.endswith("sshpass")):
        return 1
    if not secret:
        return 0
    if not (argument.startswith("-") or argument.endswith(":")):
        is_told = says_password(argument) or _VARIABLE.fullmatch(argument) is not None
        is_set = before in _SETTERS or (before.startswith("-") and is_told)
        return int(is_set)
    return _MANY if argument.endswith("s") and not argument.endswith("pass") else 1


def _redact_login(argument: str, before: str, programs: set[str]) -> str:
    """Hide the password of `-u me:x`, of `mysql -px` and of `docker login -p x`."""
    shown = redact_word(argument, before, programs)
    if shown == argument and before in _USERS:
        return _LOGIN.sub(rf"\1:{REDACTED}", argument)
    if argument.startswith("-p") and len(argument) > 2 and programs & _GLUED_TO_P:
        return f"-p{REDACTED}"
    return shown


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
        return _redact_value(argument, extra)
    name, sign, value = match.groups()
    if secret and not _is_piece(name.lstrip("-+~"), value, extra):
        return f"{name}{sign}{REDACTED}"
    if name in _USERS:
        value = _LOGIN.sub(rf"\1:{REDACTED}", value)
    return name + sign + _redact_value(value, extra, name.lstrip("-+~"))


def _redact_value(text: str, extra: Sequence[str], path: str = "") -> str:
    """Hide secrets in a word, which may be a list or mapping as Python or JSON writes it."""
    if text[:1] not in ("[", "{", "("):
        return redact_text(text, extra, Kind.COMMAND)
    readers: Any = ((ast.literal_eval, repr), (json.loads, json.dumps))
    for read, write in readers:
        try:
            value = read(text)
            shown = redact(value, extra, path)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
        return text if shown == redact_nothing(value) else str(write(shown))
    # It may be an expression, `{'password': 'x' + 'y'}`, or what a shell has taken quotes from.
    return redact_text(redact_text(text, extra, Kind.SOURCE), extra, Kind.COMMAND)


def redact_nothing(value: Any) -> Any:
    """Return what `redact` makes of a value in which there is no secret."""
    if isinstance(value, Mapping):
        return {k: redact_nothing(v) for k, v in value.items()}
    return [redact_nothing(v) for v in value] if isinstance(value, _SEVERAL) else value


def redact_provenance(history: Any, extra: Sequence[str] = ()) -> list[dict[str, Any] | Any] | Any:
    """Return the history of a config with the values of secret keys hidden.

    Args:
        history: events, or anything else that tells it, such as a mapping by key.
        extra: more names of secret keys.
    """
    if not isinstance(history, list):
        return redact(history, extra)
    events = (event for event in history if isinstance(event, Mapping))
    values = ((str(event.get("key", "")), event.get("value")) for event in events)
    entries = _values_of(values, extra)
    return [_redact_event(event, extra, entries) for event in history]


def _redact_event(event: Any, extra: Sequence[str], entries: set[str]) -> Any:
    if not isinstance(event, Mapping):
        return redact(event, extra)
    key = str(event.get("key", ""))
    if key in entries:
        extra = [*extra, key]
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
