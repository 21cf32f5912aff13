"""torch tensors and modules, on whatever device, tracking gradients or not."""

from __future__ import annotations

import sys

from ato_trace._errors import HashError
from ato_trace._hashing.encoders import encode, encode_mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ato_trace._hashing.encoders import Encoder, Sink

_CHUNK_BYTES = 16 << 20  # large enough to be worth a transfer from a device


def torch_encoder(value: Any) -> Encoder | None:
    """The encoder of a torch object, or None."""
    torch = sys.modules["torch"]
    if isinstance(value, torch.Tensor):
        return _encode_tensor
    if isinstance(value, torch.nn.Module):
        return _encode_module
    if isinstance(value, (torch.dtype, torch.device, torch.layout, torch.memory_format)):
        return lambda setting, sink: sink.text(b"torch", str(setting))
    if isinstance(value, torch.Generator):
        return lambda generator, sink: encode(generator.get_state(), sink)
    return None


def _encode_module(module: Any, sink: Sink) -> None:
    module = getattr(module, "_orig_mod", module)  # what torch.compile wraps
    sink.text(b"module", module.__class__.__qualname__)
    state = {key.replace("_orig_mod.", ""): value for key, value in module.state_dict().items()}
    encode_mapping(state, sink)


def _encode_tensor(tensor: Any, sink: Sink) -> None:
    torch = sys.modules["torch"]
    tensor = tensor.detach()
    if tensor.device.type == "meta":
        raise HashError("a tensor on the meta device has no values")
    if tensor.is_quantized:
        raise HashError("a quantized tensor has no canonical form (dequantize() it)")
    if tensor.is_nested:
        parts = tensor.unbind()
        sink.tag(b"nested", len(parts))
        for part in parts:
            _encode_tensor(part, sink)
        return
    sink.text(b"tensor", str(tensor.dtype))
    sink.tag(b"d", tensor.dim())
    for size in tensor.shape:
        sink.tag(b"", size)
    if tensor.layout != torch.strided:
        _encode_sparse(tensor, sink)
        return
    tensor = tensor.resolve_conj().resolve_neg() if tensor.is_complex() else tensor
    for chunk in _chunks(tensor):
        _encode_chunk(chunk, sink)


def _encode_sparse(tensor: Any, sink: Sink) -> None:
    entries = tensor.to_sparse().coalesce()
    _encode_tensor(entries.indices(), sink)
    _encode_tensor(entries.values(), sink)


def _chunks(tensor: Any) -> Iterator[Any]:
    """The elements in order, as flat pieces; only pieces are ever copied."""
    if tensor.numel() == 0:
        return
    limit = max(1, _CHUNK_BYTES // tensor.element_size())
    if tensor.is_contiguous():
        flat = tensor.reshape(-1)
        for start in range(0, flat.numel(), limit):
            yield flat[start : start + limit]
    elif tensor.numel() <= limit:
        yield tensor.contiguous().reshape(-1)
    else:
        for part in tensor:
            yield from _chunks(part)


def _encode_chunk(chunk: Any, sink: Sink) -> None:
    torch = sys.modules["torch"]
    chunk = chunk.cpu()
    if chunk.is_complex():
        chunk = torch.view_as_real(chunk).reshape(-1)
    if chunk.is_floating_point():
        chunk = _settled(chunk, sink)
    sink.update(chunk.contiguous().view(torch.uint8).numpy())


def _settled(chunk: Any, sink: Sink) -> Any:
    torch = sys.modules["torch"]
    if sink.quantiser is not None:
        chunk = torch.from_numpy(sink.quantiser.array(chunk.double().numpy()))
    missing = torch.isnan(chunk if chunk.element_size() > 1 else chunk.float())
    if bool(missing.any()):
        chunk = torch.where(missing, torch.full_like(chunk, float("nan")), chunk)
    return chunk
