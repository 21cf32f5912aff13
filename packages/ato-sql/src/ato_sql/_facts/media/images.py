"""From whatever shows an image to the bytes of a file."""

from __future__ import annotations

import io
import math
import os
from typing import Any

from ato_sql._errors import MetricError
from ato_sql._facts.media.png import encode_png
from ato_sql._facts.media.types import type_of

_TAKEN = (
    "an image is bytes, an open file or the path of a PNG, JPEG, GIF or WebP, an array of HxW, "
    "HxWx3 or HxWx4 (floats from 0 to 1, or uint8), a PIL image or a figure of matplotlib"
)
# Modes of Pillow that PNG does not have, and those that show the same.
_INSTEAD = {
    **dict.fromkeys(("CMYK", "YCbCr", "HSV", "LAB", "RGBX"), "RGB"),
    "PA": "RGBA",
    "RGBa": "RGBA",
    "La": "LA",
}
_SLACK = 0.01  # how far floats may leave 0 to 1, as rounding makes them


def image_bytes(key: str, image: Any) -> bytes:
    """Return the file of an image that is no path.

    Raises:
        MetricError: it is none.
    """
    if isinstance(image, (bytes, bytearray, memoryview)):
        return checked_image(key, bytes(image))
    if hasattr(image, "get_figure") and not hasattr(image, "savefig"):
        image = image.get_figure()  # of axes, as plotting libraries return them
    if hasattr(image, "savefig"):
        return _saved(lambda file: image.savefig(file, format="png", bbox_inches="tight"))
    if hasattr(image, "save") and hasattr(image, "getbands"):
        return _of_pillow(key, image)
    if hasattr(image, "detach") and hasattr(image, "cpu"):
        image = image.detach().cpu().numpy()
    if hasattr(image, "__array__") and not hasattr(image, "astype"):
        image = image.__array__()
    if hasattr(image, "filled"):
        image = image.filled(0)  # what is masked is black, as NaN is
    if hasattr(type(image), "A1"):
        image = image.A  # a matrix of NumPy, which has two dimensions whatever is done to it
    if not all(hasattr(image, name) for name in ("astype", "shape", "reshape")):
        raise MetricError(f"image {key!r}: {_TAKEN}; not {type(image).__name__}")
    return encode_png(_pixels(key, image))


def checked_image(key: str, data: bytes) -> bytes:
    """Return the content of a file of an image.

    Raises:
        MetricError: it is of no kind that a browser shows and that runs no script.
    """
    if not (type_of(data) or "").startswith("image/"):
        hint = "; an SVG may run scripts, log it with log_artifact" if b"<svg" in data[:512] else ""
        raise MetricError(f"image {key!r}: {_TAKEN}{hint}")
    return data


def is_path(value: Any) -> bool:
    """Tell whether a value names a file."""
    return isinstance(value, (str, os.PathLike))


def _of_pillow(key: str, image: Any) -> bytes:
    mode = getattr(image, "mode", "")
    if mode in ("I", "F") and hasattr(image, "__array_interface__"):
        import numpy

        return encode_png(_pixels(key, numpy.asarray(image)))
    try:
        if mode in _INSTEAD:
            image = image.convert(_INSTEAD[mode])
        return _saved(lambda file: image.save(file, format="PNG"))
    # Of another mode, without pixels (a SystemError of Pillow before 10), closed.
    except (OSError, ValueError, SystemError) as error:
        raise MetricError(f"image {key!r}: {error}") from None


def _saved(save: Any) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def _pixels(key: str, array: Any) -> Any:
    """Return an array as unsigned bytes: rows, columns, channels."""
    shape = tuple(array.shape)
    if len(shape) == 2:
        array = array.reshape((*shape, 1))
    if len(array.shape) != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in shape:
        hint = ""
        if len(shape) == 3 and shape[0] in (1, 3, 4):
            hint = "; its channels come first: use .transpose(1, 2, 0), of a tensor .permute"
        raise MetricError(f"image {key!r}: {_TAKEN}; not an array of shape {shape}{hint}")
    if array.dtype.kind == "f":
        return _from_floats(key, array)
    if array.dtype.kind == "b":
        return array.astype("uint8") * 255
    if array.dtype.kind not in "ui" or array.min() < 0 or array.max() > 255:
        raise MetricError(f"image {key!r}: numbers from 0 to 255 are needed, or floats from 0 to 1")
    return array.astype("uint8")


def _from_floats(key: str, array: Any) -> Any:
    if array.dtype.itemsize < 4:
        array = array.astype("float32")
    array = array.copy()
    array[array != array] = 0.0  # NaN is black
    low, high = float(array.min()), float(array.max())
    if math.isinf(low) or math.isinf(high):
        raise MetricError(f"image {key!r}: floats must be from 0 to 1, and ±inf is no colour")
    if low < -_SLACK or high > 1 + _SLACK:
        raise MetricError(
            f"image {key!r}: floats must be from 0 to 1, these are from {low:g} to {high:g}; "
            "divide them, or give uint8"
        )
    return (array.clip(0.0, 1.0) * 255 + 0.5).astype("uint8")
