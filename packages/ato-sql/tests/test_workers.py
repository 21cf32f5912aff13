"""Which of its program's processes made a run: `ato verify` looks for the same one in a rerun."""

import os
import subprocess
import sys

import pytest

from ato_sql import SQLFinder
from ato_sql.comparing import is_named_worker, matters, rerun_environment
from ato_sql.reading import circumstances

PROGRAM = """
import multiprocessing, os, sys
from ato_sql import SQLLogger

def track(number):
    config = {{"experiment": {{"project_name": "p", "sql": {{"db_path": {path!r}, "git": False}}}}}}
    with SQLLogger(config).start() as run:
        run.log_metric("number", number, 0)

if __name__ == "__main__":
    start = multiprocessing.get_context(sys.argv[1])
{body}
"""
STARTS = ["fork", "spawn"] if hasattr(os, "fork") else ["spawn"]


def alone(worker):
    return f"""
    one = {worker}
    one.start()
    one.join()
"""


@pytest.fixture
def made(tmp_path):
    """Run a program that starts workers; return by what they logged which one each run is of."""
    path = str(tmp_path / "runs.db")

    def made(body, start, environment=None):
        (tmp_path / "train.py").write_text(PROGRAM.format(path=path, body=body))
        done = subprocess.run(
            [sys.executable, "train.py", start],
            cwd=str(tmp_path),
            env={**os.environ, **(environment or {})},
            stderr=subprocess.PIPE,
        )
        assert done.returncode == 0, done.stderr.decode()
        finder = SQLFinder({"experiment": {"sql": {"db_path": path}}})
        runs = finder.get_runs_in_project("p")
        made.parents = {run.parent_uuid for run in runs}
        with finder.connection() as connection:
            known = {run.id: circumstances(connection, run).get("worker") for run in runs}
        numbers = {run.id: int(finder.get_latest_metrics(run.id)[0].value) for run in runs}
        return {numbers[one]: worker for one, worker in known.items()}

    return made


@pytest.mark.parametrize("start", STARTS)
class TestName:
    def test_the_program_itself_is_no_worker(self, made, start):
        assert made("    track(1)", start) == {1: None}

    def test_of_a_process_it_is_the_one_that_multiprocessing_gives(self, made, start):
        body = "    track(0)" + alone("start.Process(target=track, args=(1,))")
        found = made(body + alone("start.Process(target=track, args=(2,))"), start)
        kind = {"fork": "Fork", "spawn": "Spawn"}[start]
        assert found == {0: None, 1: f"{kind}Process-1", 2: f"{kind}Process-2"}
        assert all(is_named_worker(name) for name in found.values() if name)

    def test_of_one_that_has_a_name_it_is_that(self, made, start):
        body = alone("start.Process(target=track, args=(1,), name='rank 0')")
        assert made(body, start) == {1: "rank 0"}

    def test_of_a_pool_each_is_the_same(self, made, start):
        body = """
    with start.Pool(2) as pool:
        pool.map(track, range(4), chunksize=1)
"""
        found = made(body, start)
        assert sorted(found) == [0, 1, 2, 3]
        assert len(set(found.values())) == 1
        assert not is_named_worker(found[0])

    def test_of_an_executor_as_well(self, made, start):
        body = """
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(1, start) as pool:
        list(pool.map(track, [1]))
"""
        assert [is_named_worker(name) for name in made(body, start).values()] == [False]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_what_a_fork_made_has_no_name(made):
    body = """
    track(0)
    if not os.fork():
        track(1)
        os._exit(0)
    os.wait()
"""
    found = made(body, "fork")
    assert found[0] is None
    assert found[1] is not None
    assert not is_named_worker(found[1])


def test_a_rerun_for_a_worker_gives_no_run_of_the_program_the_uuid(made):
    original = "0" * 8 + "-0000-4000-8000-" + "0" * 12
    body = "    track(0)" + alone("start.Process(target=track, args=(1,))")
    made(body, "spawn", rerun_environment(None, original))
    assert made.parents == {original}


def test_that_two_workers_made_two_runs_is_no_cause(made, tmp_path):
    body = alone("start.Process(target=track, args=(1,))")
    made(body + alone("start.Process(target=track, args=(2,))"), "spawn")
    finder = SQLFinder({"experiment": {"sql": {"db_path": str(tmp_path / "runs.db")}}})
    with finder.stored() as stored:
        assert not matters("worker", stored.run(1), stored.run(2))
