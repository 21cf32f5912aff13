"""Files: configs as text, in every format.

`files` chooses the format, reads with clear errors and writes all or nothing; one module per format
(`yaml`, `json`, `toml`, `python_files`, the folder `xyz`) turns text into data and back; `simplify`
makes sure that a format can hold a config before anything is written, with `scalars` for numbers
of numpy and torch, `kinds` that what it replaces is one; `compose` and `mm` build a config from
several files. May call `_tree`, `_node` and `_names`. Loaded when a method first needs it, and each
third-party library when its format is first used.
"""

from ato_adict._door import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_adict._files.compose import compose_into as compose_into
    from ato_adict._files.files import dump as dump
    from ato_adict._files.files import dumps as dumps
    from ato_adict._files.files import load as load
    from ato_adict._files.files import loads as loads
    from ato_adict._files.files import read_text as read_text
    from ato_adict._files.files import write as write
    from ato_adict._files.json import jsonable as jsonable
    from ato_adict._files.mm import load_mm as load_mm
    from ato_adict._files.mm import mm_update as mm_update
    from ato_adict._files.paths import path_text as path_text
    from ato_adict._files.replace import replacing as replacing
    from ato_adict._files.xyz.read import read_xyz as read_xyz
    from ato_adict._files.xyz.write import write_xyz as write_xyz
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "compose": ("compose_into",),
            "files": ("dump", "dumps", "load", "loads", "read_text", "write"),
            "json": ("jsonable",),
            "mm": ("load_mm", "mm_update"),
            "paths": ("path_text",),
            "replace": ("replacing",),
            "xyz.read": ("read_xyz",),
            "xyz.write": ("write_xyz",),
        },
    )
