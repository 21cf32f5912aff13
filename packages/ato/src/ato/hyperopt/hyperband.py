"""Hyperband, from ato-hyperband."""

from ato_hyperband import DistributedHyperBand, HyperBand

__all__ = ["DistributedHyperBand", "HyperBand"]
