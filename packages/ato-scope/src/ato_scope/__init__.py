"""Configuration as a sequence of views, with the command line and where each value came from."""

from ato_scope._version import __version__ as __version__
