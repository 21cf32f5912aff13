"""The words of the command line, from ato-scope."""

from ato._removed import removed
from ato_scope import Token, parse_command, parse_tokens

__all__ = ["Token", "parse_command", "parse_tokens"]

TYPE_CHECKING = False
if not TYPE_CHECKING:
    __getattr__ = removed(
        __name__,
        "parse_value parse_bracketed_value parse_quoted_string "
        "parse_quoted_string_with_quotes parse_colon_equals_string",
        "use parse_command, or parse_tokens",
    )
