"""`fingerprint(obj)`: a hash of the logic of a function, class or module, and what it remembers."""

from __future__ import annotations

import hashlib

from ato_trace._canonical.canonical import VERSION
from ato_trace._code.describe import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Fingerprint(str):
    """A fingerprint: the hex digest itself, which remembers what it was made of.

    Attributes:
        canonical: The canonical form whose SHA-256 the digest is.
        source: The source text behind it, or None where none could be read.
        location: ``path:line`` of the source, or the name of the object.
        kind: ``'source'``, or ``'code-object'`` where the byte code had to stand in for a source
            that cannot be read; such a fingerprint is comparable only on one version of Python.
        versions: Versions of the libraries the code uses; only with ``follow=True``.
        skipped: Pairs ``(name, reason)`` of what ``follow=True`` met and did not follow.
        form: The number of the canonical form: 1 at first, 2 since decorators
            count. Fingerprints of different forms cannot be compared.
    """

    __module__ = "ato_trace"

    canonical: str
    source: str | None
    location: str
    kind: str
    versions: dict[str, str]
    skipped: tuple[tuple[str, str], ...]
    form: int

    def __new__(
        cls,
        digest: str,
        canonical: str = "",
        source: str | None = None,
        location: str = "",
        kind: str = "source",
        versions: dict[str, str] | None = None,
        skipped: tuple[tuple[str, str], ...] = (),
    ) -> Fingerprint:
        self = super().__new__(cls, digest)
        self.canonical = canonical
        self.source = source
        self.location = location
        self.kind = kind
        self.versions = versions or {}
        self.skipped = tuple(skipped)
        self.form = form_of(canonical)
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (
            str(self),
            self.canonical,
            self.source,
            self.location,
            self.kind,
            self.versions,
            self.skipped,
        )


def fingerprint(obj: Any, follow: bool = False) -> Fingerprint:
    """Hash the logic of a function, method, class, module, property or partial.

    What does not count: comments, layout, docstrings, annotations, its own name, the names of
    parameters and local variables, and decorators of ato. Everything else does, other decorators
    and their arguments among it.
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
        from ato_trace._code.following.follow import follow_from  # most programs do not follow

        part, versions, skipped = follow_from(obj)
    else:
        part, versions, skipped = describe(obj), {}, ()
    return Fingerprint(
        _digest(part.canonical),
        part.canonical,
        part.source,
        part.location,
        part.kind,
        versions,
        skipped,
    )


def form_of(canonical: str) -> int:
    """The number of a canonical form: its first word, after the heading that `follow` adds."""
    if canonical.startswith("== "):
        canonical = canonical.partition("\n")[2]
    word = canonical.partition(" ")[0].partition("\n")[0]
    return int(word) if word.isdigit() else int(VERSION)


def _digest(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
