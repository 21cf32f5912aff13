"""xyz: the grammar of the format of our own.

`read` and `write` turn text into data and back, `scalars` knows the values that fit on one line.
May call `simplify` and `numbers` beside it and the errors.
"""
