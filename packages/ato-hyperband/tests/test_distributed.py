"""Ranks of torch.distributed and workers of dask: several processes, one search."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from ato_hyperband import DistributedHyperBand, HyperBand, SettingsError

SPACES = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
    "width": {"param_type": "INTEGER", "param_range": (8, 256), "space_type": "LOG"},
}


class TestOneRank:
    def test_it_is_a_search_like_any_other_and_needs_no_torch(self):
        search = DistributedHyperBand(
            None, SPACES, rank=0, world_size=1, resource="epochs", max_resource=9, seed=0
        )
        alone = HyperBand(None, SPACES, resource="epochs", max_resource=9, seed=0)
        train = lambda config: config.lr
        assert [t.params for t in search.run(train, []).trials] == [
            t.params for t in alone.run(train, []).trials
        ]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"backend": "mpi"}, "unknown backend 'mpi'"),
            ({"n_jobs": 2}, "n_jobs does not go with DistributedHyperBand"),
            ({"rank": 2, "world_size": 2}, r"rank 2 is outside 0\.\.1"),
        ],
    )
    def test_what_cannot_be_is_said(self, options, message):
        with pytest.raises(SettingsError, match=message):
            DistributedHyperBand(None, SPACES, max_trials=3, sampler="random", **options).run(
                lambda config: config.lr, []
            )


PROGRAM = """
import json, os, sys, time
from ato_hyperband import DistributedHyperBand

options = json.loads(sys.argv[1])
how = options.pop("how", "")
hyperband = DistributedHyperBand(
    None, {spaces!r}, resource="epochs", max_resource=27, seed=3, rank_timeout=4.0, **options
)
rank = int(os.environ["RANK"])

@hyperband.main
def train(config):
    for epoch in range(config.epochs):
        if rank == 1 and config.trial.number > 4:
            if how == "exit": sys.exit("rank 1 had enough")
            if how == "kill": os.kill(os.getpid(), 9)
        time.sleep(0.001 * (1 + config.trial.number % 5))
        yield (config.lr * 7919) % 1 * (1 - 0.9 ** (epoch + 1)) * config.width

if how == "group":
    import torch.distributed as dist
    dist.init_process_group("gloo")
result = train([])
if how == "group":
    assert dist.is_initialized()
    dist.barrier()
    dist.destroy_process_group()
else:
    assert "torch" not in sys.modules or not sys.modules["torch"].distributed.is_initialized()
trials = [
    [t.params["lr"], [[e.rung, e.outcome.metric] for e in t.evaluations]] for t in result.trials
]
with open(f"{sys.argv[0]}.{rank}", "w") as file:
    json.dump([result.metric, result.total_resource, trials], file)
""".replace("{spaces!r}", repr(SPACES))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.distributed
class TestRanks:
    @pytest.fixture(autouse=True)
    def needs_torch(self):
        pytest.importorskip("torch")

    def launch(self, tmp_path, world_size, **options):
        """Start the ranks as a launcher would; their exit codes and error outputs."""
        program = tmp_path / "program.py"
        program.write_text(PROGRAM)
        port = str(free_port())
        processes = [
            subprocess.Popen(
                [sys.executable, str(program), json.dumps(options)],
                env={
                    **os.environ,
                    "RANK": str(rank),
                    "WORLD_SIZE": str(world_size),
                    "MASTER_ADDR": "127.0.0.1",
                    "MASTER_PORT": port,
                    "OMP_NUM_THREADS": "1",
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                universal_newlines=True,
            )
            for rank in range(world_size)
        ]
        outputs = [process.communicate(timeout=120) for process in processes]
        return [(p.returncode, err) for p, (_, err) in zip(processes, outputs)]

    def results(self, tmp_path, ranks):
        for code, err in ranks:
            assert code == 0, err
        return self.read(tmp_path, len(ranks))

    def read(self, tmp_path, world_size):
        files = [tmp_path / f"program.py.{rank}" for rank in range(world_size)]
        return [json.loads(file.read_text()) for file in files]

    @pytest.mark.parametrize("sampler", ["random", "tpe"])
    def test_any_number_of_ranks_finds_the_same_and_each_rank_returns_it(self, tmp_path, sampler):
        options = {"sampler": sampler, "max_total_resource": 150}
        (alone,) = self.results(tmp_path, self.launch(tmp_path, 1, **options))
        for world_size in (2, 4):
            for result in self.results(tmp_path, self.launch(tmp_path, world_size, **options)):
                assert result == alone

    def test_more_ranks_than_trials(self, tmp_path):
        results = self.results(tmp_path, self.launch(tmp_path, 4, max_trials=2))
        assert len(results[0][2]) == 2
        assert all(result == results[0] for result in results)

    def test_an_uneven_number_of_trials(self, tmp_path):
        results = self.results(tmp_path, self.launch(tmp_path, 2, max_trials=5))
        assert len(results[0][2]) == 5
        assert results[0] == results[1]

    def test_asynchronous_halving(self, tmp_path):
        options = {"scheduler": "async", "max_total_resource": 150}
        results = self.results(tmp_path, self.launch(tmp_path, 2, **options))
        assert results[0] == results[1]
        assert results[0][1] <= 150

    def test_a_budget_in_seconds_ends_all_ranks(self, tmp_path):
        results = self.results(tmp_path, self.launch(tmp_path, 2, max_seconds=0.3))
        assert results[0] == results[1]

    def test_a_process_group_is_left_as_it_was_found(self, tmp_path):
        results = self.results(tmp_path, self.launch(tmp_path, 2, how="group", max_trials=9))
        assert results[0] == results[1]

    def test_a_rank_that_raises_fails_all_with_its_traceback(self, tmp_path):
        zero, one = self.launch(tmp_path, 2, how="exit")
        assert one[0] != 0
        assert "rank 1 had enough" in one[1]
        assert zero[0] != 0
        assert "RankFailedError: rank 1 failed" in zero[1]
        assert "rank 1 had enough" in zero[1]
        assert "in train" in zero[1]

    @pytest.mark.slow  # a silent rank is given a minute
    def test_a_rank_that_is_killed_fails_the_others_and_the_search_can_go_on(self, tmp_path):
        options = {"storage": f"sqlite:///{tmp_path}/s.db", "sampler": "random"}
        zero, one = self.launch(tmp_path, 2, how="kill", **options)
        assert one[0] == -signal.SIGKILL
        assert zero[0] != 0
        assert "RankFailedError: rank 1 has been silent" in zero[1]
        resumed = self.results(tmp_path, self.launch(tmp_path, 2, **options))
        whole = self.results(tmp_path, self.launch(tmp_path, 2, sampler="random"))
        assert resumed == whole

    @pytest.mark.parametrize("world_size", [1, 2, 4])
    def test_under_torchrun(self, tmp_path, world_size):
        program = tmp_path / "program.py"
        program.write_text(PROGRAM)
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node", str(world_size), str(program), '{"max_trials": 12}']
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr.decode()
        results = self.read(tmp_path, world_size)
        assert all(result == results[0] for result in results)


@pytest.mark.distributed
class TestDask:
    def story(self, result):
        return [(t.params, [e.outcome.metric for e in t.evaluations]) for t in result.trials]

    @pytest.fixture
    def client(self):
        distributed = pytest.importorskip("distributed")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster, distributed.Client(cluster) as client:
            yield client

    def search(self, **options):
        options = {"resource": "epochs", "max_resource": 27, "seed": 0, **options}
        return HyperBand(None, SPACES, max_total_resource=150, **options)

    def test_a_cluster_of_two_workers_finds_the_same(self, client):
        train = lambda config: (config.lr * 7919) % 1 * config.width * config.epochs
        together = self.search(executor=client.get_executor()).run(train, [])
        assert self.story(together) == self.story(self.search().run(train, []))

    def test_a_worker_killed_in_mid_search_costs_no_trial(self, client, tmp_path):
        def train(config):
            if config.trial.number == 7 and not os.path.exists(str(tmp_path / "died")):
                open(str(tmp_path / "died"), "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
            return config.lr

        result = self.search(executor=client.get_executor()).run(train, [])
        assert (tmp_path / "died").exists()
        assert result.failed == []


@pytest.mark.distributed
class TestOtherExecutors:
    """Engines that give an executor: the trials are those of a search in one process."""

    PROGRAM = """
