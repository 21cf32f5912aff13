"""Reading: the language that asks for runs, and the answers about runs, metrics and traces.

`reader` opens a database, `question` is the language. It calls `_write`, to write what was put
before it reads, and the rooms below.
"""
