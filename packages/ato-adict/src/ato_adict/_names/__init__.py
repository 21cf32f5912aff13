"""Names: how the place of a value in a tree is written, and the value that stands there.

`dotted` holds the syntax, `places` reads and writes trees by it, `depth` names what is wrong with
data that has no end. May call no other room, only the errors.
"""

from ato_adict._basics.door import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_adict._names.depth import nesting_error as nesting_error
    from ato_adict._names.dotted import join as join
    from ato_adict._names.dotted import split as split
    from ato_adict._names.places import contains as contains
    from ato_adict._names.places import flatten as flatten
    from ato_adict._names.places import leaves as leaves
    from ato_adict._names.places import lookup as lookup
    from ato_adict._names.places import set_at as set_at
    from ato_adict._names.places import set_by_name as set_by_name
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "depth": ("nesting_error",),
            "dotted": ("join", "split"),
            "places": ("contains", "flatten", "leaves", "lookup", "set_at", "set_by_name"),
        },
    )
