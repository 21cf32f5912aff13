import os
import sys

import pytest

from ato_sql import SQLFinder, SQLLogger

sys.path.insert(0, os.path.dirname(__file__))  # for `standing_in`


@pytest.fixture
def config(tmp_path):
    database = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    return {"lr": 0.1, "experiment": {"project_name": "framework", "sql": {"db_path": database}}}


@pytest.fixture
def logger(config):
    return SQLLogger(config)


@pytest.fixture
def finder(config):
    return SQLFinder(config)
