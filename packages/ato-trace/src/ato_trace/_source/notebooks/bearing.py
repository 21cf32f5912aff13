"""Which statements of a notebook bear on what is run now, and which belong to what was run before.

A statement counts if it acts on what is around it, or if one that counts names what it makes. The
entries that the running cell calls count; a call of an entry is none, as its config tells it all.
"""

from __future__ import annotations

import ast

from ato_trace._source.notebooks.effects import Effects
from ato_trace._source.notebooks.notebook import Notebook, is_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Collection, Iterable, Mapping, Sequence


def bearing(
    statements: Mapping[Any, Sequence[ast.AST]], space: Mapping[str, Any], running: Collection[Any]
) -> set[Any]:
    """Return the keys of the statements that bear on what is run.

    Args:
        statements: The nodes of each statement that counts now, by what it is known by.
        space: The variables of the notebook.
        running: The keys of the statements in the cell that runs.
    """
    notebook = Notebook(space, [node for nodes in statements.values() for node in nodes])
    effects = {key: Effects(nodes, notebook) for key, nodes in statements.items()}
    # Data that an entry is handed is in no config, and it may have changed it.
    kept = {key for key, one in effects.items() if one.acts or one.hands}
    touched = {module for one in effects.values() for module in one.modules}
    kept |= {key for key, one in effects.items() if one.reloads & touched}
    used = _names(effects[key] for key in kept)
    used |= _asked([effects[key] for key in running if key in effects], effects.values(), space)
    while True:
        more = {
            key
            for key, effect in effects.items()
            if key not in kept and not used.isdisjoint(effect.binds | effect.changes)
        }
        if not more:
            return kept
        kept |= more
        used |= _names(effects[key] for key in more)


def _asked(now: Sequence[Effects], every: Iterable[Effects], space: Mapping[str, Any]) -> set[str]:
    """The names that lead to the entries that run; to all entries where that cannot be told."""
    found = {name for effect in now for name in _asked_by(effect)}
    if found and not any(effect.is_open for effect in now):
        return found
    called = {name for effect in every for name in effect.entries}
    return found | called | {name for name, value in list(space.items()) if is_entry(value)}


def _asked_by(effect: Effects) -> set[str]:
    """What a statement calls and gives as values of a config."""
    if not effect.entries:
        return set()
    found = effect.entries | effect.sets
    if found & effect.binds:  # `for entry in (train, check): entry()`
        found |= effect.names
    return found - effect.binds


def _names(effects: Iterable[Effects]) -> set[str]:
    return {name for effect in effects for name in effect.names}
