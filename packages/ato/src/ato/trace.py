"""Fingerprints of code and of outputs, from ato-trace."""

from ato_trace import (
    Fingerprint,
    environment,
    explain_change,
    fingerprint,
    hash_output,
    verify,
)

__all__ = [
    "Fingerprint",
    "environment",
    "explain_change",
    "fingerprint",
    "hash_output",
    "verify",
]
