"""Fixtures: a config on a fresh SQLite file."""

import os
import sys

import pytest

from ato_adict import ADict
from ato_sql import SQLFinder, SQLLogger, _writer

sys.path.insert(0, os.path.dirname(__file__))  # for `programs`


def end_all_writers():
    """Let no thread of one test write into the next."""
    for writer in list(_writer._WRITERS):
        writer._alive.clear()
        writer.close()


@pytest.fixture(autouse=True)
def _no_writers_left():
    yield
    end_all_writers()


@pytest.fixture
def config(tmp_path):
    return ADict(
        experiment=ADict(
            project_name="digits", sql=ADict(db_path=f"sqlite:///{tmp_path}/runs.sqlite")
        ),
        lr=0.1,
        model=ADict(name="mlp", layers=[64, 32]),
    )


@pytest.fixture
def logger(config):
    logger = SQLLogger(config)
    yield logger
    logger.close()


@pytest.fixture
def finder(config):
    finder = SQLFinder(config)
    yield finder
    finder.close()
