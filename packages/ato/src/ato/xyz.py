"""The readable, loss-free text format `.xyz`, from ato-adict."""

from ato_adict.xyz import dump, dumps, load, loads

__all__ = ["dump", "dumps", "load", "loads"]
