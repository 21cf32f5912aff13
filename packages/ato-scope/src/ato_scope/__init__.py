"""Configuration as a sequence of views, with the command line and where each value came from."""

from ato_adict import lazy_exports
from ato_scope._build.draft import Draft
from ato_scope._command.tokens import Token, parse_command, parse_tokens
from ato_scope._errors import (
    ChainError,
    EntryError,
    ExpressionError,
    LazyError,
    SchemaError,
    ScopeError,
    StrictKeyError,
    SweepError,
    TokenError,
    UnknownScopeError,
    UnknownViewError,
    ViewError,
)
from ato_scope._program import WORDS, command_line, fail, go_on, is_script, is_word, say
from ato_scope._scope import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_scope._history.explain import Explanation as Explanation
    from ato_scope._history.explain import describe_source as describe_source
    from ato_scope._multi import MultiDraft as MultiDraft
    from ato_scope._multi import MultiScope as MultiScope
    from ato_scope._version import __version__ as __version__
else:
    # Programs do not pay for what few of them use.
    __getattr__ = lazy_exports(
        __name__,
        {
            "_history.explain": ("Explanation", "describe_source"),
            "_multi": ("MultiScope", "MultiDraft"),
            "_version": ("__version__",),
        },
    )

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
    "WORDS",
    "is_word",
    "command_line",
    "is_script",
    "say",
    "fail",
    "go_on",
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
    "SchemaError",
    "__version__",
]
