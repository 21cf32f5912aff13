"""One study, several programs: on an SQLite file, PostgreSQL and MariaDB."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
import uuid

import pytest

from ato_hyperband import HyperBand, SettingsError

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}
SERVERS = {"postgresql": "ATO_TEST_POSTGRES_URL", "mysql": "ATO_TEST_MYSQL_URL"}


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.databases),
        pytest.param("mysql", marks=pytest.mark.databases),
    ]
)
def storage(request, tmp_path):
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/study.db"
        return
    variable = SERVERS[request.param]
    if variable not in os.environ:
        pytest.skip(f"{variable} names no server")
    sqlalchemy = pytest.importorskip("sqlalchemy")
    server = sqlalchemy.make_url(os.environ[variable])
    driver = {"postgresql": "psycopg2", "mysql": "pymysql"}[server.get_backend_name()]
    pytest.importorskip(driver)
    name = "ato_" + uuid.uuid4().hex[:12]
    engine = sqlalchemy.create_engine(
        server.set(drivername=f"{server.get_backend_name()}+{driver}"),
        isolation_level="AUTOCOMMIT",
        poolclass=sqlalchemy.pool.NullPool,
    )
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        force = " WITH (FORCE)" if driver == "psycopg2" else ""
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name}{force}"))


PROGRAM = """
import json, os, sys, time
from ato_hyperband import HyperBand

given = json.loads(sys.argv[1])
if given["tracks"]:
    from ato_sql import SQLLogger

    sql = {"db_path": given["tracks"]}
    tracker = SQLLogger({"experiment": {"project_name": "p", "sql": sql}})
    given["options"]["tracker"] = tracker
    if given.get("dies"):  # as it ends the run of the search
        start = tracker.start

        def dying(**options):
            run = start(**options)
            if options["parent"] is None:
                run.finish = lambda *status: os.kill(os.getpid(), 9)
            return run

        tracker.start = dying
hyperband = HyperBand(
    None,
    {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}},
    resource="epochs", max_resource=27, seed=5, study_name="s", **given["options"],
)

def record(config):
    with open(given["calls"], "a") as file:
        file.write(f"{config.trial.number} {config.trial.rung} {os.getpid()}\\n")
    time.sleep(given["seconds"])

def train(config):
    record(config)
    return (config.lr * 7919) % 1 * config.epochs

def train_on(config):
    record(config)
    for epoch in range(1, 28):
        yield (config.lr * 7919) % 1 * epoch

if __name__ == "__main__":
    result = hyperband.run(globals()[given["objective"]], [])
    print(json.dumps({
        "best": result.best.number, "metric": result.metric, "total": result.total_resource,
        "recomputed": result.recomputed_resource,
        "trials": [[t.number, t.params, [[e.rung, e.outcome.metric] for e in t.evaluations]]
                   for t in result.trials],
    }))
