"""Shell completion of views and keys, through argcomplete: bash, zsh and fish."""

from __future__ import annotations

import argparse
import os
import sys

from ato_scope._errors import ScopeError
from ato_scope._history.explain import leaves
from ato_scope._program import SWEEP, WORDS
from ato_scope._sweep.request import JOBS, SWITCHES
from ato_scope._views.order import order_views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn, Sequence

    from ato_scope._state import Member

OPTIONS = (SWEEP, JOBS[0], *SWITCHES, "--help")


def complete(scopes: Sequence[Member], qualified: bool, build: Callable[[], Any]) -> NoReturn:
    """Answer the shell's request for completions and end, without running the program.

    Args:
        scopes: What may be asked for.
        qualified: Whether names start with that of their scope.
        build: Makes the drafts, for the keys that default views set.
    """
    try:
        import argcomplete
    except ImportError:
        # Never run a program because somebody pressed the tabulator key.
        sys.exit(1)
    parents = [scope.state.parser for scope in scopes if scope.state.parser is not None]
    parser = argparse.ArgumentParser(
        parents=parents,
        add_help=False,
        conflict_handler="resolve",
        prog=os.path.basename(sys.argv[0]),
    )
    for option in OPTIONS:
        parser.add_argument(option, action="store_true")
    words: Any = parser.add_argument("words", nargs="*")
    words.completer = lambda prefix, **_: candidates(prefix, scopes, qualified, build)
    argcomplete.autocomplete(parser, always_complete_options=False)
    sys.exit(0)


def candidates(
    prefix: str, scopes: Sequence[Member], qualified: bool, build: Callable[[], Any]
) -> list[str]:
    """Return the words that may stand where `prefix` was typed."""
    found = list(WORDS)
    drafts = _built(build)
    for scope in scopes:
        start = f"{scope.name}." if qualified else ""
        found += [start + view.name for view in order_views(scope.views, list(scope.views))]
        if scope.name in drafts:
            for key, value in leaves(drafts[scope.name].config):
                found += [f"{start}{key}=", *_values(start + key, value)]
    return [word for word in found if word.startswith(prefix) and _fits(word, prefix)]


def _fits(word: str, prefix: str) -> bool:
    """Offer values only once the key is typed."""
    return "=" in prefix or prefix.endswith(":") or "=" not in word[:-1]


def _values(key: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"{key}=True", f"{key}=False"]
    if isinstance(value, str):
        return [f"{key}:={value}"]
    return [f"{key}={value!r}"] if isinstance(value, (int, float)) else []


def _built(build: Callable[[], Any]) -> Any:
    try:
        return build()
    except ScopeError:
        # The line is half typed; its views are offered all the same.
        return {}
