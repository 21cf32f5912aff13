"""The errors of ato_scope; each message is one line that names the thing and the fix."""

from ato_adict import UserError


class ScopeError(UserError):
    """Base of every mistake in views, tokens or entry functions that ato_scope reports."""


class TokenError(ScopeError):
    """A token of the command line cannot be understood or applied."""


class ExpressionError(TokenError):
    """The value of a `key=value` token is not an expression that may be evaluated."""


class ViewError(ScopeError):
    """A view cannot be registered, or two views contradict each other."""


class UnknownViewError(ScopeError):
    """A word of the command line, or a chain, names a view that does not exist."""


class ChainError(ViewError):
    """The `chain_with` of some views form a cycle, or name a view that does not exist."""


class LazyError(ViewError):
    """A `with Scope.lazy():` block cannot be run later."""


class UnknownScopeError(ScopeError):
    """A token names a scope that the MultiScope does not have."""


class EntryError(ScopeError):
    """A function cannot receive the configuration of a scope."""


class StrictKeyError(TokenError):
    """A token sets a key that no view of a strict scope has set."""


class SweepError(ScopeError):
    """A sweep is asked for in a way that cannot be run."""
