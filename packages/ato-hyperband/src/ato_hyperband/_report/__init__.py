"""What a search says while it runs, and what it found.

`progress` is for the terminal; `result` for the program, with `importance` and `plot`. May call:
`_schedule`, `_space`, `_trial`.
"""
