"""Apply the tokens of a command line to a config under construction."""

from __future__ import annotations

from warnings import catch_warnings, simplefilter

from ato_adict import MISSING, ADict, AtoError, did_you_mean
from ato_adict.surroundings import escaped
from ato_scope._build.evaluated import evaluated
from ato_scope._build.kinds import warn_of_type
from ato_scope._build.places import delete, exists, holder, names_in, put, resolve, value_at
from ato_scope._command.keys import split_key, typed
from ato_scope._command.tokens import shown
from ato_scope._errors import ExpressionError, StrictKeyError, TokenError
from ato_scope._history.recorder import Source, snapshot
from ato_scope._program import say
from ato_scope._values.expressions import evaluate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Container, Iterable, Mapping

    from ato_adict import Schema
    from ato_scope._build.draft import Draft
    from ato_scope._command.keys import Keys
    from ato_scope._command.tokens import Token

_MANY = 1000  # who sets so many new keys made them by a program, and nothing was misspelt
_FEW = 100  # items that are added to a list without counting all that is in it


def assign(draft: Draft, key: str, token: Token, names: Mapping[str, Any], strict: bool) -> None:
    """Do what one token asks with `key` of a draft.

    Args:
        draft: The config under construction.
        key: The dotted key in its config.
        token: The token, for its kind, value and messages.
        names: The configs that expressions may refer to, by name.
        strict: Whether keys that no view has set are refused.

    Raises:
        TokenError: The key or the value is at fault; the message names the token.
    """
    draft.recorder.stop()
    keys = split_key(key) if token.kind != "option" else tuple(key.split("."))
    try:
        keys = resolve(draft.config, keys)
        if draft.schema is None or token.kind == "delete":
            _apply(draft, keys, token, names, strict)
        else:
            _apply_typed(draft.config, keys, token, names, draft.schema)
    except TokenError as error:
        raise type(error)(f"{shown(token.raw)!r}: {error}") from None
    except AtoError as error:
        raise TokenError(f"{shown(token.raw)!r}: {error}") from None
    kept = holder(draft.config, keys)
    name = ".".join(map(str, kept))
    draft.recorder.add(token, name, value_at(draft.config, kept, MISSING))
    draft.assigned.add(name)
    if token.origin == "cli" and token.kind in ("set", "text", "append"):
        if any(f"{scope}." in token.value for scope in names):
            for known in [k for k in draft.typed if f".{k}" in token.value]:
                del draft.typed[known]
        draft.typed[name] = token.raw


def _apply(
    draft: Draft, keys: Keys, token: Token, names: Mapping[str, Any], strict: bool
) -> None:
    """Do what a token asks."""
    config = draft.config
    if token.kind == "delete":
        _check_exists(config, keys)
        delete(config, keys)
        return
    if token.kind == "append":
        _append(config, keys, evaluated(token, names), token, names)
        return
    if token.kind == "set":
        value = _evaluated_for(config, keys, token, names)
    else:
        value = snapshot(token.value)
    if token.kind != "option":
        _check_key(draft, keys, token, strict)
        if strict:
            check_known(value_at(config, keys, None), value, ".".join(map(str, keys)))
        _check_names(config, keys, token, names, draft.views)
    if token.kind in ("set", "text"):
        warn_of_type(value_at(config, keys, None), value, token)
    put(config, keys, value)


def _evaluated_for(config: ADict, keys: Keys, token: Token, names: Mapping[str, Any]) -> Any:
    """Return the value of a token; where it is none and the key is misspelt, say that as well."""
    try:
        return evaluated(token, names)
    except ExpressionError as error:
        node, done = config, _scope_typed(token, keys)
        for n, part in enumerate(keys):
            if not isinstance(node, dict) or not dict.__contains__(node, part):
                break
            node, done = dict.__getitem__(node, part), f"{done}{part}."
        else:
            raise
        rest = "".join(f".{part}" for part in keys[n + 1 :])
        known = names_in(node) if isinstance(node, dict) else []
        meant = {name: f"{done}{name}{rest}:={token.value}" for name in map(str, known)}
        hint = did_you_mean(part, meant, meant) if token.value.isprintable() else ""
        if not hint:
            raise
        raise ExpressionError(f"no view has set the key {'.'.join(map(str, keys))!r}{hint}") from error


def _apply_typed(
    config: ADict, keys: Keys, token: Token, names: Mapping[str, Any], schema: Schema
) -> None:
    """Do what a token asks where a schema says which keys there are, and of which types."""
    from ato_scope._build.typed import make_levels, typed_value

    if token.kind == "append":
        _append(config, keys, evaluated(token, names), token, names)
        put(config, keys, schema.read(keys, [value_at(config, keys, None)]))
        return
    value = typed_value(keys, token, names, schema)
    make_levels(config, keys, schema)
    put(config, keys, value)


def merge_file(draft: Draft, path: str, values: Mapping[str, Any], strict: bool = False) -> None:
    """Merge what a config file holds into a draft.

    Raises:
        StrictKeyError: With `strict`, for a key of the file that no view has set.
    """
    if strict:
        try:
            check_known(draft.config, values, "")
        except StrictKeyError as error:
            raise StrictKeyError(f"'@{shown(path)}': {error}") from None
    draft.recorder.begin(Source("file", path, path, f"@{path}"))
    draft.config.update(values, recurrent=True)


