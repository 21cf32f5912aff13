"""Basics: what all rooms, and the other packages, stand on.

Errors and how they show values (`errors`, `texts`), names imported at first use (`door`), how a
name goes (`deprecation`), cells of IPython (`magics`), texts that many places share (`repeats`).
Calls no other room.
"""
