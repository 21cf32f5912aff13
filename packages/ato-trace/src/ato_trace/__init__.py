"""Fingerprints of code logic and of runtime outputs."""

from ato_trace._changes import Change, Explanation, explain_change
from ato_trace._digest import Fingerprint
from ato_trace._environment import environment
from ato_trace._errors import ExplainError, FingerprintError, HashError
from ato_trace._fingerprint import fingerprint
from ato_trace._outputs import hash_output
from ato_trace._recorded import OutputHash, verify_recorded
from ato_trace._scope import MultiScope, Scope
from ato_trace._verify import Verification, verify
from ato_trace._version import __version__

__all__ = [
    "Scope",
    "MultiScope",
    "fingerprint",
    "hash_output",
    "verify",
    "verify_recorded",
    "explain_change",
    "environment",
    "Fingerprint",
    "OutputHash",
    "Verification",
    "Explanation",
    "Change",
    "FingerprintError",
    "HashError",
    "ExplainError",
    "__version__",
]
