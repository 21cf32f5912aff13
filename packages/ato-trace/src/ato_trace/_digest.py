"""The fingerprint itself: a digest that remembers what it was made of."""

from __future__ import annotations

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
    """

    canonical: str
    source: str | None
    location: str
    kind: str
    versions: dict[str, str]

    def __new__(
        cls,
        digest: str,
        canonical: str = "",
        source: str | None = None,
        location: str = "",
        kind: str = "source",
        versions: dict[str, str] | None = None,
    ) -> Fingerprint:
        self = super().__new__(cls, digest)
        self.canonical = canonical
        self.source = source
        self.location = location
        self.kind = kind
        self.versions = versions or {}
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (
            str(self),
            self.canonical,
            self.source,
            self.location,
            self.kind,
            self.versions,
        )


def digest(text: str) -> str:
    """SHA-256 of a text, in hex."""
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
