"""Texts: secrets in prose, output, tracebacks, notes and command lines.

`text` is the way in and knows the order; what stands in blocks, tables, commands, URLs or
bare is found by the module of that name. May call the names and shapes of the room above.
"""
