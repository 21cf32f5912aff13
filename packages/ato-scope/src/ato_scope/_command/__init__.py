"""What a command line says: its tokens, what they ask for, and the options of argparse parsers.

May call `_values` and `_history`. Nothing here knows scopes, views or configs. The names below are
the way to the options of parsers, which most programs have none of.
"""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_scope._command.argparse import capture_parser as capture_parser
    from ato_scope._command.argparse import check_choice as check_choice
    from ato_scope._command.argparse import help_texts as help_texts
    from ato_scope._command.argparse import key_choices as key_choices
    from ato_scope._command.argparse import option_choices as option_choices
    from ato_scope._command.argparse import option_names as option_names
    from ato_scope._command.argparse import stop_capturing as stop_capturing
    from ato_scope._command.argparse import view_source as view_source
    from ato_scope._command.prompt import name_after_notebook as name_after_notebook
    from ato_scope._command.prompt import read_options_here as read_options_here
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "argparse": (
                "capture_parser",
                "check_choice",
                "help_texts",
                "key_choices",
                "option_choices",
                "option_names",
                "stop_capturing",
                "view_source",
            ),
            "prompt": ("name_after_notebook", "read_options_here"),
        },
    )
