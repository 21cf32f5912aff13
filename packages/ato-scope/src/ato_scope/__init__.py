"""Configuration as a sequence of views, with the command line and where each value came from."""

from ato_scope._draft import Draft
from ato_scope._errors import (
    ChainError,
    EntryError,
    ExpressionError,
    LazyError,
    ScopeError,
    StrictKeyError,
    SweepError,
    TokenError,
    UnknownScopeError,
    UnknownViewError,
    ViewError,
)
from ato_scope._multi import MultiDraft, MultiScope
from ato_scope._scope import Scope
from ato_scope._tokens import Token, parse_command, parse_tokens
from ato_scope._version import __version__ as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_scope._explain import Explanation as Explanation
    from ato_scope._explain import describe_source as describe_source

__all__ = [
    "Scope",
    "MultiScope",
    "Draft",
    "Explanation",
    "describe_source",
    "MultiDraft",
    "Token",
    "parse_command",
    "parse_tokens",
    "ScopeError",
    "TokenError",
    "ExpressionError",
    "StrictKeyError",
    "UnknownScopeError",
    "UnknownViewError",
    "ViewError",
    "ChainError",
    "LazyError",
    "EntryError",
    "SweepError",
]


def __getattr__(name: str) -> object:
    # Programs that explain nothing do not pay for importing it.
    if name in ("Explanation", "describe_source"):
        from ato_scope import _explain

        return getattr(_explain, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
