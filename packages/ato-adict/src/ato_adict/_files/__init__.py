"""Files: configs as text, in every format.

`files` chooses the format, reads with clear errors and writes all or nothing, `kinds` makes sure
that what it replaces is a config's file. `formats` turns text into data and back, `composing`
builds a config from several files. May call `_tree`, `_node` and `_names`. Loaded when a method
first needs it, and each third-party library when its format is first used.
"""

from ato_adict._basics.door import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_adict._files.composing.compose import compose_into as compose_into
    from ato_adict._files.composing.mm import load_mm as load_mm
    from ato_adict._files.composing.mm import mm_update as mm_update
    from ato_adict._files.files import dump as dump
    from ato_adict._files.files import dumps as dumps
    from ato_adict._files.files import load as load
    from ato_adict._files.files import loads as loads
    from ato_adict._files.files import read_text as read_text
    from ato_adict._files.files import write as write
    from ato_adict._files.formats.json import jsonable as jsonable
    from ato_adict._files.formats.xyz.read import read_xyz as read_xyz
    from ato_adict._files.formats.xyz.write import write_xyz as write_xyz
    from ato_adict._files.paths import path_text as path_text
    from ato_adict._files.replace import replacing as replacing
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "composing.compose": ("compose_into",),
            "files": ("dump", "dumps", "load", "loads", "read_text", "write"),
            "formats.json": ("jsonable",),
            "composing.mm": ("load_mm", "mm_update"),
            "paths": ("path_text",),
            "replace": ("replacing",),
            "formats.xyz.read": ("read_xyz",),
            "formats.xyz.write": ("write_xyz",),
        },
    )
