"""Tensors: any device, dtype and layout, with or without gradients."""

import pytest

from ato_trace import HashError, hash_output, verify

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.distributed


def equal(one, other, **how):
    return hash_output(one, **how) == hash_output(other, **how)


@pytest.fixture
def tensor():
    return torch.rand(30, 40, generator=torch.Generator().manual_seed(0))


def test_gradients_and_layout_do_not_matter(tensor):
    assert equal(tensor, tensor.clone().requires_grad_())
    assert equal(tensor, torch.nn.Parameter(tensor))
    assert equal(tensor.T, tensor.T.contiguous())
    assert equal(tensor[:, ::2], tensor[:, ::2].contiguous())
    assert equal((tensor.clone().requires_grad_() * 1), tensor)


def test_values_shape_and_dtype_do(tensor):
    others = [tensor, tensor + 1, tensor.T, tensor.double(), tensor.half(), tensor.bfloat16()]
    assert len({hash_output(other) for other in others}) == len(others)


@pytest.mark.parametrize(
    "dtype",
    ["bool", "uint8", "int64", "float16", "bfloat16", "float64", "complex64", "complex128"],
)
def test_every_dtype(tensor, dtype):
    value = (tensor * 10).to(getattr(torch, dtype))
    assert equal(value, value.clone())
    assert not equal(value, value[:-1])


def test_every_nan_is_the_same():
    for dtype in (torch.float32, torch.bfloat16, torch.complex64):
        assert equal(
            torch.tensor([1.0, float("nan")]).to(dtype),
            torch.tensor([1.0, -float("nan")]).to(dtype),
        )


def test_conjugate_and_sparse_views(tensor):
    value = torch.complex(tensor, tensor)
    assert equal(value.conj(), value.conj().resolve_conj())
    assert equal(value.conj().imag, value.conj().resolve_conj().imag.clone())
    assert equal(tensor.to_sparse(), tensor.to_sparse().coalesce())


def test_modules_by_their_state():
    def layer(seed):
        torch.manual_seed(seed)
        return torch.nn.Linear(3, 2)

    assert equal({"model": layer(0)}, {"model": layer(0)})
    assert not equal(layer(0), layer(1))


def test_rounding(tensor):
    assert equal(tensor, tensor + 1e-9, decimals=3)
    assert equal(tensor.bfloat16(), tensor.bfloat16().clone(), rtol=1e-2)


def test_meta_tensors_have_no_values():
    with pytest.raises(HashError, match=r"value\['x'\]: a tensor on the meta device"):
        hash_output({"x": torch.zeros(3, device="meta")})


def test_verify(tensor):
    assert verify(tensor, tensor.clone().requires_grad_()).status == "same"
    assert (
        verify({"w": tensor}, {"w": tensor + 1e-7}, rtol=0, atol=1e-5).status == "within tolerance"
    )
    changed = tensor.clone()
    changed[2, 3] += 1
    result = verify({"w": tensor}, {"w": changed})
    assert (result.status, result.path) == ("changed", "value['w'][2, 3]")
