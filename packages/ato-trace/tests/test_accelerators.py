"""What is recorded of torch and of thread pools where they are loaded, on stand-ins for them."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys, types
from ato_adict import record_of
from ato_trace import Scope

space = types.SimpleNamespace
torch = types.ModuleType("torch")
torch.get_num_threads = lambda: 3
torch.initial_seed = lambda: 7
torch.are_deterministic_algorithms_enabled = lambda: True
torch.version = space(cuda="12.4")
torch.backends = space(cudnn=space(version=lambda: 90100))
torch.cuda = space(
    is_available=lambda: True, device_count=lambda: 2, get_device_name=lambda n: f"H{{n}}"
)
pools = types.ModuleType("threadpoolctl")
pools.threadpool_info = lambda: [
    dict(prefix="libopenblas", num_threads=4), dict(internal_api="mkl", num_threads=2)
]
{change}
sys.modules.update(torch=torch, threadpoolctl=pools)
scope = Scope()

@scope
def main(config):
    found = record_of(config).environment()
    return {{part: found.get(part) for part in ("threads", "seeds", "accelerator")}}

print(json.dumps(main()))
"""


@pytest.fixture
def recorded(tmp_path):
    def recorded(change=""):
        (tmp_path / "train.py").write_text(PROGRAM.format(change=change))
        command = [sys.executable, "train.py"]
        done = subprocess.run(command, cwd=str(tmp_path), capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout.decode())

    return recorded


def test_how_many_threads_each_library_uses(recorded):
    threads = recorded()["threads"]
    assert threads.pop("cpus") > 0
    assert threads == {"torch": 3, "libopenblas": 4, "mkl": 2}


def test_the_seed_of_torch_and_whether_it_is_deterministic(recorded):
    seeds = recorded()["seeds"]
    assert (seeds["torch"], seeds["torch_deterministic"]) == (7, True)


def test_the_devices_and_the_versions_of_their_libraries(recorded):
    found = recorded()["accelerator"]
    assert found["devices"] == ["H0", "H1"]
    assert (found["cuda"], found["cudnn"]) == ("12.4", 90100)


def test_where_no_device_is_to_be_had_there_is_none(recorded):
    assert recorded("torch.cuda.is_available = lambda: False")["accelerator"] is None


def test_a_driver_that_does_not_answer_stops_no_run(recorded):
    assert recorded("torch.cuda.device_count = lambda: 1 / 0")["accelerator"] is None
