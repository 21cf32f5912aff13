"""Views and the command line, from ato-scope, with the fingerprints of ato-trace."""

from ato._removed import removed
from ato_trace import MultiScope, Scope

__all__ = ["MultiScope", "Scope"]

TYPE_CHECKING = False
if not TYPE_CHECKING:
    __getattr__ = removed(
        __name__,
        "parse_args_pythonic patch_parsing_method exec_with_no_permissions "
        "add_config_to_scope add_func_to_scope add_config_to_multi_scope "
        "add_func_to_multi_scope",
        "leave it out: a scope reads the command line when its entry is called",
    )
