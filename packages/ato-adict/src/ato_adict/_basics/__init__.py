"""Basics: what all rooms, and the other packages, stand on.

Errors and how they show values (`errors`, `texts`), names imported at first use (`door`), how a
name goes (`deprecation`), cells of IPython (`magics`). Calls no other room.
"""
