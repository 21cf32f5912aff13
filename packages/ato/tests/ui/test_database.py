"""What the page does with a database: reads it, and nothing else."""

import hashlib
import os
import pathlib
import sqlite3
import sys

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")


def path_of(url):
    return url[len("sqlite:///") :]


def refusal(database):
    from ato_sql import DatabaseError
    from ato_sql.reading import ReadOnlyDatabase

    with pytest.raises(DatabaseError) as caught:
        ReadOnlyDatabase(database)
    return str(caught.value)


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


@pytest.fixture
def written(new_database):
    """The path of a database with one run, nothing left in its write-ahead log."""
    with new_database(lr=0.1).start() as run:
        run.log_metric("loss", 1.0, step=0)
    path = path_of(new_database.url)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


class TestReadingOnly:
    def test_a_connection_of_the_page_cannot_write(self, written):
        from sqlalchemy import text
        from sqlalchemy.exc import OperationalError

        from ato_sql.reading import ReadOnlyDatabase

        with ReadOnlyDatabase(written).connect() as connection:
            with pytest.raises(OperationalError, match="readonly"):
                connection.execute(text("DELETE FROM experiments"))

    def test_showing_every_page_leaves_the_file_as_it_was(self, written, serve):
        before = digest(written)
        page = serve(written)
        for path in ("projects", "projects/1/runs", "runs/1", "projects/1/columns"):
            page.get(path)
        assert digest(written) == before

    @pytest.mark.skipif(sys.platform == "win32", reason="permissions work otherwise there")
    def test_a_file_in_a_folder_that_is_not_writable_can_be_shown(self, written, serve):
        for name in os.listdir(os.path.dirname(written)):
            if name.endswith(("-wal", "-shm")):
                os.remove(os.path.join(os.path.dirname(written), name))
        os.chmod(written, 0o444)
        os.chmod(os.path.dirname(written), 0o555)
        try:
            assert serve(written).get("projects")["projects"][0]["runs"] == 1
        finally:
            os.chmod(os.path.dirname(written), 0o755)

    def test_a_name_with_url_characters_is_a_name(self, written, serve, tmp_path):
        odd = tmp_path / "what? 100%#1.db"
        odd.write_bytes(pathlib.Path(written).read_bytes())
        assert serve(str(odd)).get("projects")["projects"][0]["runs"] == 1


class TestWhileServing:
    @pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed there")
    def test_a_database_that_was_removed_and_made_again_is_shown_anew(
        self, written, serve, tmp_path
    ):
        page = serve(written)
        assert page.get("projects")["projects"][0]["runs"] == 1
        kept = tmp_path / "kept.db"
        os.rename(written, str(kept))
        status, message = page.error("projects")
        assert status == 503
        assert "there is no database at" in message
        with sqlite3.connect(str(kept)) as connection:
            connection.execute("UPDATE projects SET name = 'renamed'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        pathlib.Path(written).write_bytes(kept.read_bytes())
        assert page.get("projects")["projects"][0]["name"] == "renamed"

    def test_a_table_that_is_gone_is_one_line_not_a_traceback(self, written, serve, capfd):
        page = serve(written)
        with sqlite3.connect(written) as connection:
            connection.execute("DROP TABLE artifacts")
        connection.close()
        status, message = page.error("runs/1")
        assert (status, message) == (
            503,
            "the database could not be read: no such table: artifacts",
        )
        assert "Traceback" not in capfd.readouterr().err


class TestRefused:
    def test_a_file_that_is_not_there_is_not_made(self, tmp_path):
        message = refusal(f"sqlite:///{tmp_path}/none.db")
        assert "there is no database at" in message
        assert "--db or ATO_DB" in message
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_no_database(self, tmp_path):
        other = tmp_path / "notes.txt"
        other.write_text("not a database" * 100)
        assert "file is not a database" in refusal(str(other))

    def test_a_database_of_something_else(self, tmp_path):
        path = str(tmp_path / "other.db")
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE albums (title TEXT)")
        connection.close()
        assert "its tables are albums" in refusal(path)

    def test_a_newer_schema_says_to_upgrade_ato(self, written):
        with sqlite3.connect(written) as connection:
            connection.execute("UPDATE ato_sql_schema SET version_num = '9999'")
        connection.close()
        assert "newer" in refusal(written)

    def test_an_older_schema_is_not_upgraded_but_says_how(self, tmp_path):
        path = str(tmp_path / "old.db")
        with sqlite3.connect(path) as connection:  # the tables of ato 2.2.1
            connection.executescript(
                "CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT);"
                "CREATE TABLE experiments (id INTEGER PRIMARY KEY, project_id INTEGER, config JSON,"
                " structural_hash TEXT, tags JSON, status TEXT, start_time TEXT, end_time TEXT);"
                "CREATE TABLE metrics (id INTEGER PRIMARY KEY, run_id INTEGER, key TEXT,"
                " value FLOAT, step INTEGER, timestamp TEXT)"
            )
        connection.close()
        before = digest(path)
        assert "ato upgrade" in refusal(path)
        assert digest(path) == before

    def test_a_password_is_in_no_message(self):
        message = refusal("postgresql://user:sesame@127.0.0.1:1/none")
        assert "sesame" not in message


@pytest.mark.databases
@pytest.mark.parametrize("variable", ["ATO_TEST_POSTGRES_URL", "ATO_TEST_MYSQL_URL"])
def test_a_server_is_shown_as_a_file_is(variable, serve, tmp_path):
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError
    from ui_example import make_example, make_search

    from ato_sql.reading import ReadOnlyDatabase

    url = os.environ.get(variable)
    if not url:
        pytest.skip(f"{variable} names no server")
    with own_database(url) as own:
        make_example(own, runs=5)
        make_search(own, max_resource=3)
        page = serve(own)
        projects = {project["name"]: project for project in page.get("projects")["projects"]}
        assert projects["digits"]["runs"] == 6
        for sort in ("duration", "config.lr", "-metric.val/accuracy.max", "status"):
            assert page.get("projects/1/runs", sort=sort)["total"] == 6
        assert page.get("projects/1/runs", filter="lr>1 tag:too-hot")["total"] == 1
        for axis in ("step", "time"):
            series = page.get("metrics", key="val/loss", run=1, points=50, axis=axis)["series"][0]
            assert series["count"] == 60
        assert page.get("runs/6")["metrics"][0]["last"] == "nan"
        assert page.get("compare", run=[1, 2])["config"]
        assert page.get("projects/1/history", trace="train_step")["versions"]
        (search,) = page.get(f"projects/{projects['search']['id']}/searches")["searches"]
        assert page.get(f"searches/{search['id']}")["params"] == ["lr", "model"]
        with ReadOnlyDatabase(own).connect() as connection, pytest.raises(
            DBAPIError, match="(?i)read.only"
        ):
            connection.execute(text("DELETE FROM notes"))


class own_database:
    """A database of its own on the server of `url`, dropped at the end."""

    def __init__(self, url):
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url

        self._url = make_url(url)
        drivers = {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg2"}
        self._url = self._url.set(
            drivername=drivers.get(self._url.drivername, self._url.drivername)
        )
        self._name = f"ato_ui_{os.getpid()}"
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")

    def _run(self, statement):
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def __enter__(self):
        self._run(f"CREATE DATABASE {self._name}")
        return self._url.set(database=self._name).render_as_string(hide_password=False)

    def __exit__(self, *error):
        force = " WITH (FORCE)" if self._url.get_backend_name() == "postgresql" else ""
        self._run(f"DROP DATABASE {self._name}{force}")
        self._engine.dispose()
