"""Notebooks: the program that the cells of a notebook make up.

`cells` gives its text, by `bearing` and `effects`, which tell statements that count from those that
only look, and by `former`, for what was defined anew. May call the rest of `_source`.
"""
