"""A structure-aware, access-tracking, freezable config dict."""

from ato_adict._version import __version__ as __version__
