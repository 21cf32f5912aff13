"""The built-in words of a command line: each prints something about the config and ends."""

from __future__ import annotations

import os
import sys

from ato_adict import ADict, AtoError, did_you_mean
from ato_scope._errors import TokenError
from ato_scope._explain import explain, explain_all
from ato_scope._host import is_printing_rank
from ato_scope._manual import USAGE, VIEWS, manual_lines, view_lines, word_lines
from ato_scope._provenance import jsonable
from ato_scope._terminal import bold, clip, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, Sequence

    from ato_scope._command import Command
    from ato_scope._scope import Scope


def show(command: Command, scopes: Sequence[Scope], qualified: bool) -> NoReturn:
    """Print what the word of `command` asks for, then end the program with exit code 0.

    Raises:
        TokenError: `explain` asks for a key that is not there.
        SystemExit: Always, otherwise.
    """
    lines = WORDS[command.word or "manual"](command, scopes, qualified)
    if is_printing_rank():
        _print("\n".join(lines))
    raise SystemExit(0)


def _print(text: str) -> None:
    try:
        sys.stdout.write(text.rstrip("\n") + "\n")
        sys.stdout.flush()
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    except BrokenPipeError:
        # `train.py manual | head` closed the pipe; nothing is left to be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _manual(command: Command, scopes: Sequence[Scope], qualified: bool) -> list[str]:
    lines = [USAGE.format(os.path.basename(sys.argv[0]) or "program")]
    for scope in scopes:
        lines += ["", *manual_lines(scope, qualified)]
        if scope._parser is not None:
            lines += ["", *scope._parser.format_help().rstrip().splitlines()]
    return [*lines, "", *word_lines()]


def _views(command: Command, scopes: Sequence[Scope], qualified: bool) -> list[str]:
    lines = []
    for scope in scopes:
        prefix = _prefix(scope, qualified)
        lines += [bold(VIEWS.format(scope.name)), *view_lines(scope, prefix)]
    return lines


def _config(command: Command, scopes: Sequence[Scope], qualified: bool) -> list[str]:
    if qualified:
        config = ADict({scope.name: scope.config.to_dict() for scope in scopes})
    else:
        config = scopes[0].config
    form = command.format
    try:
        text = config.dumps(form)
    except AtoError:
        # What the format cannot hold, a function say, is shown as its repr.
        try:
            text = ADict(jsonable(config)).dumps(form)
        except AtoError as error:
            raise TokenError(f"'print={form}': {error}") from None
    return text.splitlines()


def _explain(command: Command, scopes: Sequence[Scope], qualified: bool) -> list[str]:
    lines: list[str] = []
    for key in command.keys or [""]:
        found = _explain_key(key, scopes, qualified)
        if key and not found:
            known = [k for scope in scopes for k in _known(scope, _prefix(scope, qualified))]
            raise TokenError(f"explain: no key {key!r}{did_you_mean(key, known)}")
        lines += found
    return [clip(line, width()) for line in lines]


def _explain_key(key: str, scopes: Sequence[Scope], qualified: bool) -> list[str]:
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


def _prefix(scope: Scope, qualified: bool) -> str:
    return f"{scope.name}." if qualified else ""


def _known(scope: Scope, prefix: str) -> list[str]:
    return [prefix + e.key for e in explain_all(scope.config, scope._recorder)]


def _explanations(scope: Scope, key: str, prefix: str) -> list[str]:
    if key:
        chosen = [explain(scope.config, scope._recorder, key)]
    else:
        chosen = explain_all(scope.config, scope._recorder)
    return [line for e in chosen for line in e.lines(prefix)]


WORDS = {"manual": _manual, "views": _views, "print": _config, "explain": _explain}
