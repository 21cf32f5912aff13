"""The order in which views are applied: a pure function of priorities, chains and requests."""

from __future__ import annotations

from ato_adict import did_you_mean
from ato_scope._errors import ChainError, UnknownViewError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Iterator, Mapping

    from ato_scope._views.views import View


def order_views(views: Mapping[str, View], requested: Iterable[str]) -> list[View]:
    """Return every view to apply, each once: default views, then the requested ones.

    Within each of the two groups, views go by ascending priority and, at equal priority, in the
    order of request, what a view is chained with coming before it. Takes time linear in the
    number of views and chains (plus the sort by priority).

    Args:
        views: All registered views by name, in the order of registration.
        requested: The names given on the command line or by `assign`.

    Raises:
        UnknownViewError: A requested name is not a view.
        ChainError: A chain names an unknown view, or comes back to where it started.
    """
    done: set[str] = set()
    defaults = _with_chains(views, (name for name, view in views.items() if view.default), done)
    named = _with_chains(views, requested, done)
    return _by_priority(views, defaults) + _by_priority(views, named)


def _with_chains(views: Mapping[str, View], requested: Iterable[str], done: set[str]) -> list[View]:
    """Return the requested views that are not `done`, each after the views it is chained with."""
    ordered: list[View] = []
    for name in requested:
        if name not in views:
            raise UnknownViewError(f"unknown view {name!r}{did_you_mean(name, views)}")
        if name not in done:
            _visit(views, name, done, ordered)
    return ordered


def _visit(views: Mapping[str, View], name: str, done: set[str], ordered: list[View]) -> None:
    """Depth first from `name` without recursion, so that a chain may be of any length."""
    path: dict[str, None] = {name: None}
    stack: list[tuple[View, Iterator[str]]] = [(views[name], iter(views[name].chain))]
    while stack:
        view, remaining = stack[-1]
        following = next((n for n in remaining if n not in done), None)
        if following is None:
            stack.pop()
            del path[view.name]
            done.add(view.name)
            ordered.append(view)
        elif following in path:
            raise ChainError(f"views are chained in a circle: {_circle(path, following)}")
        elif following not in views:
            hint = did_you_mean(following, views)
            raise ChainError(f"{view} is chained with unknown view {following!r}{hint}")
        else:
            path[following] = None
            stack.append((views[following], iter(views[following].chain)))


def _circle(path: Iterable[str], start: str) -> str:
    names = list(path)
    return " -> ".join([*names[names.index(start) :], start])


def _by_priority(views: Mapping[str, View], ordered: list[View]) -> list[View]:
    """Sort stably by priority; a view at priority 0 follows the chains it is part of."""
    if all(not view.priority for view in ordered):
        return ordered
    effective = {view.name: view.priority for view in ordered}
    for view in ordered:
        if not view.priority:
            chained = [effective[name] for name in view.chain if name in effective]
            effective[view.name] = max([0, *chained])
    for view in reversed(ordered):
        for name in view.chain:
            if name in effective and not views[name].priority:
                effective[name] = min(effective[name], effective[view.name])
    return sorted(ordered, key=lambda view: effective[view.name])
