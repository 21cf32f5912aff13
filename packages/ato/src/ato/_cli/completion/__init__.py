"""`ato completion`: what the shell offers after ato and after programs with a scope.

`command` prints the script of a shell; `answers` is what the script asks `ato` for.
"""
