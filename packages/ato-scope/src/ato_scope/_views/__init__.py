"""Views: how a function or a config object becomes one, where they are kept, in what order they go.

May call `_history`, and `_lazy` for a view that has a `with Scope.lazy()` block.
"""
