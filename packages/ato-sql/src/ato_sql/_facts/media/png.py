"""Write an array of bytes as a PNG file, with nothing but zlib."""

from __future__ import annotations

import struct
import zlib
from typing import Any

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = {1: 0, 2: 4, 3: 2, 4: 6}  # by channels: grey, grey + alpha, RGB, RGBA
_UP = b"\x02"  # each row as its difference from the one above, which compresses well
_LEVEL = 3


def encode_png(pixels: Any) -> bytes:
    """Return the PNG of an array of unsigned bytes: rows, columns, channels."""
    height, width, channels = pixels.shape
    differences = pixels.copy()
    differences[1:] -= pixels[:-1]  # unsigned bytes wrap around, as PNG has it
    raw, stride = differences.tobytes(), width * channels
    rows = b"".join(_UP + raw[place : place + stride] for place in range(0, len(raw), stride))
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOURS[channels], 0, 0, 0)
    return b"".join(
        [
            SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(rows, _LEVEL)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)