"""


class Programs:
    """Programs that run one search."""

    def __init__(self, folder, storage, objective="train", seconds=0.01, tracks=None, **options):
        self.program = folder / "search.py"
        self.program.write_text(PROGRAM)
        self.calls = folder / "calls"
        self.calls.touch()
        self.given = json.dumps(
            {
                "options": {"storage": storage, "max_total_resource": 400, **options},
                "calls": str(self.calls),
                "objective": objective,
                "seconds": seconds,
                "tracks": tracks,
            }
        )
        self.folder = folder

    def start(self, **more):
        given = json.dumps({**json.loads(self.given), **more})
        return subprocess.Popen(
            [sys.executable, str(self.program), given],
            cwd=str(self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )

    def results(self, processes):
        answers = []
        for process in processes:
            output, errors = process.communicate(timeout=240)
            assert process.returncode == 0, errors
            answers.append(json.loads(output))
        return answers

    def evaluations(self):
        """Which trial was trained to which rung, and in which process, in order."""
        return [tuple(map(int, line.split())) for line in self.calls.read_text().splitlines()]


def alone(**options):
    options = {"max_total_resource": 400, **options}
    search = HyperBand(None, LR, resource="epochs", max_resource=27, seed=5, **options)
    result = search.run(lambda config: (config.lr * 7919) % 1 * config.epochs, [])
    return [
        [t.number, t.params, [[e.rung, e.outcome.metric] for e in t.evaluations]]
        for t in result.trials
    ]


@pytest.mark.timeout(600)
class TestSeveralPrograms:
    def test_share_the_work_and_find_what_one_alone_finds(self, storage, tmp_path):
        programs = Programs(tmp_path, storage)
        answers = programs.results([programs.start() for _ in range(3)])
        assert all(answer == answers[0] for answer in answers)
        assert answers[0]["trials"] == alone()
        made = programs.evaluations()
        assert len({pid for _, _, pid in made}) == 3
        jobs = [(trial, rung) for trial, rung, _ in made]
        assert len(jobs) == len(set(jobs))

    def test_each_with_processes_of_its_own(self, storage, tmp_path):
        programs = Programs(tmp_path, storage, n_jobs=2)
        answers = programs.results([programs.start() for _ in range(2)])
        assert [answer["trials"] for answer in answers] == [alone()] * 2
        assert len(programs.evaluations()) == len(set(programs.evaluations()))

    def test_go_on_with_the_trials_that_they_have_trained(self, storage, tmp_path):
        programs = Programs(tmp_path, storage, "train_on", sampler="random")
        first, second = programs.results([programs.start() for _ in range(2)])
        assert first == second
        trainers = {}
        for trial, _, pid in programs.evaluations():
            trainers.setdefault(trial, []).append(pid)
        # A generator is begun once by most trials: where it was left, it went on.
        begun_twice = sum(len(pids) > 1 for pids in trainers.values())
        assert begun_twice < len(trainers) / 4

    def test_asynchronous_ones_keep_to_the_budget(self, storage, tmp_path):
        programs = Programs(tmp_path, storage, scheduler="async")
        first, second = programs.results([programs.start() for _ in range(2)])
        assert first == second
        assert 0 < first["total"] <= 400

    def test_one_that_is_killed_gives_its_trial_back(self, storage, tmp_path):
        programs = Programs(tmp_path, storage, seconds=0.05)
        doomed, other = programs.start(), programs.start()
        while len({pid for _, _, pid in programs.evaluations()}) < 2:
            time.sleep(0.01)
        doomed.kill()
        doomed.communicate()
        (answer,) = programs.results([other])
        assert answer["trials"] == alone()

    def test_one_that_hangs_is_not_waited_for_and_adds_nothing_when_it_wakes(
        self, storage, tmp_path
    ):
        slow = Programs(tmp_path, storage, seconds=3, worker_timeout=1)
        hanging = slow.start()
        while not slow.evaluations():
            time.sleep(0.01)
        hanging.send_signal(signal.SIGSTOP)
        programs = Programs(tmp_path, storage, worker_timeout=1)
        (answer,) = programs.results([programs.start()])
        assert answer["trials"] == alone()
        hanging.send_signal(signal.SIGCONT)
        assert programs.results([hanging]) == [answer]

    @pytest.mark.slow
    def test_killed_at_any_moment_no_trial_is_lost_or_doubled(self, storage, tmp_path):
        programs = Programs(tmp_path, storage, seconds=0.02)
        chance = random.Random(0)
        running = [programs.start() for _ in range(3)]
        for _ in range(20):
            time.sleep(chance.uniform(0.0, 0.4))
            doomed = running.pop(0)
            doomed.send_signal(signal.SIGKILL)
            doomed.communicate()
            running.append(programs.start())
        answers = programs.results(running)
        assert all(answer["trials"] == alone() for answer in answers)


@pytest.mark.timeout(600)
class TestTheTracker:
    """One of the programs speaks to it for all."""

    def runs(self, database):
        from ato_sql import SQLFinder

        finder = SQLFinder({"experiment": {"sql": {"db_path": database}}})
        found = {"search": [], "trial": []}
        for run in finder.search():
            kind, keys = run.tags[0], finder.get_metric_keys(run.id)
            points = finder.get_metrics(run.id, "metric") if "metric" in keys else []
            # A program that is killed as it begins a run leaves one without a metric.
            if kind == "search" or points or run.status != "lost":
                found[kind].append((run.status, [point.value for point in points]))
        finder.close()
        return found

    def test_each_trial_is_one_run(self, storage, tmp_path):
        pytest.importorskip("ato_sql")
        database = str(tmp_path / "runs.db")
        programs = Programs(tmp_path, storage, tracks=database)
        (answer, _) = programs.results([programs.start() for _ in range(2)])
        runs = self.runs(database)
        assert [status for status, _ in runs["search"]] == ["completed"]
        assert sorted(points for _, points in runs["trial"]) == metrics(answer)
        assert {status for status, _ in runs["trial"]} == {"completed"}

    def test_another_program_goes_on_when_that_one_is_killed(self, storage, tmp_path):
        pytest.importorskip("ato_sql")
        database = str(tmp_path / "runs.db")
        programs = Programs(tmp_path, storage, seconds=0.05, tracks=database)
        first = programs.start()
        while len(programs.evaluations()) < 5:
            time.sleep(0.01)
        second = programs.start()
        while len({pid for _, _, pid in programs.evaluations()}) < 2:
            time.sleep(0.01)
        first.kill()
        first.communicate()
        (answer,) = programs.results([second])
        runs = self.runs(database)
        assert [status for status, _ in runs["search"]] == ["completed"]
        # What the first one logged, and was killed before it said so, the second logs again.
        assert sorted(list(dict.fromkeys(p)) for _, p in runs["trial"]) == metrics(answer)

    def test_another_program_ends_the_runs_when_that_one_is_killed_as_it_does(
        self, storage, tmp_path
    ):
        pytest.importorskip("ato_sql")
        database = str(tmp_path / "runs.db")
        options = {"tracks": database, "worker_timeout": 3, "max_total_resource": 100}
        programs = Programs(tmp_path, storage, seconds=0.05, **options)
        first = programs.start(dies=True)
        while not programs.evaluations():
            time.sleep(0.01)
        second = programs.start()
        (answer,) = programs.results([second])
        first.communicate()
        assert first.returncode == -signal.SIGKILL
        runs = self.runs(database)
        assert [status for status, _ in runs["search"]] == ["completed"]
        assert len(runs["trial"]) == len(answer["trials"])


def metrics(answer):
    return sorted([metric for _, metric in trial[2]] for trial in answer["trials"])


@pytest.mark.timeout(600)
class TestOneProgram:
    def search(self, storage, **options):
        options = {"max_trials": 12, "seed": 0, "study_name": "s", **options}
        return HyperBand(None, LR, storage=storage, resource="epochs", max_resource=9, **options)

    def test_goes_on_where_it_was_killed(self, storage):
        class Killed(BaseException):
            pass

        def train(config):
            if len(calls) == 7:
                raise Killed
            calls.append(config.trial.number)
            return config.lr

        calls = []
        with pytest.raises(Killed):
            self.search(storage).run(train, [])
        whole = self.search(None).run(lambda config: config.lr, [])
        calls.append("further")
        result = self.search(storage).run(train, [])
        assert [t.params for t in result.trials] == [t.params for t in whole.trials]
        assert result.metric == whole.metric

    def test_asks_and_tells(self, storage):
        search = self.search(storage)
        while not search.finished:
            trial = search.ask()
            if trial is not None:
                search.tell(trial, trial.params["lr"])
        whole = self.search(None).run(lambda config: config.lr, [])
        assert search.result().metric == whole.metric

    def test_takes_over_what_an_earlier_cell_of_a_notebook_has_left(self, storage):
        forgotten = self.search(storage)
        left = forgotten.ask()
        search = self.search(storage)
        taken = search.ask()
        assert (taken.number, taken.params) == (left.number, left.params)
        search.tell(taken, 1.0)
        forgotten.tell(left, 2.0)  # the first counts
        assert search.result().metric == forgotten.result().metric == 1.0

    def test_studies_of_one_database_do_not_meet(self, storage):
        one = self.search(storage, study_name="one").run(lambda config: config.lr, [])
        two = self.search(storage, study_name="two").run(lambda config: -config.lr, [])
        assert one.metric > 0 > two.metric


class TestServersThatCannotBeUsed:
    def test_one_that_does_not_answer_is_one_line(self):
        pytest.importorskip("psycopg2")
        pytest.importorskip("sqlalchemy")
        search = HyperBand(
            None, LR, storage="postgresql://me:secret@127.0.0.1:1/x", resource="e", max_resource=3
        )
        with pytest.raises(SettingsError, match="cannot be used") as caught:
            search.run(lambda config: config.lr, [])
        assert "secret" not in str(caught.value)

    def test_a_driver_that_is_missing_is_named(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "sqlalchemy", None)
        with pytest.raises(SettingsError, match=r"pip install 'ato-hyperband\[mysql\]'"):
            HyperBand(None, LR, storage="mysql://root@h/x", resource="e", max_resource=3)

    @pytest.mark.parametrize(
        "url",
        ["mysql://me:secret@h:port/x", "postgresql://me:sec/ret@h:port/x", "mysql+no://me@h/x"],
    )
    def test_an_address_that_is_none_is_one_line(self, url):
        for module in ("sqlalchemy", "psycopg2", "pymysql"):
            pytest.importorskip(module)

        def search():
            options = {"resource": "e", "max_resource": 3}
            HyperBand(None, LR, storage=url, **options).run(lambda config: config.lr, [])

        with pytest.raises(SettingsError) as caught:
            search()
        assert "sec" not in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1

    def test_no_password_of_an_unknown_kind_is_shown(self):
        with pytest.raises(SettingsError, match=r"mongodb://me:\*\*\*@h/x' is not supported"):
            HyperBand(None, LR, storage="mongodb://me:sec@ret@h/x", resource="e", max_resource=3)

    def test_sqlalchemy_is_loaded_when_the_search_runs(self):
        for module in ("sqlalchemy", "psycopg2"):
            pytest.importorskip(module)
        program = """
            import sys
            from ato_hyperband import HyperBand
            lr = {"lr": {"param_type": "FLOAT", "param_range": (0, 1)}}
            HyperBand(None, lr, storage="postgresql://h/x", resource="e", max_resource=3)
            print("sqlalchemy" in sys.modules)
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, check=True
        )
        assert done.stdout.split() == [b"False"]
