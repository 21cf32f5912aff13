"""From a command to drafts: views first, then the assignments in the order they were typed."""

from __future__ import annotations

from ato_scope._assign import assign, merge_file, read_file
from ato_scope._draft import Draft
from ato_scope._errors import UnknownScopeError
from ato_scope._provenance import Source
from ato_scope._tokens import shown
from ato_scope._views import View, merging_view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

    from ato_scope._command import Command
    from ato_scope._scope import Scope


def make_drafts(scopes: Sequence[Scope], command: Command) -> dict[str, Draft]:
    """Return the draft of each scope, by its name."""
    drafts = {}
    for scope in scopes:
        views = _with_defaults(scope, command)
        drafts[scope.name] = Draft(scope.base, views, command.views.get(scope.name, ()))
    configs = {name: draft.config for name, draft in drafts.items()}
    strict = {scope.name: scope.strict for scope in scopes}
    for name, key, token in command.assignments:
        if token.kind == "file":
            _merge_file(drafts, token.key)
        else:
            assign(drafts[name], key, token, configs, strict[name])
    return drafts


def _with_defaults(scope: Scope, command: Command) -> dict[str, View]:
    """Return the views of a scope, with one for the defaults of its argparse parser."""
    if scope.name not in command.defaults:
        return scope.views
    apply = merging_view(command.defaults[scope.name])
    view = View("(argparse)", apply, scope.external_priority, default=True)
    view.source = Source("argparse", "default")
    return {**scope.views, view.name: view}


def _merge_file(drafts: dict[str, Draft], path: str) -> None:
    if len(drafts) == 1:
        merge_file(next(iter(drafts.values())), path, read_file(path))
        return
    content = read_file(path)
    for name, values in dict.items(content):
        if name not in drafts or not isinstance(values, dict):
            raise UnknownScopeError(
                f"'@{shown(path)}': its top level must be the scopes {', '.join(drafts)},"
                f" not {name!r}"
            )
    for name, values in dict.items(content):
        merge_file(drafts[name], path, values)
