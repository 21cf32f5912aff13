"""The canonical text of arrays: of what is in them, not of what is masked or fills them up."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def array_text(value: Any, canonical: Callable[[Any], str]) -> str | None:
    """Describe an array of numpy or torch, or whatever else has the attributes of one.

    Args:
        value: The value.
        canonical: What describes the objects in it.

    Returns:
        The text, or None where it is no array.
    """
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        value = value.detach().cpu().numpy()
    if not all(hasattr(value, name) for name in ("tobytes", "dtype", "shape", "tolist")):
        return None
    text = f"array {value.dtype} {tuple(value.shape)}"
    mask = _mask(value)
    if mask is None:
        return f"{text} {_content(value, canonical)}"
    # What is below the mask is no part of the value, nor is what stands for it in bytes.
    return f"{text} {canonical(value.tolist())} mask {mask}"


def _mask(value: Any) -> str | None:
    """Return what is masked in a masked array; None where nothing is."""
    if not hasattr(value, "mask") or not hasattr(value, "filled"):
        return None
    # An array of one record has a mask of records; of it too there are bytes.
    data: bytes = value.mask.tobytes()
    return data.hex() if any(data) else None


def _content(value: Any, canonical: Callable[[Any], str]) -> str:
    """Return what is in an array, as bytes where all of them mean something."""
    if not _has_gaps(value.dtype):
        return str(value.tobytes().hex())
    if value.dtype.kind in "fc":
        return ",".join(map(str, value.ravel()))
    return canonical(value.tolist())


def _has_gaps(dtype: Any) -> bool:
    """Whether an array of a type has bytes that mean nothing: addresses, or what fills it up.

    A long double of 10 bytes takes 16; records may be aligned.
    """
    if dtype.hasobject or dtype.char in "gG":
        return True
    if dtype.subdtype:
        return _has_gaps(dtype.subdtype[0])
    fields = [dtype.fields[name][0] for name in dtype.names or ()]
    if not fields:
        return False
    return sum(field.itemsize for field in fields) != dtype.itemsize or any(map(_has_gaps, fields))
