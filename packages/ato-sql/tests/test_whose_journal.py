"""A journal is stored if it is ours and nobody else could have put it there."""

import glob
import os
import shutil
import warnings

import pytest

from ato_sql import DatabaseError, SQLFinder, SQLLogger, TrackerWarning
from ato_sql.cli import open_stored
from programs import config_of, count
from reach import leave_a_journal, put_back, take_away

as_root = pytest.mark.skipif(
    getattr(os, "getuid", lambda: None)() != 0, reason="needs root to give files away"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes of another system"),
]


@pytest.fixture
def journal(path):
    leave_a_journal(path)
    (journal,) = glob.glob(os.path.dirname(path) + "/*.ato-journal")
    return journal


@as_root
def test_one_of_another_user_stays_where_it_is(path, journal):
    os.chown(journal, 65534, 65534)
    with pytest.warns(TrackerWarning, match=r"journal is not stored, as it belongs to another"):
        SQLLogger(config_of(path)).start().finish()
    assert count(path) == 0
    assert os.path.exists(journal)


@as_root
def test_those_of_others_in_a_folder_open_to_all_are_theirs_and_not_told_of(path, journal):
    os.chown(journal, 65534, 65534)
    os.chmod(os.path.dirname(path), 0o1777)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", TrackerWarning)
        SQLLogger(config_of(path)).start().finish()
        assert len(open_stored(path).latest(9)) == 1
    assert [str(one.message) for one in told if "is not stored" in str(one.message)] == []
    assert os.path.exists(journal)


def test_one_that_was_moved_with_its_database_is_ours(path, journal, tmp_path):
    os.mkdir(tmp_path / "moved")
    os.rename(journal, tmp_path / "moved" / os.path.basename(journal))
    moved = str(tmp_path / "moved" / os.path.basename(path))
    SQLLogger(config_of(moved)).start().finish()
    assert count(moved) == 3


def test_a_link_is_none(path, journal):
    os.rename(journal, journal + ".moved")
    os.symlink(journal + ".moved", journal)
    with pytest.warns(TrackerWarning, match=r"journal is not stored, as it is a link"):
        SQLLogger(config_of(path)).start().finish()
    assert count(path) == 0


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_neither_opened_nor_told_of(path, journal, make):
    os.rename(journal, journal + ".moved")
    make(journal)
    SQLLogger(config_of(path)).start().finish()
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrackerWarning)
        assert len(open_stored(path).latest(9)) == 1


@pytest.mark.parametrize(("make", "kind"), [(os.mkdir, "a folder"), (os.mkfifo, "a pipe")])
def test_what_is_no_file_is_named_where_it_is_given_to_be_stored(path, journal, make, kind):
    os.rename(journal, journal + ".moved")
    make(journal)
    with pytest.raises(DatabaseError, match=f"journal is no plain file but {kind}.*; name the jou"):
        SQLFinder(config_of(path)).replay(journal)


def test_a_warning_shows_no_line_of_the_library(path, journal):
    os.chmod(journal, 0o606)
    with pytest.warns(TrackerWarning, match="is not stored") as told:
        SQLLogger(config_of(path)).start().finish()
    assert not [one.filename for one in told if "ato_sql" in one.filename]


def test_a_warning_shows_the_line_that_asked(path, journal):
    os.chmod(journal, 0o606)
    with pytest.warns(TrackerWarning):
        SQLLogger(config_of(path)).start().finish()
    with pytest.warns(TrackerWarning, match="is not stored") as told:
        SQLFinder(config_of(path)).search()
    assert {one.filename for one in told} == {__file__}


def test_each_of_several_is_named(path, journal):
    for name in ("a", "b"):
        os.symlink(journal, journal.replace(".ato-journal", f"{name}.ato-journal"))
    with pytest.warns(TrackerWarning) as told:
        SQLLogger(config_of(path)).start().finish()
    assert len([one for one in told if "as it is a link" in str(one.message)]) == 2
    assert count(path) == 3


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o757])
def test_one_in_a_folder_open_to_all_is_named_and_stays(path, journal, mode):
    os.chmod(os.path.dirname(path), mode)
    with pytest.warns(TrackerWarning, match=r"\.ato-journal is not stored, as others may"):
        SQLLogger(config_of(path)).start().finish()
    assert count(path) == 0
    assert os.path.exists(journal)


