"""Schemas: dataclasses from configs, configs from dataclasses, and checks.

`schema` walks a config beside a dataclass and reports every problem, `typed` decides whether one
value fits one type, `fields` reads a class, `described` answers for each key of a config. May call
`_node` and `_names`. Loaded when a method first needs it.
"""

from ato_adict._basics.door import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_adict._schema.described import Schema as Schema
    from ato_adict._schema.schema import check as check
    from ato_adict._schema.schema import fields_of as fields_of
    from ato_adict._schema.schema import make as make
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "described": ("Schema",),
            "schema": ("check", "fields_of", "make"),
        },
    )
