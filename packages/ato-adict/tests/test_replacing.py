"""Which files a dump replaces, which it writes to, and which it leaves alone."""

import os
import sqlite3
import stat
import tempfile
import threading
import time

import pytest

from ato_adict import ADict, ConfigFileError, replacing, xyz

CONFIG = ADict(a=1)


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "precious.json"
    connection = sqlite3.connect(str(path))
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    connection.close()
    return path


class TestOtherKinds:
    def test_a_database_is_not_replaced(self, database):
        before = database.read_bytes()
        with pytest.raises(ConfigFileError, match="is an SQLite database.*--force"):
            CONFIG.dump(database)
        assert database.read_bytes() == before
        CONFIG.dump(database, force=True)
        assert ADict.from_file(database) == CONFIG

    @pytest.mark.parametrize("content", [b"\0\1\2", b"\x89PNG\r\n", b"caf\xe9"])
    def test_a_binary_file_is_not_replaced(self, tmp_path, content):
        (tmp_path / "x.yaml").write_bytes(content)
        with pytest.raises(ConfigFileError, match="is no text file"):
            CONFIG.dump(tmp_path / "x.yaml")
        with pytest.raises(ConfigFileError, match="is no text file"):
            xyz.dump({"a": 1}, tmp_path / "x.yaml")
        assert (tmp_path / "x.yaml").read_bytes() == content

    @pytest.mark.parametrize("text", ["import os\n", "def f(): ...\n", "print('x')\n", "a = = 1\n"])
    def test_a_python_program_is_not_replaced(self, tmp_path, text):
        (tmp_path / "train.py").write_text(text)
        with pytest.raises(ConfigFileError, match="is a Python program"):
            CONFIG.dump(tmp_path / "train.py")
        assert (tmp_path / "train.py").read_text() == text

    @pytest.mark.parametrize("text", ["", "a = 2\n", '"""A config."""\na: int = 2\n'])
    def test_a_config_in_python_is(self, tmp_path, text):
        (tmp_path / "config.py").write_text(text)
        CONFIG.dump(tmp_path / "config.py")
        assert ADict.from_file(tmp_path / "config.py") == CONFIG

    def test_a_long_text_is_text_wherever_it_is_cut(self, tmp_path):
        for shift in range(4):
            (tmp_path / "x.yaml").write_bytes(b"x: " + b"a" * shift + "🙂".encode() * 300_000)
            CONFIG.dump(tmp_path / "x.yaml")


@pytest.mark.skipif(os.name == "nt", reason="files of another system")
class TestWhatStays:
    def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_given(self, tmp_path):
        with pytest.raises(OSError) as caught, replacing(tmp_path / "no" / "runs.jsonl"):
            pass
        assert caught.value.filename == str(tmp_path / "no" / "runs.jsonl")

    def test_a_link_stays_one_and_its_target_is_written(self, tmp_path):
        (tmp_path / "real.yaml").write_text("a: 2\n")
        os.symlink("real.yaml", tmp_path / "link.yaml")
        CONFIG.dump(tmp_path / "link.yaml")
        assert os.readlink(tmp_path / "link.yaml") == "real.yaml"
        assert ADict.from_file(tmp_path / "real.yaml") == CONFIG

    def test_the_target_of_a_dangling_link_is_made(self, tmp_path):
        os.symlink("real.yaml", tmp_path / "link.yaml")
        CONFIG.dump(tmp_path / "link.yaml")
        assert ADict.from_file(tmp_path / "real.yaml") == CONFIG

    def test_the_mode_stays(self, tmp_path):
        (tmp_path / "x.yaml").write_text("a: 2\n")
        os.chmod(tmp_path / "x.yaml", 0o640)
        CONFIG.dump(tmp_path / "x.yaml")
        assert stat.S_IMODE(os.stat(tmp_path / "x.yaml").st_mode) == 0o640

    @pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root")
    def test_the_owner_stays(self, tmp_path):
        (tmp_path / "x.yaml").write_text("a: 2\n")
        os.chown(tmp_path / "x.yaml", 65534, 65534)
        CONFIG.dump(tmp_path / "x.yaml")
        found = os.stat(tmp_path / "x.yaml")
        assert (found.st_uid, found.st_gid) == (65534, 65534)

    @pytest.mark.parametrize("linked", [False, True], ids=["pipe", "link"])
    def test_a_pipe_is_written_to(self, tmp_path, linked):
        pipe = tmp_path / "pipe.json"
        os.mkfifo(str(pipe))
        if linked:
            os.symlink("pipe.json", tmp_path / "link.json")
        read = []
        reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
        reader.start()
        CONFIG.dump(tmp_path / ("link.json" if linked else "pipe.json"))
        reader.join(30)
        assert read == ['{\n  "a": 1\n}\n']
        assert stat.S_ISFIFO(os.stat(pipe).st_mode)


class TestReplacing:
    def test_an_error_leaves_the_old_file_and_no_other(self, tmp_path):
        (tmp_path / "x").write_text("old")
        with pytest.raises(UnicodeEncodeError), replacing(tmp_path / "x") as scratch:
            with open(scratch, "w", encoding="utf-8") as file:
                file.writelines(["half", "\ud800"])
        assert os.listdir(str(tmp_path)) == ["x"]
        assert (tmp_path / "x").read_text() == "old"

    @pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no folder in memory here")
    def test_a_file_in_memory_is_replaced_as_others_are(self):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            path = os.path.join(folder, "x")
            with open(path, "w") as file:
                file.write("old")
            with pytest.raises(OSError), replacing(path):
                raise OSError("full")
            with open(path) as file:
                assert file.read() == "old"
            assert os.listdir(folder) == ["x"]

    def test_what_a_killed_program_left_goes_with_the_next_file(self, tmp_path):
        for name in (".x.old.tmp", ".x.new.tmp", ".y.old.tmp"):
            (tmp_path / name).write_text("half")
        for name in (".x.old.tmp", ".y.old.tmp"):
            os.utime(tmp_path / name, (time.time() - 86400,) * 2)
        with replacing(tmp_path / "x"):
            pass
        assert sorted(os.listdir(str(tmp_path))) == [".x.new.tmp", ".y.old.tmp", "x"]