import {modules}
from ato_hyperband import HyperBand

SPACES = {spaces}


def train(config):
    for epoch in range(1, 10):
        yield config.lr * config.width * (1 - 0.5**epoch)


def search(**options):
    options = {{"resource": "epochs", "max_resource": 9, "seed": 0, **options}}
    result = HyperBand(None, SPACES, max_total_resource=60, **options).run(train, [])
    return [(t.params, [e.outcome.metric for e in t.evaluations]) for t in result.trials]


if __name__ == "__main__":
    {start}
        assert search(executor=executor, n_jobs=2) == search()
"""

    RAY = """ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)

    @ray.remote
    def call(function, *args):
        return function(*args)

    class RayExecutor:
        def submit(self, function, *args):
            return call.remote(function, *args).future()

    """

    # Open MPI refuses root, and more processes than processors, unless told otherwise.
    OPEN_MPI = {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
    }

    def run(self, tmp_path, modules, start, *launcher):
        pytest.importorskip(modules.split(".")[0])
        program = tmp_path / "program.py"
        program.write_text(self.PROGRAM.format(modules=modules, spaces=SPACES, start=start))
        command = [*(launcher or [sys.executable]), str(program)]
        environment = {**os.environ, **self.OPEN_MPI}
        done = subprocess.run(
            command, capture_output=True, timeout=120, check=False, cwd=tmp_path, env=environment
        )
        assert done.returncode == 0, done.stderr.decode()

    def test_loky(self, tmp_path):
        self.run(tmp_path, "loky", "with loky.ProcessPoolExecutor(2) as executor:")

    def test_submitit(self, tmp_path):
        start = "executor = submitit.AutoExecutor('logs', cluster='local')\n    if True:"
        self.run(tmp_path, "submitit", start)

    def test_ray(self, tmp_path):
        start = self.RAY + "executor = RayExecutor()\n    if True:"
        self.run(tmp_path, "ray", start)

    def test_a_worker_of_ray_killed_in_mid_search_costs_no_trial(self, tmp_path):
        pytest.importorskip("ray")
        program = tmp_path / "program.py"
        start = self.RAY + "executor = RayExecutor()\n    if True:"
        whole = self.PROGRAM.format(modules="os, ray", spaces=SPACES, start=start)
        killed = "if config.trial.number == 3 and not os.path.exists({0!r}):\n            "
        killed += "open({0!r}, 'w').close(), os.kill(os.getpid(), 9)\n        yield"
        died = str(tmp_path / "died")
        head, tail = whole.split("yield", 1)
        program.write_text(head + killed.format(died) + tail)
        command = [sys.executable, str(program)]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stderr.decode()
        assert os.path.exists(died)

    def test_mpi(self, tmp_path):
        if shutil.which("mpiexec") is None:
            pytest.skip("needs mpiexec, which is not on PATH")
        launcher = ["mpiexec", "-n", "3", sys.executable, "-m", "mpi4py.futures"]
        start = "with mpi4py.futures.MPIPoolExecutor() as executor:"
        self.run(tmp_path, "mpi4py.futures", start, *launcher)
