"""A structure-aware, access-tracking, freezable config dict."""

from ato_adict._adict import ADict
from ato_adict._basics.door import lazy_exports
from ato_adict._basics.errors import (
    AtoError,
    ConfigFileError,
    ConfigFileNotFoundError,
    ConversionError,
    FrozenError,
    InterpolationError,
    MissingKeyError,
    NestingError,
    ReservedNameError,
    UnsetKeyError,
    UserError,
    ValidationError,
    did_you_mean,
    did_you_mean_file,
)
from ato_adict._node.modes import record_writes
from ato_adict._node.record import RunRecord, attach_record, record_of
from ato_adict._node.state import was_handed_on
from ato_adict._sentinel import MISSING
from ato_adict._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_adict._basics.deprecation import AtoDeprecationWarning, warn_deprecated
    from ato_adict._files import jsonable, replacing
    from ato_adict._names import leaves, set_by_name
    from ato_adict._node.convert import to_plain
    from ato_adict._schema.described import Schema
    from ato_adict._tree import Diff, merge
else:
    __getattr__ = lazy_exports(
        __name__,
        {
            "_basics.deprecation": ("AtoDeprecationWarning", "warn_deprecated"),
            "_files.formats.json": ("jsonable",),
            "_files.replace": ("replacing",),
            "_names.places": ("leaves", "set_by_name"),
            "_node.convert": ("to_plain",),
            "_node.locked": ("FrozenList", "FrozenSet"),  # found by pickle, not for programs
            "_schema.described": ("Schema",),
            "_tree.changes": ("merge",),
            "_tree.diff": ("Diff",),
        },
    )

# Pickles made before the modules moved into rooms name `ato_adict._copying` and the like.
__path__.append(f"{__path__[0]}/_old_pickles")

__all__ = [
    "ADict",
    "MISSING",
    "record_writes",
    "merge",
    "set_by_name",
    "leaves",
    "to_plain",
    "was_handed_on",
    "jsonable",
    "replacing",
    "Diff",
    "Schema",
    "RunRecord",
    "record_of",
    "attach_record",
    "did_you_mean",
    "did_you_mean_file",
    "lazy_exports",
    "warn_deprecated",
    "AtoError",
    "UserError",
    "AtoDeprecationWarning",
    "FrozenError",
    "UnsetKeyError",
    "MissingKeyError",
    "ReservedNameError",
    "NestingError",
    "ConversionError",
    "ValidationError",
    "InterpolationError",
    "ConfigFileError",
    "ConfigFileNotFoundError",
    "__version__",
]
