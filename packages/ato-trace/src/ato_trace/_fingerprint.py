"""`fingerprint(obj)`: a hash of the logic of a function, class or module."""

from __future__ import annotations

from ato_trace._digest import Fingerprint, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def fingerprint(obj: Any, follow: bool = False) -> Fingerprint:
    """Hash the logic of a function, method, class, module, property or partial.

    What does not count: comments, layout, docstrings, decorators of the object itself,
    annotations, its own name, the names of parameters and local variables. Everything else does.
    Equal on every Python from 3.7 on. Decorated objects are unwrapped through ``__wrapped__``.

    Args:
        obj: What to fingerprint: an object, or the source text of one function or class.
        follow: Also count the functions and classes it uses within your own code, however deep,
            and the values of the simple globals and closure variables they read. The standard
            library and installed packages are not followed; their versions count instead (that
            of Python is recorded but does not count).

    Returns:
        The SHA-256 of the canonical form, as a string that carries the form and the source.

    Raises:
        FingerprintError: The object has no Python code (a C function, a plain value), or the
            text is no definition.
    """
    if follow:
        from ato_trace._follow import follow_from

        return follow_from(obj)
    from ato_trace._describe import describe

    part = describe(obj)
    return Fingerprint(
        digest(part.canonical), part.canonical, part.source, part.location, part.kind
    )
