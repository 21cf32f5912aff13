"""Trees: what can be done with a whole config.

`changes` sets many keys at once, `copying` makes copies and pickles, `usage` says what was read,
`hashing` (with `arrays` for those of numpy and torch) and `diff` what a config is and how two
differ, `interpolate` resolves `${...}`, `html` shows it in a notebook. May call `_node` and
`_names`. Loaded when a method first needs it.
"""

from ato_adict._basics.door import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_adict._tree.changes import fill_absent as fill_absent
    from ato_adict._tree.changes import merge as merge
    from ato_adict._tree.changes import rename as rename
    from ato_adict._tree.copying import deepcopy as deepcopy
    from ato_adict._tree.copying import reduce as reduce
    from ato_adict._tree.copying import restore as restore
    from ato_adict._tree.diff import Diff as Diff
    from ato_adict._tree.hashing import structural_hash as structural_hash
    from ato_adict._tree.hashing import structural_mapping as structural_mapping
    from ato_adict._tree.hashing import value_hash as value_hash
    from ato_adict._tree.html import as_html as as_html
    from ato_adict._tree.interpolate import resolve as resolve
    from ato_adict._tree.usage import accessed as accessed
    from ato_adict._tree.usage import minimal as minimal
    from ato_adict._tree.usage import unused as unused
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "copying": ("deepcopy", "reduce", "restore"),
            "diff": ("Diff",),
            "hashing": ("structural_hash", "structural_mapping", "value_hash"),
            "html": ("as_html",),
            "interpolate": ("resolve",),
            "changes": ("fill_absent", "merge", "rename"),
            "usage": ("accessed", "minimal", "unused"),
        },
    )
