"""Fingerprints of code logic and of runtime outputs."""

from ato_trace._version import __version__ as __version__
