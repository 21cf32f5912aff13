"""The words of the command line, from ato-scope."""

from ato_scope import Token, parse_command, parse_tokens

__all__ = ["Token", "parse_command", "parse_tokens"]
