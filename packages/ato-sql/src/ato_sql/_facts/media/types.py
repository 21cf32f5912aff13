"""What a file of an image, a sound or a film is, told by its first bytes."""

from __future__ import annotations

_LOOK = 64
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/wav": "wav",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/x-msvideo": "avi",
}


def type_of(data: bytes, kind: str | None = None) -> str | None:
    """Return the type of content, such as `image/png`; None for what is none of these.

    Args:
        data: the content, or its first 64 bytes.
        kind: `audio` or `video`, where the container may hold either.
    """
    head = bytes(data[:_LOOK])
    found = next((name for start, name in _STARTS if head.startswith(start)), None)
    if head.startswith(b"RIFF"):
        found = _RIFF.get(head[8:12])
    elif head[4:8] == b"ftyp":
        found = _iso(head[8:12])
    if kind == "video" and found == "audio/ogg":
        return "video/ogg"
    if kind == "audio" and found in ("video/mp4", "video/webm"):
        return "audio/" + found[6:]
    return found


def _iso(brand: bytes) -> str:
    if brand == b"M4A ":
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


def ending_of(type_name: str) -> str:
    """Return what the name of a file of a type ends in."""
    return _ENDINGS.get(type_name, type_name.rpartition("/")[2])
