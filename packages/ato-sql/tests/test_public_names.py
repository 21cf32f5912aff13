"""What the package offers, and what it costs to import it."""

import subprocess
import sys

import pytest

import ato_sql
from ato_adict import UserError


@pytest.mark.parametrize("name", ato_sql.__all__)
def test_every_public_name_is_there_and_explained(name):
    assert getattr(ato_sql, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'ato_sql' has no attribute 'SQLoger'"):
        ato_sql.SQLoger


def test_all_names_can_be_imported_at_once():
    text = "from ato_sql import *; print(SQLLogger.__name__, SQLFinder.__name__, Run.__name__)"
    printed = subprocess.check_output([sys.executable, "-c", text])
    assert printed.split() == [b"SQLLogger", b"SQLFinder", b"Run"]


@pytest.mark.parametrize("name", ["SettingsError", "DatabaseError", "NotFoundError", "MetricError"])
def test_mistakes_of_a_user_can_be_caught_as_such(name):
    assert issubclass(getattr(ato_sql, name), UserError)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NotFoundError", LookupError),
        ("MetricError", TypeError),
        ("MetricError", ValueError),
        ("TrackerWarning", UserWarning),
        ("NotFound", dict),
    ],
)
def test_errors_are_of_the_kinds_that_python_users_catch(name, kind):
    assert issubclass(getattr(ato_sql, name), kind)


def test_the_tables_are_those_of_the_declarative_base():
    from ato_sql.reading import tables

    assert tables is ato_sql.Base.metadata.tables
    for name in ("Project", "Experiment", "Metric", "MetricSummary", "Param", "Artifact", "Note"):
        assert getattr(ato_sql, name).__table__ in tables.values()


def test_importing_the_package_starts_and_imports_nothing_heavy():
    text = """if True:
        import sys, threading, ato_sql
        print("sqlalchemy" in sys.modules, threading.active_count())
        """
    output = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, check=True)
    assert output.stdout.split() == [b"False", b"1"]


# What a program says before its first run.
BEFORE_THE_FIRST_RUN = {
    "a logger is imported": "from ato_sql import SQLFinder, SQLLogger",
    "a logger is made": "from ato_sql import SQLLogger; SQLLogger()",
    "a logger of a file is made": """if True:
        from ato_sql import SQLLogger
        SQLLogger({"experiment": {"sql": {"db_path": "sqlite:///runs/x.db"}}})""",
    "a finder is made": "from ato_sql import SQLFinder; SQLFinder().close()",
    "a logger's class is taken further": """if True:
        from ato_sql import SQLLogger
        class Mine(SQLLogger): pass
        Mine().finish()""",
}


@pytest.mark.parametrize("program", list(BEFORE_THE_FIRST_RUN.values()), ids=BEFORE_THE_FIRST_RUN)
def test_what_takes_time_to_load_is_loaded_with_the_first_run(program, here):
    slow = ["sqlalchemy", "alembic", "ato_sql._values.secrets.texts.text"]
    text = f"{program}\nimport sys; print(set({slow}) & set(sys.modules))"
    output = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, check=True)
    assert output.stdout.split() == [b"set()"]


def test_a_url_of_sqlalchemy_names_a_database(here):
    from sqlalchemy.engine import make_url

    sql = {"db_path": make_url("sqlite:///runs.db")}
    logger = ato_sql.SQLLogger({"experiment": {"sql": sql, "project_name": "digits"}})
    logger.run()
    logger.finish()
    assert ato_sql.SQLFinder({"experiment": {"sql": sql}}).count() == 1


def test_threads_that_start_the_first_runs_at_once_share_a_writer(here):
    from concurrent.futures import ThreadPoolExecutor

    logger = ato_sql.SQLLogger({"experiment": {"project_name": "digits"}})
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: logger.start(), range(8)))
    for run in runs:
        run.finish()
    assert sorted(run.id for run in runs) == list(range(1, 9))
