"""Hyperband with successive halving: serial, parallel, distributed, resumable."""

from ato_hyperband._version import __version__ as __version__
