"""Fingerprints of code logic and of runtime outputs."""

from __future__ import annotations

from ato_adict import lazy_exports
from ato_trace._errors import ExplainError, FingerprintError, HashError
from ato_trace._scope import MultiScope, Scope
from ato_trace._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_trace._code.fingerprint import Fingerprint, fingerprint
    from ato_trace._environment.environment import environment
    from ato_trace._explain.changes import Change, Explanation, explain_change
    from ato_trace._explain.sources import SourceChange, explain_sources
    from ato_trace._hashing.outputs import hash_output
    from ato_trace._verify.recorded import OutputHash
    from ato_trace._verify.verify import Verification, verify, verify_recorded

__all__ = [
    "Scope",
    "MultiScope",
    "fingerprint",
    "hash_output",
    "verify",
    "verify_recorded",
    "explain_change",
    "explain_sources",
    "environment",
    "Fingerprint",
    "OutputHash",
    "Verification",
    "Explanation",
    "Change",
    "SourceChange",
    "FingerprintError",
    "HashError",
    "ExplainError",
    "__version__",
]

# A program whose functions are not traced yet pays for none of this.
if not TYPE_CHECKING:  # to a type checker the names above are all there is
    __getattr__ = lazy_exports(
        __name__,
        {
            "_code.fingerprint": ("Fingerprint", "fingerprint"),
            "_environment.environment": ("environment",),
            "_explain.changes": ("Change", "Explanation", "explain_change"),
            "_explain.sources": ("SourceChange", "explain_sources"),
            "_hashing.outputs": ("hash_output",),
            "_verify.recorded": ("OutputHash",),
            "_verify.verify": ("Verification", "verify", "verify_recorded"),
        },
    )


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
