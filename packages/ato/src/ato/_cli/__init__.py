"""The `ato` command: one module per command, loaded when it is used.

May call: every distribution, and `ato._ui` for `ato ui`.
"""

from ato._cli.main import main

__all__ = ["main"]
