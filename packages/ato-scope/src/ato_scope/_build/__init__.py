"""From arguments to configs: the views, then the assignments, in a draft that can be completed.

May call `_command`, `_views`, `_values` and `_history`; sees a scope as a `_state.Member`.
"""
