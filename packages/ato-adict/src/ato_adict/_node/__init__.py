"""Nodes: one level of a config, a dict with attributes that knows which of its keys were read.

`node` is the dict protocol; `state` what a node keeps and may do, `modes` changes that for a whole
tree; `convert` turns mappings into nodes and back; `missing` and `pending` answer for keys that are
not there; `locked` holds the lists and sets of a frozen tree. May call `_names`. All of it is
needed by the first config, so there is no door: import the modules.
"""
