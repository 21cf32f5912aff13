"""A database that ato 2.2.1 wrote opens, is upgraded after a backup, and loses nothing."""

import glob
import os
import shutil
import sqlite3
import uuid

import pytest
from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

import programs
import servers
from ato_adict import AtoError
from ato_sql import Base, DatabaseError, SQLFinder, SQLLogger
from ato_sql.reading import ReadOnlyDatabase, tables

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
    SQLFinder(config_of(path)).upgrade()
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
    SQLFinder(config_of(path)).upgrade()
    (backup,) = glob.glob(path + ".backup-0001-*")
    for table in TABLES:
        assert rows_of(backup, table) == rows_of(WRITTEN_BY_221, table)


@pytest.mark.skipif(os.name == "nt", reason="files there have no mode")
def test_a_backup_is_for_the_eyes_of_those_who_could_read_the_database(path):
    os.chmod(path, 0o600)
    SQLFinder(config_of(path)).upgrade()
    (backup,) = glob.glob(path + ".backup-0001-*")
    assert os.stat(backup).st_mode & 0o777 == 0o600


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

    SQLFinder(config_of(path)).upgrade()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": False}), Base.metadata
        )
    assert differences == []


def revision_of(path):
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT version_num FROM ato_sql_schema").fetchall()


def test_an_upgraded_database_has_the_revision_of_a_new_one(path, tmp_path):
    SQLFinder(config_of(path)).upgrade()
    SQLLogger(config_of(str(tmp_path / "new.sqlite"))).start().finish()
    assert revision_of(path) == revision_of(str(tmp_path / "new.sqlite"))
    assert len(revision_of(path)) == 1


def test_an_upgraded_database_is_not_upgraded_again(path):
    assert SQLFinder(config_of(path)).upgrade().startswith(path + ".backup-0001-")
    assert SQLFinder(config_of(path)).upgrade() is None
    assert len(glob.glob(path + ".backup-*")) == 1


def test_reading_leaves_an_old_database_as_it_is(path):
    before = open(path, "rb").read()
    assert SQLFinder(config_of(path)).get_run(1).project.name == "image_classification"
    with ReadOnlyDatabase(path).connect() as connection:
        count = select(func.count()).select_from(tables["metric_summaries"])
        assert connection.execute(count).scalar() > 0
    assert open(path, "rb").read() == before
    assert glob.glob(path + "*") == [path]


def test_what_is_written_to_an_old_database_meanwhile_is_read(path):
    finder = SQLFinder(config_of(path))
    before = len(finder.get_metrics(1, "val_accuracy"))
    with sqlite3.connect(path) as old:
        old.execute(
            "INSERT INTO metrics (run_id, key, value, step) VALUES (1, 'val_accuracy', 1, 99)"
        )
    assert len(finder.get_metrics(1, "val_accuracy")) == before + 1


def test_an_old_database_is_merged(path, tmp_path):
    target = SQLFinder(config_of(str(tmp_path / "new.sqlite")))
    assert len(target.merge(path).added) == 5
    assert [p.name for p in target.get_projects()] == [
        p.name for p in SQLFinder(config_of(path)).get_projects()
    ]


@pytest.mark.slow
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


def test_a_failed_upgrade_leaves_the_database_as_it_was(path):
    with sqlite3.connect(path) as connection:  # in the way of the new schema's table
        connection.execute("CREATE TABLE params (mine TEXT)")
    for _ in range(2):
        with pytest.raises((SQLAlchemyError, AtoError), match="params"):
            SQLFinder(config_of(path)).upgrade()
        for table in TABLES:
            assert rows_of(path, table) == rows_of(WRITTEN_BY_221, table)


