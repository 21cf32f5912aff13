"""The errors of ato_scope; each message is one line that names the thing and the fix."""

from ato_adict import UserError


class ScopeError(UserError):
    """Base of every mistake in views, tokens or entry functions that ato_scope reports.

    Attributes:
        is_typed: Whether it is a mistake of who typed the command line, which ends the program
            with one line; what is wrong in the program's text is raised there, with a traceback.
    """

    __module__ = "ato_scope"

    is_typed: bool = True


class TokenError(ScopeError):
    """A token of the command line cannot be understood or applied."""

    __module__ = "ato_scope"


class ExpressionError(TokenError):
    """The value of a `key=value` token is not an expression that may be evaluated."""

    __module__ = "ato_scope"


class ViewError(ScopeError):
    """A view cannot be registered, or two views contradict each other."""

    __module__ = "ato_scope"

    is_typed = False


class UnknownViewError(ScopeError):
    """A word of the command line, or a chain, names a view that does not exist."""

    __module__ = "ato_scope"


class ChainError(ViewError):
    """The `chain_with` of some views form a cycle, or name a view that does not exist."""

    __module__ = "ato_scope"


class LazyError(ViewError):
    """A `with Scope.lazy():` block cannot be run later."""

    __module__ = "ato_scope"


class UnknownScopeError(ScopeError):
    """A token names a scope that the MultiScope does not have."""

    __module__ = "ato_scope"


class EntryError(ScopeError):
    """A function cannot receive the configuration of a scope."""

    __module__ = "ato_scope"

    is_typed = False


class StrictKeyError(TokenError):
    """A token sets a key that no view of a strict scope has set."""

    __module__ = "ato_scope"


class SweepError(ScopeError):
    """A sweep is asked for in a way that cannot be run."""

    __module__ = "ato_scope"


class SchemaError(ScopeError):
    """A finished config does not fit the schema of its scope: values are missing or wrong."""

    __module__ = "ato_scope"
