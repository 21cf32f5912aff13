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
from ato_scope._version import __version__ as __version__

__all__ = [
    "Scope",
    "MultiScope",
    "Draft",
    "MultiDraft",
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
