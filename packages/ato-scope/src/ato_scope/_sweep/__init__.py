"""`--sweep`: the runs that a command line asks for, each in a process of its own.

May call `_command`, for tokens, and `_entry`, for what a run reports. Entered by `_base`, when the
command line has the option.
"""
