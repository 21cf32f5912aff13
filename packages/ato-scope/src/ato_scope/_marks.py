"""The mark `with Scope.lazy():` that views are split at."""

from ato_scope._errors import LazyError


class LazyBlock:
    """What `Scope.lazy()` returns; a view with such a block is split when it is registered."""

    def __enter__(self) -> None:
        raise LazyError(
            "with Scope.lazy() works directly in a view that scope.observe has registered;"
            " elsewhere make a view with lazy=True"
        )

    def __exit__(self, *error: object) -> None:
        """Nothing was entered."""


def lazy() -> LazyBlock:
    """Run the body of `with Scope.lazy():` in a view after the command line was applied.

    The body runs exactly once, with the local variables it had; the code around it runs exactly
    once, before the command line. Variables that the body sets are its own.
    """
    return LazyBlock()
