"""The built-in words of a command line: each prints something about the config and ends."""

from __future__ import annotations

import re
import sys

from ato_adict import ADict, AtoError, did_you_mean
from ato_adict.surroundings import escape_output, name_of
from ato_scope._errors import TokenError
from ato_scope._history.explain import explain_all, explain_key
from ato_scope._history.recorder import jsonable
from ato_scope._program import Answered, is_printing_rank, program_name
from ato_scope._terminal import bold, clip, drop_output, width
from ato_scope._views.order import order_views
from ato_scope._words.manual import USAGE, VIEWS, manual_lines, view_lines, word_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, NoReturn, Sequence

    from ato_scope._command.command import Command
    from ato_scope._state import Member

# How to dump a config whose characters the terminal lacks, so that it reads back the same.
IN_ASCII: Mapping[str, Mapping[str, Any]] = {
    "json": {"ensure_ascii": True},
    "yaml": {"allow_unicode": False},
    "toml": {},
}


def show(command: Command, scopes: Sequence[Member], qualified: bool) -> NoReturn:
    """Print what the word of `command` asks for, then end the program with exit code 0.

    Raises:
        TokenError: `explain` asks for a key that is not there.
        Answered: Always, otherwise.
    """
    lines = ANSWERS[command.word or "manual"](command, scopes, qualified)
    if is_printing_rank():
        _print("\n".join(lines))
    raise Answered(0)


def _print(text: str) -> None:
    """Print, as far as anybody wants to read it.

    Raises:
        TokenError: It cannot be written, as to a disk that is full.
    """
    if sys.stdout is None:  # closed by the shell: >&-
        return
    escape_output()
    try:
        sys.stdout.write(text.rstrip("\n") + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except OSError as error:
        drop_output()
        raise TokenError(f"cannot write the answer: {error.strerror}") from None


def _manual(command: Command, scopes: Sequence[Member], qualified: bool) -> list[str]:
    lines = [USAGE.format(program_name() or "program")]
    for scope in scopes:
        lines += ["", *manual_lines(scope, qualified)]
        if scope.name in command.parsers:
            lines += ["", *command.parsers[scope.name].format_help().rstrip().splitlines()]
    return [*lines, "", *word_lines()]


def _views(command: Command, scopes: Sequence[Member], qualified: bool) -> list[str]:
    lines = []
    for scope in scopes:
        prefix = _prefix(scope, qualified)
        lines += [bold(VIEWS.format(scope.name)), *view_lines(scope, prefix)]
    return lines


def _config(command: Command, scopes: Sequence[Member], qualified: bool) -> list[str]:
    if qualified:
        config = ADict({scope.name: scope.config.to_dict() for scope in scopes})
    else:
        config = scopes[0].config
    form = command.format
    text = _dumped(config, form)
    if not _is_printable(text):
        text = _dumped(config, form, **IN_ASCII[form])
        # What TOML has beyond ASCII stands in double quotes, values and keys.
        text = re.sub(r"[^\0-\x7f]", lambda one: f"\\U{ord(one.group()):08X}", text)
    return [text.rstrip("\n")]  # whole: a line break of Unicode may be in a value


def _dumped(config: ADict, form: str, **options: Any) -> str:
    try:
        return config.dumps(form, **options)
    except AtoError:
        try:
            return ADict(_showable(config, form)).dumps(form, **options)
        except AtoError as error:
            raise TokenError(f"'print={form}': {error}") from None


def _is_printable(text: str) -> bool:
    """Tell whether standard output has all characters of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _showable(value: Any, form: str) -> Any:
    """Return a value with the repr in place of what a format cannot hold, a function say."""
    if isinstance(value, dict):
        return {name_of(key): _showable(item, form) for key, item in dict.items(value)}
    if isinstance(value, (list, tuple)):
        return [_showable(item, form) for item in value]
    try:
        ADict(value=value).dumps(form)
    except AtoError:
        return jsonable(value)
    return value


def _explain(command: Command, scopes: Sequence[Member], qualified: bool) -> list[str]:
    lines: list[str] = []
    for key in command.keys or [""]:
        found = _explain_key(key, scopes, qualified)
        if key and not found:
            known = [k for scope in scopes for k in _known(scope, _prefix(scope, qualified))]
            known += [view for scope in scopes for view in scope.views]
            raise TokenError(f"explain: no key {key!r}{_meant(key, known)}")
        lines += found
    if not command.keys:
        lines += [line for s in scopes for line in _not_applied(s, command, qualified)]
    return [clip(line, width()) for line in lines]


def _meant(key: str, known: Sequence[str]) -> str:
    """Suggest keys that end so, else one that looks so."""
    below = [one for one in known if one.endswith(f".{key}")][:3]
    if below:
        return f"; did you mean {' or '.join(map(repr, below))}?"
    return did_you_mean(key, known)


def _not_applied(scope: Member, command: Command, qualified: bool) -> list[str]:
    """Say which views have no part in the config, in one line."""
    applied = {view.name for view in order_views(scope.views, command.views.get(scope.name, ()))}
    names = [_prefix(scope, qualified) + name for name in scope.views if name not in applied]
    return ["", f"Not applied, since not asked for: {', '.join(names)}"] if names else []


def _explain_key(key: str, scopes: Sequence[Member], qualified: bool) -> list[str]:
    """Return the explanation of a key of any scope, of all keys below it, or of every key."""
    lines: list[str] = []
    for scope in scopes:
        prefix = _prefix(scope, qualified)
        known = _known(scope, prefix)
        if not key or (qualified and key == scope.name):
            lines += _explanations(scope, "", prefix)
        elif any(k == key or k.startswith(key + ".") for k in known):
            lines += _explanations(scope, key[len(prefix) :], prefix)
    return lines


def _prefix(scope: Member, qualified: bool) -> str:
    return f"{scope.name}." if qualified else ""


def _known(scope: Member, prefix: str) -> list[str]:
    return [prefix + e.key for e in explain_all(scope.config, scope.state.recorder)]


def _explanations(scope: Member, key: str, prefix: str) -> list[str]:
    if key:
        chosen = [explain_key(scope.config, scope.state.recorder, key)]
    else:
        chosen = explain_all(scope.config, scope.state.recorder)
    if scope.schema is not None:
        docs = scope.schema.docs()
        for explanation in chosen:
            explanation.add_docs(docs)
    return [line for e in chosen for line in e.lines(prefix)]


ANSWERS = {"manual": _manual, "views": _views, "print": _config, "explain": _explain}
