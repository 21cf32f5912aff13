"""Configuration as a sequence of views, with the command line and where each value came from."""

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
from ato_scope._scope import Scope
from ato_scope._version import __version__ as __version__

__all__ = [
    "Scope",
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
