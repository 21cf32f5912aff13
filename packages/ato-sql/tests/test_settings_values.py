"""What each setting takes, what it means, and what is said of a value that it does not take."""

import os
import pathlib
import sys

import pytest

from ato_adict import ADict
from ato_sql import DatabaseError, SettingsError, SQLFinder, SQLLogger


@pytest.fixture
def made(config, open_logger):
    """Make a logger with these settings."""

    def made(**settings):
        config.experiment.sql.update(settings)
        return open_logger(config)

    return made


class TestNumbers:
    @pytest.mark.parametrize("setting", ["heartbeat", "patience"])
    @pytest.mark.parametrize("value", [0, -1, True, "10", None])
    def test_seconds_are_a_number_above_0(self, made, setting, value):
        with pytest.raises(SettingsError, match=f"{setting} must be a number of seconds above 0"):
            made(**{setting: value})

    @pytest.mark.parametrize("value", [0, -5, False, "1MB", None])
    def test_a_limit_is_a_number_of_bytes_above_0(self, made, value):
        with pytest.raises(SettingsError, match="media_limit must be a number of bytes above 0"):
            made(media_limit=value)

    def test_nobody_waits_longer_than_python_can(self, made):
        with pytest.raises(SettingsError, match="patience must be a number of seconds above 0"):
            made(patience=float("inf"))

    def test_no_number_of_bytes_is_infinite(self, made):
        with pytest.raises(SettingsError, match="media_limit must be a number of bytes above 0"):
            made(media_limit=float("inf"))

    def test_a_heartbeat_is_kept_with_the_run(self, made, finder):
        run_id = made(heartbeat=2.5).run()
        assert finder.get_run(run_id).heartbeat_every == 2.5

    def test_whole_seconds_will_do(self, made, finder):
        assert finder.get_run(made(heartbeat=3).run()).heartbeat_every == 3.0