@as_root
def test_so_is_one_in_a_folder_of_a_shared_group(path, journal):
    os.chmod(os.path.dirname(path), 0o775)
    os.chown(os.path.dirname(path), -1, 54321)
    with pytest.warns(TrackerWarning, match="as others may write to it or its folder"):
        SQLLogger(config_of(path)).start().finish()
    assert count(path) == 0
    assert os.path.exists(journal)


@as_root
def test_a_group_of_its_user_alone_is_no_other(path, journal):
    os.chmod(os.path.dirname(path), 0o775)
    SQLLogger(config_of(path)).start().finish()
    assert count(path) == 3


def test_one_that_others_may_write_to_is_named_and_stays(path, journal):
    os.chmod(journal, 0o606)
    with pytest.warns(TrackerWarning, match="as others may write to it or its folder"):
        SQLLogger(config_of(path)).start().finish()
    assert count(path) == 0
    assert os.path.exists(journal)


def test_one_with_a_second_name_is_named_and_stays(path, journal):
    os.link(journal, journal + ".second")
    with pytest.warns(TrackerWarning, match="is not stored"):
        SQLLogger(config_of(path)).start().finish()
    assert count(path) == 0


def test_nobody_else_can_read_or_write_one(path, journal):
    assert os.stat(journal).st_mode & 0o777 == 0o600


def test_one_that_could_not_be_beside_its_database_is_asked_too(
    path, journal, monkeypatch, tmp_path
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    os.makedirs(str(tmp_path / "state" / "ato"))
    os.mkdir(str(tmp_path / "kept"))
    kept = shutil.move(journal, str(tmp_path / "kept"))
    logger = SQLLogger(config_of(path))
    logger.start().finish()
    logger.close()  # else it may be looking at the journal at the moment when we do
    shutil.move(kept, str(tmp_path / "state" / "ato"))
    assert len(open_stored(path).latest(9)) == 2


def test_readers_are_told_of_one_that_is_not_stored(path, journal):
    os.chmod(journal, 0o606)
    with pytest.warns(TrackerWarning):
        SQLLogger(config_of(path)).start().finish()
    with pytest.warns(TrackerWarning, match="is not stored, as others may write to it"):
        assert len(open_stored(path).latest(9)) == 1


@as_root
def test_readers_are_told_of_one_of_another_user(path, journal):
    os.chown(journal, 65534, 65534)
    with pytest.warns(TrackerWarning):
        SQLLogger(config_of(path)).start().finish()
    with pytest.warns(TrackerWarning, match="is not stored, as it belongs to another user"):
        assert len(open_stored(path).latest(9)) == 1


def test_one_that_its_writer_removes_while_it_is_stored_is_no_trouble(path, journal, monkeypatch):
    remove = os.remove
    monkeypatch.setattr(os, "remove", lambda name: remove(name) or remove(name))
    sql = {"db_path": f"sqlite:///{path}", "on_error": "raise"}
    SQLLogger({"experiment": {"project_name": "p", "sql": sql}}).start().finish()
    assert count(path) == 3


def test_none_is_written_where_it_would_not_be_trusted(path, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = os.path.dirname(path) + "/open"
    os.mkdir(folder)
    os.chmod(folder, 0o777)
    path = os.path.join(folder, "runs.sqlite")
    run = SQLLogger(config_of(path)).start()
    take_away(path)
    run.log_metric("loss", 0.5, 0)
    with pytest.warns(TrackerWarning, match="state"):
        run.flush()
    assert len(os.listdir(str(tmp_path / "state" / "ato"))) == 1
    put_back(path)
    run.finish()
    assert count(path) == 1
