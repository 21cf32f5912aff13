"""The user's function: its arguments, its evaluation, its time limit, its way to other processes.

`tasks` makes its arguments, `objective` evaluates it, within `timeout`; `remote` sends it. May
call: `_space`, `_trial`.
"""
