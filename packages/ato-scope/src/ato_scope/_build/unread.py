"""Typed keys that the program never reads: each is named once, when the program ends."""

from __future__ import annotations

import atexit
import os
import sys

from ato_adict import ADict, was_handed_on
from ato_scope._command.tokens import shown
from ato_scope._program import is_script, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

    from ato_scope._build.draft import Draft

    Key = tuple[str, str]

# A tracker reads its settings without counting them as read by the program.
TRACKER = "experiment"

# What was typed and not read until now, with the config of the last call that it is in.
_open: dict[Key, tuple[str, ADict]] = {}
_read: set[Key] = set()
_process: list[int] = []
_forks: list[int] = []


def watch(drafts: Mapping[str, Draft]) -> None:
    """Remember what was typed for a call, whose configs the drafts have become."""
    _settle()
    for scope, draft in drafts.items():
        for key, token in draft.typed.items():
            if (scope, key) not in _read and key.partition(".")[0] != TRACKER:
                _open[scope, key] = (token, draft.config)
    if _open and not _process:
        _process.append(os.getpid())
        atexit.register(_name_them)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_parent=lambda: _forks.append(1))


def _settle() -> None:
    """Forget the keys that have been read."""
    for place, (_, config) in list(_open.items()):
        if _was_read(config, place[1]):
            _read.add(place)
            del _open[place]


def _was_read(config: ADict, key: str) -> bool:
    """Whether a key was read, or went elsewhere, where nobody sees it read.

    A level none of whose keys were read was passed on as a whole, and so was one that was copied,
    exported or iterated over: a process, a function or a file has it.
    """
    node: object = config
    for part in key.split("."):
        if not isinstance(node, ADict) or was_handed_on(node):
            return True
        read = node.accessed_keys
        if part not in read:
            return not read
        node = dict.get(node, part)
    return True


def _name_them() -> None:
    if os.getpid() != _process[0] or getattr(sys, "last_value", None) is not None:
        return  # a forked child, or a program that an exception has ended
    if not is_script():
        return  # a test that ran a program in the process of its own
    _settle()
    # A forked process has the config without asking; what it reads, nobody sees here.
    who = "main process" if _forks else "program"
    for (_, key), (token, _) in _open.items():
        say(f"warning: {shown(token)!r} was typed, but the {who} never read {key!r}")
