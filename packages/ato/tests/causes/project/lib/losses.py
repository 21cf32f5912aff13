"""Losses."""

import importlib


def loss(value):
    from lib.scaling import scaled

    offsets = importlib.import_module("lib.offsets")
    return scaled(value) + offsets.offset(value)
