"""Values of `key=expression` tokens: evaluated without Python's eval, within bounds.

May call `_history`, for copies. A literal needs `expressions` only; the interpreter is loaded for
the first value that is more than one.
"""
