"""A structure-aware, access-tracking, freezable config dict."""

from ato_adict._adict import ADict
from ato_adict._errors import (
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
)
from ato_adict._journal import record_writes
from ato_adict._sentinel import MISSING
from ato_adict._suggest import did_you_mean
from ato_adict._version import __version__

__all__ = [
    "ADict",
    "MISSING",
    "record_writes",
    "did_you_mean",
    "AtoError",
    "UserError",
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
