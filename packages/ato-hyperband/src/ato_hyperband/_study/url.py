"""URLs of databases as they may be shown."""

from __future__ import annotations

import re


def hide_password(url: str) -> str:
    """A URL without its password, also one that cannot be read."""
    return re.sub(r"(://[^:@/]*:).*@", r"\1***@", url)
