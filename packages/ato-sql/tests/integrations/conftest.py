import pytest

from ato_sql import SQLFinder, SQLLogger


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
