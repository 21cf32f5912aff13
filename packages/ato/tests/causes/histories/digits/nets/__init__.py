"""Nets by name."""

from nets.linear import Linear

NETS = {"linear": Linear}


def create(name, width):
    return NETS[name](width)
