"""Fixtures: a config on a fresh SQLite file, and loggers that leave no run open."""

import os
import sys
import uuid

import pytest
from sqlalchemy import create_engine, make_url, text

from ato_adict import ADict
from ato_sql import SQLFinder, SQLLogger
from ato_sql.cli import main

sys.path.insert(0, os.path.dirname(__file__))  # for `programs`, `servers`, …

import servers

# What these tests read on stderr is about something else; test_announcing.py takes it back.
os.environ["ATO_QUIET"] = "1"


class TidyLogger(SQLLogger):
    """A logger that remembers its runs, so that no thread of one test writes into the next."""

    def __init__(self, config):
        super().__init__(config)
        self.opened = []

    def start(self, *arguments, **options):
        run = super().start(*arguments, **options)
        self.opened.append(run)
        return run

    def tidy(self):
        for run in self.opened:
            run.finish()
        self.close()


@pytest.fixture
def open_logger():
    """Make a logger whose open runs end with the test."""
    loggers = []

    def make(config):
        loggers.append(TidyLogger(config))
        return loggers[-1]

    yield make
    for logger in loggers:
        logger.tidy()


@pytest.fixture
def open_finder():
    """Make a finder of a database, given as a path or URL, that is closed with the test."""
    finders = []

    def make(database, **settings):
        sql = {"db_path": str(database), **settings}
        finders.append(SQLFinder({"experiment": {"sql": sql}}))
        return finders[-1]

    yield make
    for finder in finders:
        finder.close()


@pytest.fixture
def path(tmp_path):
    """Where the database of `config` is."""
    return str(tmp_path / "runs.sqlite")


@pytest.fixture
def config(path):
    return ADict(
        experiment=ADict(project_name="digits", sql=ADict(db_path=f"sqlite:///{path}")),
        lr=0.1,
        model=ADict(name="mlp", layers=[64, 32]),
    )


@pytest.fixture
def logger(config, open_logger):
    return open_logger(config)


@pytest.fixture
def finder(config):
    finder = SQLFinder(config)
    yield finder
    finder.close()


@pytest.fixture
def log(logger):
    """Log pairs of step and value into a run of their own; return its id."""

    def log(series, key="loss"):
        with logger.start() as run:
            for step, value in series:
                run.log_metric(key, value, step)
        return run.id

    return log


@pytest.fixture
def keep(logger, finder):
    """Start a run with a config; return the run that the database has."""

    def keep(config):
        with logger.start(config=config) as run:
            pass
        return finder.get_run(run.id)

    return keep


@pytest.fixture
def trials(config, logger):
    """Ids of three runs: learning rates 0.1, 0.01, 0.001, accuracies 0.5, 0.9, 0.7."""
    ids = []
    for lr, accuracy in ((0.1, 0.5), (0.01, 0.9), (0.001, 0.7)):
        trial = config.clone()
        trial.lr = lr
        trial.name = f"trial-{lr}"
        with logger.start(tags=["sweep", f"lr{lr}"], config=trial) as run:
            run.log_metric("acc", accuracy, 0)
            run.log_metric("acc", 0.6, 1)
        ids.append(run.id)
    return ids


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in an empty folder, as a user of the `ato` command does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATO_DB", raising=False)
    return tmp_path


@pytest.fixture
def command(here, capsys):
    """Run a command line; return what it prints."""

    def command(*arguments, code=0):
        assert main(list(arguments)) == code
        return capsys.readouterr().out

    return command


@pytest.fixture
def two_runs(here, config, open_logger):
    """Ids of two runs in `experiments.db`: lr 0.1 and 0.01, last accuracy 0.52 and 0.92."""
    config.experiment.sql.db_path = "sqlite:///experiments.db"
    logger, ids = open_logger(config), []
    for lr, accuracy in ((0.1, 0.5), (0.01, 0.9)):
        trial = config.clone()
        trial.lr = lr
        with logger.start(tags=["sweep"], config=trial, fingerprints={"f": str(lr)}) as run:
            for step in range(3):
                run.log_metric("acc", accuracy + step / 100, step)
            run.log_note("ok")
        ids.append(run.id)
    logger.close()
    return ids


VARIABLES = {"postgresql": "ATO_TEST_POSTGRES_URL", "mysql": "ATO_TEST_MYSQL_URL"}


@pytest.fixture(params=sorted(VARIABLES))
def url(request, tmp_path, monkeypatch):
    """A database of the test's own on a shared server."""
    base = os.environ.get(VARIABLES[request.param])
    if not base:
        pytest.skip(f"{VARIABLES[request.param]} is not set")
    name = f"ato_{uuid.uuid4().hex[:12]}"
    admin = create_engine(servers.with_driver(base), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    monkeypatch.chdir(tmp_path)
    yield make_url(base).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        end = " WITH (FORCE)" if request.param == "postgresql" else ""
        connection.execute(text(f"DROP DATABASE {name}{end}"))
    admin.dispose()


@pytest.fixture
def noted(logger, finder):
    """Note a text and return what is kept of it."""

    def noted(text):
        with logger.start() as run:
            run.log_note(text)
        return finder.get_run(run.id).notes[0].text

    return noted
