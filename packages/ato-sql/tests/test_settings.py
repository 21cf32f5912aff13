"""What `config.experiment` says about where and how to track."""

import os
import pathlib
import subprocess
import sys
import zipapp

import pytest
from sqlalchemy import make_url

from ato_adict import UserError
from ato_sql import DatabaseError, SettingsError, SQLFinder, SQLLogger


class TestSettings:
    @pytest.mark.parametrize("config", [None, {}, {"lr": 0.1}, {"experiment": {"sql": {}}}])
    def test_nothing_has_to_be_named(self, tmp_path, monkeypatch, open_logger, config):
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("ATO_DB", raising=False)
        monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
        monkeypatch.setattr(sys.modules["__main__"], "__file__", "/code/train.py", raising=False)
        with open_logger(config).start() as run:
            run.log_metric("loss", 0.5)
        assert (tmp_path / "experiments.db").exists()
        assert SQLFinder().get_run(run.id).project.name == "train"

    @pytest.mark.parametrize("arguments", [["-c", "PROGRAM"], ["-"], []], ids=["-c", "-", "stdin"])
    def test_a_program_that_is_no_file_is_called_as_its_folder(self, tmp_path, arguments):
        (tmp_path / "digits").mkdir()
        program = "from ato_sql import SQLLogger; print(SQLLogger())"
        words = [program if word == "PROGRAM" else word for word in arguments]
        printed = subprocess.check_output(
            [sys.executable, *words], input=program.encode(), cwd=str(tmp_path / "digits")
        )
        assert printed.decode().startswith("<SQLLogger 'digits' in ")

    @pytest.mark.parametrize("database", ["file:runs.db", "sqlite:///file:runs.db"])
    def test_a_uri_of_sqlite_is_refused_unless_it_says_that_it_is_one(
        self, tmp_path, monkeypatch, database
    ):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("ATO_DB", database)
        for opens in (SQLLogger, SQLFinder):
            with pytest.raises(DatabaseError, match=r"write runs.db, or .*\?uri=true"):
                opens()
        assert os.listdir(str(tmp_path)) == []

    def test_the_environment_names_the_database_for_writers_too(
        self, path, monkeypatch, open_logger
    ):
        monkeypatch.setenv("ATO_DB", path)
        run_id = open_logger({"experiment": {"project_name": "p"}}).run()
        assert os.path.exists(path)
        assert SQLFinder().get_run(run_id).project.name == "p"

    def test_an_unknown_setting_suggests_the_right_one(self, config):
        config.experiment.sql.durabilty = "commit"
        with pytest.raises(SettingsError, match="durabilty; did you mean 'durability'"):
            SQLLogger(config)

    def test_a_misspelt_name_of_the_project_is_no_other_project(self, config):
        misspelt = {"experiment": {"projct_name": "digits"}}
        with pytest.raises(SettingsError, match="projct_name; did you mean 'project_name'"):
            SQLLogger(misspelt)
        config.experiment.project_names = ["mine"]
        assert repr(SQLLogger(config)).startswith("<SQLLogger ")

    def test_an_unknown_value_names_the_allowed(self, config):
        config.experiment.sql.on_error = "explode"
        with pytest.raises(SettingsError, match="'warn' or 'raise', not 'explode'"):
            SQLLogger(config)

    def test_making_a_logger_writes_nothing(self, config, tmp_path):
        SQLLogger(config)
        assert os.listdir(tmp_path) == []

    def test_a_plain_path_is_an_sqlite_file(self, tmp_path):
        path = str(tmp_path / "runs.sqlite")
        SQLLogger({"experiment": {"project_name": "p", "sql": {"db_path": path}}}).run()
        assert os.path.exists(path)

    @pytest.mark.parametrize("kind", [str, pathlib.Path, lambda p: make_url(f"sqlite:///{p}")])
    def test_a_database_is_named_by_text_path_or_url(self, path, kind, open_logger):
        sql = {"db_path": kind(path)}
        open_logger({"experiment": {"project_name": "p", "sql": sql}}).start()
        assert os.path.exists(path)

    def test_folders_on_the_way_are_made(self, tmp_path, open_logger):
        path = str(tmp_path / "a" / "b" / "runs.sqlite")
        open_logger({"experiment": {"project_name": "p", "sql": {"db_path": path}}}).start()
        assert os.path.exists(path)

    @pytest.mark.parametrize("database", [3, "", ["x"]])
    def test_what_names_no_database_is_refused(self, database):
        with pytest.raises(SettingsError, match=r"sql\.db_path must name a database"):
            SQLLogger({"experiment": {"project_name": "p", "sql": {"db_path": database}}})

    @pytest.mark.parametrize("name", ["", 3, "x" * 256, ["p"]])
    def test_a_project_needs_a_name(self, name):
        with pytest.raises(SettingsError, match="project_name must be a string of 1 to 255"):
            SQLLogger({"experiment": {"project_name": name, "sql": {"db_path": "x"}}})

    @pytest.mark.parametrize("config", [3, [], {"experiment": 3}, {"experiment": {"sql": 3}}])
    def test_what_is_no_config_is_refused(self, config):
        with pytest.raises(SettingsError, match=r"^config.* must (be|hold)"):
            SQLLogger(config)

    @pytest.mark.parametrize("seconds", [0, -1, "10", True, None, float("nan")])
    def test_a_heartbeat_is_a_number_of_seconds(self, config, seconds):
        config.experiment.sql.heartbeat = seconds
        with pytest.raises(SettingsError, match="heartbeat must be a number of seconds above 0"):
            SQLLogger(config)

    @pytest.mark.parametrize(
        ("setting", "value", "message"),
        [
            ("durability", "comit", "'second' or 'commit', not 'comit'; did you mean 'commit'"),
            ("on_error", "rise", "'warn' or 'raise', not 'rise'; did you mean 'raise'"),
        ],
    )
    def test_a_slip_of_the_pen_is_recognised(self, config, setting, value, message):
        config.experiment.sql[setting] = value
        with pytest.raises(SettingsError, match=message):
            SQLLogger(config)

    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("nosuch://host/x", "unknown database system 'nosuch'"),
            ("oracle://host/x", "unknown database system 'oracle'; the tracker knows sqlite, post"),
            ("sqllite:///x.db", "and mariadb; did you mean 'sqlite'"),
            ("not a url://", "cannot read .* as a database URL"),
            ("postgresql://host:port/x", "cannot read .* as a database URL"),
        ],
    )
    def test_a_url_of_no_database_is_refused(self, url, message):
        with pytest.raises(DatabaseError, match=message):
            SQLFinder({"experiment": {"sql": {"db_path": url}}}).search()

    def test_mistakes_in_settings_are_the_users(self):
        with pytest.raises(UserError):
            SQLLogger(3)

    @pytest.mark.parametrize("config", ["x://u:pa55@h/x", {"experiment": "x://u:pa55@h/x"}])
    def test_what_is_no_config_is_shown_without_credentials(self, config):
        with pytest.raises(SettingsError) as caught:
            SQLFinder(config)
        assert "pa55" not in str(caught.value)
        assert "db_path" in str(caught.value)

    def test_reading_settings_is_no_access_of_the_config(self, config):
        SQLLogger(config)
        SQLFinder(config)
        assert list(config.accessed_keys) == []

    def test_a_config_may_be_any_mapping(self, path, open_logger, open_finder):
        import types

        sql = types.MappingProxyType({"db_path": path})
        experiment = types.MappingProxyType({"project_name": "p", "sql": sql})
        config = types.MappingProxyType({"experiment": experiment, "lr": 1})
        run_id = open_logger(config).run()
        assert open_finder(path).get_config(run_id).lr == 1

    def test_git_can_be_left_alone(self, config, open_logger, finder):
        config.experiment.sql.git = False
        run = finder.get_run(open_logger(config).run())
        assert (run.git_commit, run.git_dirty) == (None, None)

    @pytest.mark.parametrize("option", ["foo=bar", "connect_timeout=soon", "ssl_ca=/not/there"])
    def test_options_that_a_driver_cannot_use_are_told(self, option):
        pytest.importorskip("pymysql")
        url = f"mysql://root:s3cr3t@127.0.0.1:3306/none?{option}"
        logger = SQLLogger({"experiment": {"sql": {"db_path": url}}})
        for ask in (logger.run, SQLFinder(logger.config).search):
            with pytest.raises(DatabaseError, match=" has options that its driver cannot use: "):
                ask()

    def test_an_option_that_sqlite_has_not_makes_no_database(self, tmp_path):
        logger = SQLLogger(
            {"experiment": {"sql": {"db_path": f"sqlite:///{tmp_path}/a.db?tmeout=5"}}}
        )
        for ask in (logger.run, SQLFinder(logger.config).search):
            with pytest.raises(DatabaseError, match="no option 'tmeout'; did you mean 'timeout'"):
                ask()
        assert list(tmp_path.iterdir()) == []

    def test_a_server_without_a_database_is_told(self):
        pytest.importorskip("pymysql")
        with pytest.raises(DatabaseError, match="names no database; write it behind the host"):
            SQLFinder({"experiment": {"sql": {"db_path": "mysql://root@127.0.0.1"}}}).search()

    def test_a_driver_that_is_not_installed_is_named_with_its_extra(self, monkeypatch):
        import importlib.util

        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(DatabaseError, match=r"pip install 'ato-sql\[mysql\]'"):
            SQLLogger({"experiment": {"project_name": "p", "sql": {"db_path": "mysql://h/x"}}})

    def test_the_old_name_of_postgresql_is_understood(self):
        pytest.importorskip("psycopg2")
        finder = SQLFinder({"experiment": {"sql": {"db_path": "postgres://me:pw@host/x"}}})
        assert repr(finder) == "<SQLFinder of postgresql+psycopg2://me:***@host/x>"


@pytest.mark.parametrize("words", [["work"], ["."], ["work.pyz"], ["-m", "work"]])
def test_a_folder_that_is_a_program_gives_the_project_its_name(words, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "__main__.py").write_text("from ato_sql import SQLLogger; print(SQLLogger())\n")
    zipapp.create_archive(folder, tmp_path / "work.pyz")
    place = folder if words == ["."] else tmp_path
    printed = subprocess.check_output([sys.executable, *words], cwd=str(place))
    assert printed.decode().startswith("<SQLLogger 'work' in ")
