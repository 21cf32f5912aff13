"""Whether the file of an image is whole, as far as its parts tell without being decoded."""

from __future__ import annotations

import struct

from ato_sql._facts.media_types import type_of

_ALONE = {0x01, *range(0xD0, 0xD9)}  # marks of a JPEG that nothing belongs to
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # those that say how large it is
_SCAN, _END = 0xDA, b"\xff\xd9"


def is_whole(data: bytes) -> bool:
    """Tell whether an image has a size and an end; what follows the end does not matter."""
    looks = {
        "image/png": _is_whole_png,
        "image/jpeg": _is_whole_jpeg,
        "image/gif": _is_whole_gif,
        "image/webp": _is_whole_webp,
    }
    try:
        return looks[str(type_of(data))](data)
    except (struct.error, IndexError):  # it ends where something was to stand
        return False


def _is_whole_png(data: bytes) -> bool:
    width, height = struct.unpack_from(">II", data, 16)
    place, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, place)
        if place == 8 and name != b"IHDR":
            return False
        place += length + 12
    return bool(width and height and place <= len(data))


def _is_whole_jpeg(data: bytes) -> bool:
    place, has_size = 2, False
    while True:
        if data[place] != 0xFF:
            return False
        mark = data[place + 1]
        if mark == 0xFF or mark in _ALONE:  # the former fills
            place += 1 if mark == 0xFF else 2
            continue
        if mark in _FRAMES:
            has_size = True
        elif mark == _SCAN:
            return has_size and data.find(_END, place) > 0
        elif mark == _END[1]:
            return False
        (length,) = struct.unpack_from(">H", data, place + 2)
        place += 2 + int(length)


def _is_whole_gif(data: bytes) -> bool:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    place = 13 + _colours(flags)
    while data[place] != 0x3B:
        if data[place] == 0x2C:  # an image: its place, size and colours, then its blocks
            place += 11 + _colours(data[place + 9])
        elif data[place] == 0x21:
            place += 2
        else:
            return False
        while data[place]:
            place += 1 + data[place]
        place += 1
    return bool(width and height)


def _colours(flags: int) -> int:
    """Return how many bytes a table of colours has."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _is_whole_webp(data: bytes) -> bool:
    (length,) = struct.unpack_from("<I", data, 4)
    return 12 < int(length) + 8 <= len(data)
