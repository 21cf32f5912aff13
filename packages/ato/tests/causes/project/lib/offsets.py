"""Offsets of values."""

OFFSET = 0.0
if OFFSET == 0.0:
    OFFSET = 0.125


def offset(value):
    return OFFSET if value > 0 else -OFFSET
