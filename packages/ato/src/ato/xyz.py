"""The readable, loss-free text format `.xyz`, from ato-adict."""

from ato._removed import removed
from ato_adict.xyz import dump, dumps, load, loads

__all__ = ["dump", "dumps", "load", "loads"]

TYPE_CHECKING = False
if not TYPE_CHECKING:
    __getattr__ = removed(
        __name__,
        "GlobalParser convert_lines_to_tree convert_string_to_value "
        "convert_structure_to_tree convert_tree_to_structure parse_format parse_lines "
        "remove_format_str",
        "use dumps and loads",
    )
