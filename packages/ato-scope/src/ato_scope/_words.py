"""The built-in words of a command line: each prints something about the config and ends."""

from __future__ import annotations

import os
import sys

from ato_adict import ADict, AtoError, did_you_mean
from ato_scope._errors import TokenError
from ato_scope._explain import explain, explain_all
from ato_scope._host import is_printing_rank
from ato_scope._manual import VIEWS, manual_lines, usage_lines, view_lines
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
    lines = WORDS[command.word or "manual"](command.argument, scopes, qualified)
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


def _manual(argument: str, scopes: Sequence[Scope], qualified: bool) -> list[str]:
    lines = usage_lines(os.path.basename(sys.argv[0]) or "program")
    for scope in scopes:
        if scope._parser is not None:
            lines += ["", *scope._parser.format_help().rstrip().splitlines()]
        lines += ["", *manual_lines(scope, qualified)]
    return lines


def _views(argument: str, scopes: Sequence[Scope], qualified: bool) -> list[str]:
    lines = []
    for scope in scopes:
        prefix = f"{scope.name}." if qualified else ""
        lines += [bold(VIEWS.format(scope.name)), *view_lines(scope, prefix)]
    return lines


def _config(argument: str, scopes: Sequence[Scope], qualified: bool) -> list[str]:
    if qualified:
        config = ADict({scope.name: scope.config.to_dict() for scope in scopes})
    else:
        config = scopes[0].config
    form = argument or "yaml"
    try:
        text = config.dumps(form)
    except AtoError:
        # What the format cannot hold, a function say, is shown as its repr.
        try:
            text = ADict(jsonable(config)).dumps(form)
        except AtoError as error:
            raise TokenError(f"'print={form}': {error}") from None
    return text.splitlines()


def _explain(argument: str, scopes: Sequence[Scope], qualified: bool) -> list[str]:
    found: list[str] = []
    known: list[str] = []
    for scope in scopes:
        prefix = f"{scope.name}." if qualified else ""
        known += [prefix + e.key for e in explain_all(scope.config, scope._recorder)]
        if not argument or (qualified and argument == scope.name):
            found += _explanations(scope, "", prefix)
        elif argument.startswith(prefix):
            key = argument[len(prefix) :]
            if any(k == argument or k.startswith(argument + ".") for k in known):
                found += _explanations(scope, key, prefix)
    if argument and not found:
        raise TokenError(f"explain: no key {argument!r}{did_you_mean(argument, known)}")
    return [clip(line, width()) for line in found]


def _explanations(scope: Scope, key: str, prefix: str) -> list[str]:
    if key:
        chosen = [explain(scope.config, scope._recorder, key)]
    else:
        chosen = explain_all(scope.config, scope._recorder)
    return [line for e in chosen for line in e.lines(prefix)]


WORDS = {"manual": _manual, "views": _views, "print": _config, "explain": _explain}
