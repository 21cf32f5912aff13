"""Describe an experiment as composable config views, and know why a run changed."""

from ato._version import __version__ as __version__
