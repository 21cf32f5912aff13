"""The built-in words: `manual`, `views`, `print`, `explain`, and the completion of a shell.

May call `_command`, `_views`, `_history` and, for its options, `_sweep`; sees a scope as a
`_state.Member`. Entered by `_base`, when a word is asked for.
"""
