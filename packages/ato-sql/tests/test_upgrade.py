"""A database that ato 2.2.1 wrote opens, is upgraded after a backup, and loses nothing."""

import glob
import os
import shutil
import sqlite3
import uuid

import pytest
from sqlalchemy import create_engine, text

import programs
from ato_sql import Base, SQLFinder, SQLLogger
from ato_sql._engine import parse_url
from ato_sql._schema import HEAD

WRITTEN_BY_221 = os.path.join(os.path.dirname(__file__), "data", "ato-2.2.1.sqlite")
TABLES = ("projects", "experiments", "metrics", "artifacts", "fingerprints")


@pytest.fixture
def path(tmp_path):
    shutil.copy(WRITTEN_BY_221, tmp_path / "old.sqlite")
    return str(tmp_path / "old.sqlite")


def config_of(path, project="image_classification"):
    return {"experiment": {"project_name": project, "sql": {"db_path": path}}, "lr": 0.1}


def rows_of(path, table, columns=None):
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
    return [{k: row[k] for k in columns or row.keys()} for row in rows]


def test_every_row_and_column_survives(path):
    before = {table: rows_of(path, table) for table in TABLES}
    SQLFinder(config_of(path)).find_run(1)
    for table, rows in before.items():
        after = rows_of(path, table, columns=rows[0].keys())
        for old, new in zip(rows, after):
            for rewritten in ("structural_hash", "config"):
                old.pop(rewritten, None), new.pop(rewritten, None)
            if old.get("value") in (float("inf"), float("-inf")):
                assert new.pop("value") is None
                old.pop("value")
        assert after == rows


def test_a_backup_is_made_first_and_is_what_there_was(path):
    SQLFinder(config_of(path)).find_run(1)
    (backup,) = glob.glob(path + ".backup-0001-*")
    for table in TABLES:
        assert rows_of(backup, table) == rows_of(WRITTEN_BY_221, table)


def test_old_runs_answer_all_questions(path):
    finder = SQLFinder(config_of(path))
    runs = finder.get_runs_in_project("image_classification")
    assert [run.id for run in runs] == [1, 2, 3, 4]
    assert [run.status for run in runs] == ["completed", "completed", "failed", "running"]
    best = finder.find_best_run("image_classification", "val_accuracy")
    values = [p.value for p in finder.get_metrics(best.id, "val_accuracy")]
    assert max(values) == finder.get_summaries([best.id])[best.id]["val_accuracy"].max
    assert [run.id for run in finder.find_similar_runs(1)] == [2]
    assert [run.id for run in finder.find_similar_runs_by_trace(1, "train_step")] == [3, 5]
    assert [run.id for run in finder.search({"config.model.name": "resnet101"})] == [2]
    assert finder.get_metrics(3, "odd")[0].value == float("inf")
    assert not finder.find_best_run("image_classification", "odd")
    assert finder.get_config(4).ratio == float("-inf")


def test_new_runs_go_into_an_old_database(path):
    with SQLLogger(config_of(path)).start() as run:
        run.log_metric("val_accuracy", 2.0, 0)
    assert run.id == 6
    assert SQLFinder(config_of(path)).find_best_run("image_classification", "val_accuracy").id == 6


def test_two_copies_upgraded_apart_still_merge_into_one(path, tmp_path):
    shutil.copy(WRITTEN_BY_221, tmp_path / "copy.sqlite")
    done = SQLFinder(config_of(path)).merge(tmp_path / "copy.sqlite")
    assert (done.added, len(done.known)) == ([], 5)


def test_the_upgraded_schema_is_the_one_of_a_new_database(path, tmp_path):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    SQLFinder(config_of(path)).find_run(1)
    engine = create_engine(parse_url(path))
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": False}), Base.metadata
        )
    assert differences == []


def test_the_head_of_the_migrations_is_the_one_the_package_expects():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from ato_sql import _migrate

    config = Config()
    config.set_main_option("script_location", _migrate._FOLDER)
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_many_programs_upgrade_at_once(path):
    text = """
        from ato_sql import SQLFinder
        with SQLLogger(config()).start() as run:
            run.log_metric("loss", 0.5, 0)
        """
    started = [programs.start(text, db_path=path, on_error="raise") for _ in range(3)]
    ended = [process.communicate() for process in started]
    assert [errors.decode() for _, errors in ended] == [""] * 3
    assert len(glob.glob(path + ".backup-*")) == 1
    assert len(rows_of(path, "experiments")) == 8


def test_a_failed_upgrade_leaves_the_database_as_it_was(path, monkeypatch):
    monkeypatch.setattr("ato_sql._params.leaf_text", lambda leaf: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        SQLFinder(config_of(path)).find_run(1)
    for table in TABLES:
        assert rows_of(path, table) == rows_of(WRITTEN_BY_221, table)


@pytest.mark.databases
def test_an_old_database_on_postgresql_is_upgraded_too():
    base = os.environ.get("ATO_TEST_POSTGRES_URL")
    if not base:
        pytest.skip("ATO_TEST_POSTGRES_URL is not set")
    name = f"ato_{uuid.uuid4().hex[:12]}"
    admin = create_engine(parse_url(base), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = parse_url(base).set(database=name).render_as_string(hide_password=False)
    try:
        copy_to_postgres(url)
        finder = SQLFinder(config_of(url))
        test_answers = [run.id for run in finder.find_similar_runs(1)]
        assert test_answers == [2]
        assert finder.get_metrics(3, "odd")[0].value == float("inf")
        assert finder.upgrade() == "tables ato_backup_0001_*"
        with SQLLogger(config_of(url)).start() as run:
            run.log_metric("loss", 0.5, 2**40)
        assert run.id == 6
        finder.close()
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def copy_to_postgres(url):
    """Make what ato 2.2.1 makes on PostgreSQL, and fill it."""
    kinds = {"DATETIME": "TIMESTAMP", "FLOAT": "DOUBLE PRECISION"}
    engine = create_engine(parse_url(url))
    with sqlite3.connect(WRITTEN_BY_221) as old, engine.begin() as new:
        for table in TABLES:
            (ddl,) = old.execute(
                "SELECT sql FROM sqlite_master WHERE name = ?", (table,)
            ).fetchone()
            ddl = ddl.replace("id INTEGER NOT NULL, \n\t", "id SERIAL NOT NULL, \n\t", 1)
            for sqlite_kind, kind in kinds.items():
                ddl = ddl.replace(sqlite_kind, kind)
            new.execute(text(ddl))
            for (index,) in old.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = 'index'", (table,)
            ):
                new.execute(text(index))
            for row in rows_of(WRITTEN_BY_221, table):
                if table == "experiments":
                    row["config"] = row["config"].replace("-Infinity", "0")
                names = ", ".join(f'"{column}"' for column in row)
                marks = ", ".join(f":{column}" for column in row)
                new.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)
            new.execute(text(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))"))
    engine.dispose()
