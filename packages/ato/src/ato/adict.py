"""The config dict, from ato-adict."""

from ato_adict import ADict, FrozenError

__all__ = ["ADict", "FrozenError"]
