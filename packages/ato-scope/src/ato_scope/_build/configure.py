"""From arguments to drafts: what they ask for, then views, then assignments as they were typed."""

from __future__ import annotations

from ato_scope import _command
from ato_scope._build.assign import assign, merge_file, read_file
from ato_scope._build.draft import Draft
from ato_scope._build.places import value_at
from ato_scope._command.command import Command, add_values, known_words, read_command
from ato_scope._command.tokens import Token, shown
from ato_scope._errors import ScopeError, TokenError, UnknownScopeError
from ato_scope._history.recorder import Source
from ato_scope._program import command_line, say
from ato_scope._views.views import View, merging_view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import Any, Sequence

    from ato_scope._command.argparse import Options
    from ato_scope._command.command import Keys
    from ato_scope._command.unknown import Catalog
    from ato_scope._state import Member


def arguments_of(members: Sequence[Member], args: Sequence[str] | None) -> list[str]:
    """Return the explicit arguments, else those typed, where all members read them."""
    if args is None and not all(member.state.reads_argv for member in members):
        return []
    return command_line(args)


def read_requests(members: Sequence[Member], args: Sequence[str] | None, qualified: bool) -> Command:
    """Read what `assign` has asked for, then the arguments.

    Args:
        members: The scopes that take part.
        args: The arguments; those of the command line unless given.
        qualified: Whether keys start with the name of a scope.
    """
    command = Command()
    for member in members:
        catalog = {member.name: member.views}
        try:
            command.extend(read_command(member.state.requests, catalog, False))
        except ScopeError as error:
            error.is_typed = False  # the program has asked for it
            raise
    for _, _, token in command.assignments:
        token.origin = "assign"
    arguments: list[Any] = arguments_of(members, args)
    values = [a for a in arguments if isinstance(a, Token)]
    if values:
        arguments = [a for a in arguments if not isinstance(a, Token)]
    catalog = {member.name: member.views for member in members}

    def keys(so_far: Command) -> list[str]:
        return _keys(members, so_far, qualified)

    arguments = _without_options(members, arguments, args is not None, command, catalog, keys)
    command.extend(read_command(arguments, catalog, qualified, keys))
    add_values(command, values, catalog, qualified)
    return command


def _without_options(
    members: Sequence[Member],
    arguments: list[str],
    are_explicit: bool,
    command: Command,
    catalog: Catalog,
    keys: Keys,
) -> list[str]:
    """Let the parsers of scopes take their options into `command`; return the other arguments.

    Each parser reads all arguments: an option that two of them know is for both.
    """
    found: list[tuple[Member, Options]] = []
    for member in members:
        state = member.state
        if member.use_external_parser:
            _command.stop_capturing()
        if state.parser is None:
            continue
        options = state.options
        if options is None or are_explicit:
            options = _command.read_options_here(state.parser, arguments, known_words(catalog))
        found.append((member, options))
    if not found:
        return arguments
    unknown = [{name for name, _ in options.unknown} for _, options in found]
    for member, options in found:
        mode = member.unknown_external_literals
        strangers = set.intersection(*unknown)
        if mode == "error" and not options.are_left:
            options.check_known(strangers, known_words(catalog), lambda: keys(command))
        options.add_to(command, member.name, mode, strangers)
    return [a for a in found[-1][1].rest if all(a in options.rest for _, options in found)]


def _keys(members: Sequence[Member], command: Command, qualified: bool) -> list[str]:
    """Return the keys that the views of a command set, as they are typed; to suggest one of them.

    None where the views fail: then the mistake that was found is told without.
    """
    asked = Command()
    asked.views, asked.defaults = command.views, command.defaults
    try:
        drafts = make_drafts(members, asked)
    except Exception:  # of the user's code: it may be any
        return []
    return [
        f"{name}.{key}" if qualified else key
        for name, draft in drafts.items()
        for key in draft.config.flatten()
    ]


def make_drafts(members: Sequence[Member], command: Command) -> dict[str, Draft]:
    """Return the draft of each scope, by its name."""
    drafts = {}
    for member in members:
        views = _with_defaults(member, command)
        requested = command.views.get(member.name, ())
        drafts[member.name] = Draft(member.base, views, requested, member.schema)
    configs = {name: draft.config for name, draft in drafts.items()}
    strict = {member.name: member.strict for member in members}
    for name, key, token in command.assignments:
        try:
            if token.kind == "file":
                _merge_file(drafts, token.key, strict)
            else:
                assign(drafts[name], key, token, configs, strict[name])
                _check_option(drafts[name], command.parsers.get(name), key, token)
        except ScopeError as error:
            error.is_typed = token.origin == "cli"
            raise
    return drafts


def _check_option(draft: Draft, parser: ArgumentParser | None, key: str, token: Token) -> None:
    """Check what was typed for the key of an option of a parser.

    Raises:
        TokenError: The option has choices, and the value is none of them.
    """
    if parser is None or token.kind == "delete":
        return
    if token.kind == "option":
        draft.options[key] = token.raw
        return
    if key in draft.options and token.origin == "cli":
        say(f"warning: {shown(token.raw)!r} wins over {draft.options[key]}")
    try:
        _command.check_choice(parser, key, value_at(draft.config, tuple(key.split(".")), None))
    except TokenError as error:
        raise TokenError(f"{shown(token.raw)!r}: {error}") from None


def _with_defaults(member: Member, command: Command) -> dict[str, View]:
    """Return the views of a scope, with one for the defaults of its argparse parser."""
    if member.name not in command.defaults:
        return member.views
    apply = merging_view(command.defaults[member.name], recurrent=True)
    view = View("(argparse)", apply, member.external_priority, default=True)
    view.source = Source("argparse", "default")
    return {**member.views, view.name: view}


def _merge_file(drafts: dict[str, Draft], path: str, strict: dict[str, bool]) -> None:
    content = read_file(path)
    if len(drafts) == 1:
        [(name, draft)] = drafts.items()
        merge_file(draft, path, content, strict[name])
        return
    for name, values in dict.items(content):
        if name not in drafts or not isinstance(values, dict):
            raise UnknownScopeError(
                f"'@{shown(path)}': its top level must be the scopes {', '.join(drafts)},"
                f" not {name!r}"
            )
    for name, values in dict.items(content):
        merge_file(drafts[name], path, values, strict[name])