def read_file(path: str) -> ADict:
    """Read a config file, with an error that names its token.

    Raises:
        TokenError: There is no such file, or it is no config file, or one that would run.
    """
    if path.lower().endswith(".py"):
        fix = "a command line runs no program; write it as YAML, JSON or TOML (ato convert)"
        raise TokenError(f"'@{shown(path)}': {fix}")
    try:
        with catch_warnings(record=True) as told:
            simplefilter("always")
            config = ADict.from_file(path)
    except (AtoError, OSError, ValueError) as error:
        raise TokenError(f"'@{shown(path)}': {error}") from None
    for one in told:
        say(f"warning: {escaped(str(one.message), 200)}")
    return config


# -- keys ------------------------------------------------------------------------------------------


def _check_key(draft: Draft, keys: Keys, token: Token, strict: bool) -> None:
    """Warn of, or refuse, a key that is not there but looks like one that is."""
    config: ADict = draft.config
    node: Any = config
    done = ""
    for part in keys:
        if not isinstance(node, dict) or not node:
            break
        if not dict.__contains__(node, part):
            place = _scope_typed(token, keys) + done
            if strict:
                known = names_in(node)
                hint = did_you_mean(part, known, _in_full(place, known))
                raise StrictKeyError(f"no view has set the key {f'{done}{part}'!r}{hint}")
            hint = _hint_of_view(str(part), place, node, draft.new.setdefault(done, set()))
            if hint:
                say(f"warning: {shown(token.raw)!r} sets a new key {f'{done}{part}'!r}{hint}")
            break
        node = dict.__getitem__(node, part)
        done += f"{part}."
    if exists(config, keys):
        return
    if strict:
        raise StrictKeyError(f"no view has set the key {token.key!r}")
    for part in keys:
        if isinstance(part, str) and part.isdigit():
            raise TokenError(f"there is no {part!r} to set; a new key starts with a letter")


def _scope_typed(token: Token, keys: Keys) -> str:
    """Return what was typed before a key, `model.` of a MultiScope."""
    name, key = token.raw.partition("=")[0].rstrip("+:"), ".".join(map(str, keys))
    return name[: -len(key)] if name.endswith(f".{key}") else ""


def _in_full(place: str, names: Iterable[Any]) -> dict[str, str]:
    return {name: f"{place}{name}" for name in names if isinstance(name, str)}


def _hint_of_view(typed: str, place: str, node: Any, new: set[str]) -> str:
    """Suggest a key of a view for one that is not there; the command line's other ones are as new."""
    known = [name for name in names_in(node) if name not in new] if len(new) < _MANY else []
    new.add(typed)
    alike = [name for name in known if _may_be_meant(typed, name)]
    return did_you_mean(typed, alike, _in_full(place, alike)) if alike else ""


def _check_names(
    config: ADict, keys: Keys, token: Token, names: Mapping[str, Any], views: Container[str]
) -> None:
    """Warn of a new key with the name of a view, or with that of the only scope before it."""
    first = keys[0]
    if dict.__contains__(config, first) or token.origin != "cli":
        return
    rest = token.key.partition(".")[2]
    what = f"warning: {shown(token.raw)!r} sets a new key {token.key!r}"
    if rest and len(names) == 1 and first in names:
        say(f"{what}; for {rest!r} write {typed(rest, '=', '')}")
    elif len(keys) == 1 and first in views:
        say(f"{what}; the view of that name is asked for with {first} alone")


def check_known(old: Any, new: Any, name: str) -> None:
    """Refuse keys in a mapping that the one it replaces, or is merged into, does not have.

    Raises:
        StrictKeyError: There is such a key; the message names it.
    """
    if not (isinstance(old, dict) and old and isinstance(new, dict)):
        return
    for key, value in dict.items(new):
        full = f"{name}.{key}" if name else str(key)
        if not dict.__contains__(old, key):
            hint = did_you_mean(str(key), names_in(old))
            raise StrictKeyError(f"no view has set the key {full!r}{hint}")
        check_known(dict.__getitem__(old, key), value, full)


def _may_be_meant(typed: str, name: str) -> bool:
    """Whether two names have nearly the same letters: a cheap test before the thorough one."""
    if abs(len(typed) - len(name)) > 2:
        return False
    typed, rest = typed.lower(), list(name.lower())
    for letter in typed:
        if letter in rest:
            rest.remove(letter)
    return (len(name) - len(rest)) * 8 >= (len(typed) + len(name)) * 3


def _check_exists(config: ADict, keys: Keys) -> None:
    if not exists(config, keys):
        known = names_in(value_at(config, keys[:-1], None))
        name = ".".join(map(str, keys))
        raise TokenError(f"key {name!r} is not set{did_you_mean(keys[-1], known)}")


def _append(
    config: ADict, keys: Keys, value: Any, token: Token, names: Mapping[str, Any]
) -> None:
    _check_exists(config, keys)
    current = value_at(config, keys, None)
    if not isinstance(current, (list, tuple)):
        name, fix = ".".join(map(str, keys)), "use = instead of +="
        if isinstance(current, (int, float)) and isinstance(value, (int, float)):
            prefix = f"{next(iter(names))}." if token.key == name and len(names) == 1 else ""
            text = typed(token.key, "=", f"{prefix}{token.key}+{token.value}")
            fix = f"for a number write {shown(text)}"
        raise TokenError(f"{name!r} is no list but {type(current).__name__}; {fix}")
    more = list(value) if isinstance(value, (list, tuple)) else [value]
    whole = type(current)([*current, *more])
    if len(more) > _FEW:  # `l+=config.l` makes it twice as long each time
        from ato_scope._values.bounds import bounded

        whole = bounded(whole)
    put(config, keys, whole)
