"""The `ato` command: one module per command, loaded when it is used."""

from ato._cli._main import main

__all__ = ["main"]
