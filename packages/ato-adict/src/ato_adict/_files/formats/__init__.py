"""Formats: one module for each, which turns text into data and back.

`simplify` makes sure that a format can hold a config before anything is written, with `scalars` for
numbers of numpy and torch and `numbers` for long integers.
"""