def test_an_upgrade_that_failed_works_once_the_reason_is_gone(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE params (mine TEXT)")
    with pytest.raises((SQLAlchemyError, AtoError)):
        SQLFinder(config_of(path)).upgrade()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE params")
    assert SQLFinder(config_of(path)).get_run(1).project.name == "image_classification"


def test_without_a_backup_nothing_is_upgraded(tmp_path):
    path = str(tmp_path / ("y" * 240))  # the name of the backup would be too long
    shutil.copy(WRITTEN_BY_221, path)
    with pytest.raises(DatabaseError, match="cannot back up .* before upgrading it"):
        SQLFinder(config_of(path)).upgrade()
    for table in TABLES:
        assert rows_of(path, table) == rows_of(WRITTEN_BY_221, table)


@pytest.mark.databases
def test_an_old_database_on_postgresql_is_upgraded_too():
    base = os.environ.get("ATO_TEST_POSTGRES_URL")
    if not base:
        pytest.skip("ATO_TEST_POSTGRES_URL is not set")
    name = f"ato_{uuid.uuid4().hex[:12]}"
    admin = create_engine(servers.with_driver(base), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(base).set(database=name).render_as_string(hide_password=False)
    try:
        copy_to_postgres(url)
        finder = SQLFinder(config_of(url))
        with pytest.raises(DatabaseError, match="older version.*ato upgrade"):
            finder.find_run(1)
        assert finder.upgrade() == "tables ato_backup_0001_*"
        test_answers = [run.id for run in finder.find_similar_runs(1)]
        assert test_answers == [2]
        assert finder.get_metrics(3, "odd")[0].value == float("inf")
        with SQLLogger(config_of(url)).start() as run:
            run.log_metric("loss", 0.5, 2**40)
        assert run.id == 6
        write_as_221_does(url, 4)
        assert summary_of(finder, 4, "late") == (3, 0.5, 0.9, 0.7)
        assert finder.get_metrics(4, "infinite")[0].value == float("inf")
        finder.close()
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def write_as_221_does(url, run_id):
    """Write rows with the columns that 2.2.1 knows."""
    engine = create_engine(servers.with_driver(url) if "://" in url else f"sqlite:///{url}")
    statement = text(
        "INSERT INTO metrics (run_id, key, value, step) VALUES (:run, :key, :v, :step)"
    )
    rows = [("late", 0.5), ("late", 0.9), ("late", 0.7), ("infinite", float("inf"))]
    with engine.begin() as connection:
        for step, (key, value) in enumerate(rows):
            row = {"run": run_id, "key": key, "v": value, "step": step}
            connection.execute(statement, row)
    engine.dispose()


def summary_of(finder, run_id, key):
    found = finder.get_summaries([run_id])[run_id][key]
    return found.count, found.min, found.max, found.last


def test_what_221_goes_on_to_write_is_in_the_summaries(path):
    finder = SQLFinder(config_of(path))
    finder.upgrade()
    write_as_221_does(path, 4)
    write_as_221_does(path, 4)
    assert summary_of(finder, 4, "late") == (6, 0.5, 0.9, 0.7)
    assert summary_of(finder, 4, "infinite")[1:3] == (None, None)
    assert finder.get_metrics(4, "infinite")[0].value == float("inf")
    assert finder.find_best_run("image_classification", "late").id == 4


def test_runs_that_221_goes_on_to_start_are_found_by_their_config(path):
    finder = SQLFinder(config_of(path))
    finder.upgrade()
    with sqlite3.connect(path) as old:
        row = (1, '{"lr": 0.125}', "completed", "2026-01-01 00:00:00.000000")
        columns = "(project_id, config, status, start_time)"
        old.execute(f"INSERT INTO experiments {columns} VALUES (?, ?, ?, ?)", row)
    SQLLogger(config_of(path)).start().finish()
    (run,) = SQLFinder(config_of(path)).search("lr=0.125")
    assert len(run.uuid) == 36


def copy_to_postgres(url):
    """Make what ato 2.2.1 makes on PostgreSQL, and fill it."""
    kinds = {"DATETIME": "TIMESTAMP", "FLOAT": "DOUBLE PRECISION"}
    engine = create_engine(servers.with_driver(url))
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
