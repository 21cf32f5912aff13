"""Fingerprints of code logic and of runtime outputs."""

from ato_trace._errors import ExplainError, FingerprintError, HashError
from ato_trace._fingerprint import Fingerprint, fingerprint
from ato_trace._outputs import hash_output
from ato_trace._scope import MultiScope, Scope
from ato_trace._version import __version__

__all__ = [
    "Scope",
    "MultiScope",
    "fingerprint",
    "hash_output",
    "Fingerprint",
    "FingerprintError",
    "HashError",
    "ExplainError",
    "__version__",
]
