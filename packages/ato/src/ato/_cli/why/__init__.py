"""`ato why A B`: what changed between two runs, the most likely cause first.

`report` gathers all that differs as plain JSON-able data, with a module of `differences` for each
kind. `cause` ranks what may explain the
results, `unexplained` says what would have to be recorded, `sentences` puts it into words.
"""

from ato._cli.why.command import add_command, run_id

__all__ = ["add_command", "run_id"]
