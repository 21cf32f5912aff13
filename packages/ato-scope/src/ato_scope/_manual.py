"""The manual of a scope: the order of its views, then its documented keys."""

from __future__ import annotations

from ato_scope._order import order_views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_scope._scope import Scope


def manual_text(scope: Scope, named: bool) -> str:
    """Return the manual of one scope."""
    order = order_views(scope.views, list(scope.views))
    return " -> ".join(view.name for view in order)