class TestFolders:
    def test_copies_go_where_artifact_dir_says(self, made, finder, tmp_path):
        (tmp_path / "model.bin").write_bytes(b"weights")
        with made(artifact_dir=tmp_path / "copies").start() as run:
            run.log_artifact(tmp_path / "model.bin", "model", copy=True)
        (found,) = finder.artifacts(run.id)
        assert pathlib.Path(found.stored).parts[-3:-2] == ("copies",)
        assert found.read() == b"weights"

    def test_the_home_folder_is_understood(self, made, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        (tmp_path / "model.bin").write_bytes(b"weights")
        with made(artifact_dir="~/copies").start() as run:
            run.log_artifact(tmp_path / "model.bin", "model", copy=True)
        assert (tmp_path / "copies").is_dir()

    def test_a_variable_in_the_path_of_a_database_is_understood(
        self, config, open_logger, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("LAB", str(tmp_path / "lab"))
        config.experiment.sql.db_path = "$LAB/runs.db"
        open_logger(config).start().finish()
        assert (tmp_path / "lab" / "runs.db").is_file()

    @pytest.mark.parametrize("setting", ["journal_dir", "artifact_dir"])
    @pytest.mark.parametrize("folder", [5, ["copies"], b"copies"])
    def test_a_folder_is_named_by_its_path(self, made, setting, folder):
        with pytest.raises(SettingsError, match=f"{setting} must be the path of a folder, not "):
            made(**{setting: folder})


class TestSwitches:
    @pytest.mark.parametrize("keys", ["studio", 5, None])
    def test_secret_keys_are_several(self, made, keys):
        with pytest.raises(SettingsError, match="secret_keys must be a list of names; write "):
            made(secret_keys=keys)

    @pytest.mark.parametrize("value", ["no", "false", None, 2, 0.0, []])
    @pytest.mark.parametrize("setting", ["redact", "git", "source", "inputs", "quiet"])
    def test_each_is_true_or_false(self, made, setting, value):
        with pytest.raises(SettingsError, match=f"sql.{setting} must be True or False, not "):
            made(**{setting: value})

    def test_redact_off_keeps_secrets(self, made, finder):
        logger = made(redact=False)
        with logger.start(config={"password": "hunter22"}) as run:
            run.log_note("token=hf_abcdefghijklmnopqrstuvwx")
        row = finder.get_run(run.id)
        assert row.config == {"password": "hunter22"}
        assert "hf_abcdefghijklmnopqrstuvwx" in row.notes[0].text

    def test_secret_keys_may_be_any_sequence(self, made, finder):
        logger = made(secret_keys=("studio",))
        with logger.start(config={"studio": "x", "other": "y"}) as run:
            pass
        assert finder.get_run(run.id).config == {"studio": "[redacted]", "other": "y"}

    def test_git_off_asks_git_for_nothing(self, made, finder):
        assert finder.get_run(made(git=False).run()).git_commit is None

    @pytest.mark.parametrize("durability", ["second", "commit"])
    def test_both_durabilities_keep_what_was_logged(self, made, finder, durability):
        with made(durability=durability).start() as run:
            run.log_metric("loss", 0.5)
            run.log_metrics({"acc": 0.9, "n": 2**70})
        assert finder.get_metric_keys(run.id) == ["acc", "loss", "n"]


class TestTheProject:
    def test_it_is_the_name_of_the_program_where_nobody_names_it(self, monkeypatch):
        main = sys.modules["__main__"]
        monkeypatch.setattr(main, "__spec__", None)
        monkeypatch.setattr(main, "__file__", "/lab/train_digits.py", raising=False)
        assert repr(SQLLogger()).startswith("<SQLLogger 'train_digits' in")

    def test_of_a_module_it_is_the_package(self, monkeypatch):
        class Spec:
            name, origin = "lab.digits.__main__", None

        monkeypatch.setattr(sys.modules["__main__"], "__spec__", Spec)
        assert repr(SQLLogger()).startswith("<SQLLogger 'lab.digits' in")

    def test_at_a_prompt_it_is_the_folder(self, monkeypatch, tmp_path):
        main = sys.modules["__main__"]
        monkeypatch.setattr(main, "__spec__", None)
        monkeypatch.delattr(main, "__file__", raising=False)
        (tmp_path / "my-lab").mkdir()
        monkeypatch.chdir(tmp_path / "my-lab")
        assert repr(SQLLogger()).startswith("<SQLLogger 'my-lab' in")

    @pytest.mark.parametrize("name", ["", 3, "x" * 256, ["a"]])
    def test_a_name_is_a_text_of_1_to_255_characters(self, config, name):
        config.experiment.project_name = name
        with pytest.raises(SettingsError, match="project_name must be a string of 1 to 255"):
            SQLLogger(config)

    def test_it_is_made_with_the_first_run_or_by_hand(self, made, finder):
        logger = made()
        assert logger.get_or_create_project().name == "digits"
        assert logger.get_or_create_project().id == finder.get_project("digits").id
        assert [project.name for project in finder.get_projects()] == ["digits"]


class TestTheDatabase:
    @pytest.mark.parametrize("given", ["", 3, True, [], "a\0b", "a\ud800b"])
    def test_what_names_none_is_refused(self, given):
        with pytest.raises(SettingsError, match="db_path must name a database"):
            SQLFinder({"experiment": {"sql": {"db_path": given}}})

    @pytest.mark.parametrize(
        ("given", "hint"),
        [
            ("sqlite://runs.db", "write sqlite:///runs.db"),
            ("sqlite://host/runs.db", "write sqlite:///host/runs.db"),
            ("file:runs.db", "write runs.db, or sqlite:///file:runs.db"),
            ("postgres:/me:pw@host", "postgresql://user@host/name"),
            ("me:pw@host", "postgresql://user@host/name"),
        ],
    )
    def test_a_slip_of_the_pen_is_told_the_right_form(self, given, hint):
        with pytest.raises(DatabaseError) as caught:
            SQLFinder({"experiment": {"sql": {"db_path": given}}}).search()
        assert hint in str(caught.value)
        assert "pw" not in str(caught.value)

    def test_a_path_with_signs_of_urls_is_a_path(self, tmp_path, open_logger):
        path = str(tmp_path / "50% of?it.db")
        sql = {"db_path": f"./{os.path.relpath(path)}"}
        logger = open_logger(ADict(experiment=ADict(project_name="p", sql=sql)))
        logger.start().finish()
        assert os.path.isfile(path)

    def test_a_folder_that_is_left_later_does_not_matter(self, here, open_logger, monkeypatch):
        sql = {"db_path": "runs.db"}
        logger = open_logger(ADict(experiment=ADict(project_name="p", sql=sql)))
        (here / "elsewhere").mkdir()
        monkeypatch.chdir(here / "elsewhere")
        logger.start().finish()
        assert (here / "runs.db").is_file()

    def test_several_finders_and_loggers_of_one_file_agree(self, made, finder, open_finder, path):
        run_id = made().run()
        assert open_finder(path).get_run(run_id).uuid == finder.get_run(run_id).uuid
