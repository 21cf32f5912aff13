"""Journals: the files that what is logged goes to first, and whose they are.

`records` are their bytes, a `segment` is one file, `folders` where they lie. It calls `batch`.
"""
