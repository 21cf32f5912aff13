"""Views and the command line, from ato-scope, with the fingerprints of ato-trace."""

from ato_trace import MultiScope, Scope

__all__ = ["MultiScope", "Scope"]
