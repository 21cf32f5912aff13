"""The import paths that programs written for ato 2.x use."""

import importlib
import os
import subprocess
import sys

import pytest

import ato

PATHS = {
    "ato.adict": ["ADict"],
    "ato.scope": ["Scope", "MultiScope"],
    "ato.trace": ["fingerprint", "hash_output", "verify", "explain_change", "environment"],
    "ato.xyz": ["load", "loads", "dump", "dumps"],
    "ato.parser": ["parse_command"],
    "ato.db_routers.sql.manager": ["SQLLogger", "SQLFinder"],
    "ato.db_routers.sql.schema": ["Project", "Experiment", "Metric", "Artifact", "Fingerprint"],
    "ato.hyperopt.hyperband": ["HyperBand", "DistributedHyperBand"],
    "ato.hyperopt.base": ["SearchSpace", "Trial", "Result"],
}


@pytest.mark.parametrize("path", PATHS)
def test_the_path_offers_the_names(path):
    module = importlib.import_module(path)
    assert set(PATHS[path]) <= set(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)


def loaded_by(statement):
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    # Coverage would load modules of its own.
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_PROCESS")}
    return subprocess.check_output([sys.executable, "-c", code], env=env).decode().split()


def test_importing_ato_loads_none_of_its_parts():
    assert not {"ato_adict", "ato_scope", "ato_sql"} & set(loaded_by("import ato"))


@pytest.mark.parametrize("name", sorted({*ato.__all__} - {"__version__", "ui"}))
def test_the_names_that_people_use_are_in_ato_itself(name):
    paths = [path for path, names in PATHS.items() if name in names]
    assert paths
    assert all(getattr(importlib.import_module(path), name) is getattr(ato, name) for path in paths)


def test_a_name_loads_only_what_it_needs():
    loaded = loaded_by("import ato; ato.ADict")
    assert not {"ato_scope", "ato_sql", "numpy"} & set(loaded)


def test_a_name_that_ato_has_not_is_told_with_those_it_has():
    with pytest.raises(AttributeError, match="no attribute 'Scpoe'; it offers ADict, "):
        ato.Scpoe  # noqa: B018


@pytest.mark.parametrize("heavy", ["yaml", "toml", "sqlalchemy", "numpy", "torch", "ast"])
def test_a_program_with_a_scope_does_not_pay_for(heavy):
    assert heavy not in loaded_by("from ato.scope import Scope; from ato.adict import ADict")


TRACKED = """
import sys
from ato.db_routers.sql.manager import SQLFinder, SQLLogger
from ato.scope import Scope

scope = Scope()

@scope
def train(config):
    with SQLLogger(config).start() as run:
        run.log_metric("loss", 0.5)

try:
    train()
finally:
    print(*sys.modules)
"""


@pytest.mark.parametrize("word", ["manual", "--help"])
def test_the_help_of_a_tracked_program_does_not_wait_for_sqlalchemy(shell, tmp_path, word):
    (tmp_path / "train.py").write_text(TRACKED)
    loaded = shell("train.py", word).split()
    assert "ato_sql" in loaded
    assert not {"sqlalchemy", "alembic", "numpy"} & set(loaded)


def test_the_first_run_of_a_tracked_program_loads_it(shell, tmp_path):
    (tmp_path / "train.py").write_text(TRACKED)
    assert "sqlalchemy" in shell("train.py").split()
