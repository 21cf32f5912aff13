"""Tensors: any device, dtype and layout, with or without gradients."""

import pytest

from ato_trace import HashError, fingerprint, hash_output, verify

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


def test_a_compiled_module_is_the_module():
    module = torch.nn.Sequential(torch.nn.Linear(2, 2))
    compiled = torch.nn.Sequential(torch.compile(module[0]))
    assert hash_output(torch.compile(module)) == hash_output(module) == hash_output(compiled)


def test_nested_tensors():
    def nested(*sizes):
        return torch.nested.nested_tensor([torch.ones(size) for size in sizes])

    assert hash_output(nested(2, 3)) == hash_output(nested(2, 3)) != hash_output(nested(3, 2))


FOLLOWED = """
import torch
from torch import nn

class Block(nn.Module):
    def __init__(self, scale=2):
        super().__init__()
        self.scale = scale
    def forward(self, x): return x * self.scale + 1

torch.manual_seed(0)
net = nn.Sequential(Block(), nn.Dropout(0.1), nn.Linear(2, 2))
@torch.jit.script
def scripted(x):
    return x * 7
act = torch.nn.functional.relu
def f(x): return act(scripted(net(x)))
def train(x):
    net(x).sum().backward()
@torch.no_grad()
def g(x): return x
"""


def followed(write_module, text, name):
    return fingerprint(getattr(write_module(text, "followed_torch"), name), follow=True)


@pytest.mark.parametrize(
    "edit",
    [
        ("self.scale + 1", "self.scale + 2"),
        ("Block()", "Block(3)"),
        ("Dropout(0.1)", "Dropout(0.2)"),
        ("seed(0)", "seed(1)"),
        ("x * 7", "x * 8"),
        ("functional.relu", "functional.gelu"),
    ],
)
def test_modules_and_scripted_functions_are_followed(write_module, edit):
    before = followed(write_module, FOLLOWED, "f")
    assert followed(write_module, FOLLOWED, "f") == before
    assert followed(write_module, FOLLOWED.replace(*edit), "f") != before


def test_parameters_that_the_code_trains_are_a_state(write_module):
    value = followed(write_module, FOLLOWED, "train")
    assert value == followed(write_module, FOLLOWED.replace("seed(0)", "seed(1)"), "train")
    assert dict(value.skipped)["net.state_dict()"].startswith("parameters that the code")


def test_no_grad_counts(write_module):
    plain = FOLLOWED.replace("@torch.no_grad()\n", "")
    assert followed(write_module, FOLLOWED, "g") != followed(write_module, plain, "g")
