"""Texts: secrets in prose, output, tracebacks, notes and command lines.

`text` is the way in and knows the order. What stands in blocks, records, commands, URLs or bare is
found by the module of that name; in `tables` by rows with signs (`separated`) or blanks (`columns`)
between `cells`; `owners` tells what a name is nested in. May call the names and shapes of the room
above.
"""
