"""No copy of an artifact is removed that is not the database's own."""

import hashlib
import json
import os
import shutil
import sqlite3
import time

import pytest

import programs
from ato_sql import SQLFinder, SQLLogger, TrackerWarning

pytestmark = pytest.mark.filterwarnings("ignore:the copies in")


def config_of(path, **more):
    return {"experiment": {"project_name": "p", "sql": {"db_path": str(path), **more}}}


def log_copy(path, content=b"weights", **more):
    """Log a file with this content to a new run; the file itself is gone."""
    os.makedirs(os.path.dirname(str(path)), exist_ok=True)
    file = os.path.join(os.path.dirname(str(path)), "model.bin")
    with open(file, "wb") as out:
        out.write(content)
    logger = SQLLogger(config_of(path, **more))
    with logger.start() as run:
        run.log_artifact(file, "model", copy=True)
    logger.close()
    os.remove(file)
    return run


def hash_of(content):
    return hashlib.sha256(content).hexdigest()


def on_the_way(folder):
    return sorted(n for n in os.listdir(str(folder)) if n.startswith((".incoming", ".outgoing")))


def copy_of(path, run, **more):
    """Where a finder of the database says that the copy of a run's artifact is."""
    finder = SQLFinder(config_of(path, **more))
    try:
        (artifact,) = finder.get_run(run.uuid).artifacts
        return artifact.stored
    finally:
        finder.close()


def delete(path, run, **more):
    finder = SQLFinder(config_of(path, **more))
    finder.delete_run(run.uuid)
    finder.close()


@pytest.fixture
def collect(tmp_path):
    """Let `gc` remove copies of a database, as if all had been logged yesterday."""

    def collect(path, **more):
        for place, folders, files in os.walk(str(tmp_path)):
            for name in folders + files:
                os.utime(os.path.join(place, name), (time.time() - 86400,) * 2)
        finder = SQLFinder(config_of(path, **more))
        try:
            return finder.gc().artifacts
        finally:
            finder.close()

    return collect


class TestMoved:
    def test_a_moved_project_has_its_copies_and_gc_keeps_them(self, tmp_path, collect):
        run = log_copy(tmp_path / "a" / "e.db")
        os.rename(tmp_path / "a", tmp_path / "b")
        assert collect(tmp_path / "b" / "e.db") == []
        with open(copy_of(tmp_path / "b" / "e.db", run), "rb") as file:
            assert file.read() == b"weights"

    def test_a_moved_project_still_removes_what_it_owns(self, tmp_path):
        run = log_copy(tmp_path / "a" / "e.db")
        os.rename(tmp_path / "a", tmp_path / "b")
        stored = copy_of(tmp_path / "b" / "e.db", run)
        delete(tmp_path / "b" / "e.db", run)
        assert not os.path.exists(stored)

    def test_a_copied_project_removes_only_its_own_copies(self, tmp_path):
        run = log_copy(tmp_path / "a" / "e.db")
        shutil.copytree(tmp_path / "a", tmp_path / "c")
        own = copy_of(tmp_path / "c" / "e.db", run)
        delete(tmp_path / "c" / "e.db", run)
        assert not os.path.exists(own)
        assert os.path.exists(copy_of(tmp_path / "a" / "e.db", run))

    def test_a_copied_database_that_shares_the_folder_removes_nothing(self, tmp_path, collect):
        folder = str(tmp_path / "copies")
        run = log_copy(tmp_path / "a" / "e.db", artifact_dir=folder)
        shutil.copytree(tmp_path / "a", tmp_path / "c")
        delete(tmp_path / "c" / "e.db", run, artifact_dir=folder)
        assert collect(tmp_path / "c" / "e.db", artifact_dir=folder) == []
        assert os.path.exists(copy_of(tmp_path / "a" / "e.db", run))

    def test_a_renamed_database_has_its_copies(self, tmp_path, collect):
        run = log_copy(tmp_path / "e.db")
        os.rename(tmp_path / "e.db", tmp_path / "f.db")
        assert collect(tmp_path / "f.db") == []
        assert os.path.exists(copy_of(tmp_path / "f.db", run))

    def test_a_new_database_in_the_place_of_a_renamed_one_takes_nothing(self, tmp_path, collect):
        run = log_copy(tmp_path / "e.db")
        os.rename(tmp_path / "e.db", tmp_path / "f.db")
        delete(tmp_path / "e.db", log_copy(tmp_path / "e.db", b"other"))
        assert collect(tmp_path / "e.db") == []
        assert os.path.exists(copy_of(tmp_path / "f.db", run))

    def test_a_database_reached_through_a_link_is_the_same(self, tmp_path, collect):
        run = log_copy(tmp_path / "e.db")
        os.mkdir(tmp_path / "elsewhere")
        os.symlink(tmp_path / "e.db", tmp_path / "elsewhere" / "link.db")
        assert collect(tmp_path / "elsewhere" / "link.db") == []
        stored = copy_of(tmp_path / "elsewhere" / "link.db", run)
        assert stored == copy_of(tmp_path / "e.db", run)
        delete(tmp_path / "elsewhere" / "link.db", run)
        assert not os.path.exists(stored)


class TestOthers:
    def test_a_merged_run_does_not_own_the_copies(self, tmp_path):
        run = log_copy(tmp_path / "alice" / "e.db")
        bob = SQLFinder(config_of(tmp_path / "bob" / "e.db"))
        bob.merge(tmp_path / "alice" / "e.db")
        stored = copy_of(tmp_path / "alice" / "e.db", run)
        assert bob.get_run(run.uuid).artifacts[0].stored == stored
        bob.delete_run(run.uuid)
        assert os.path.exists(stored)

    def test_databases_that_share_a_folder_leave_it_alone(self, tmp_path, collect):
        folder = str(tmp_path / "copies")
        first = log_copy(tmp_path / "1.db", artifact_dir=folder)
        second = log_copy(tmp_path / "2.db", artifact_dir=folder)
        delete(tmp_path / "1.db", first, artifact_dir=folder)
        assert collect(tmp_path / "1.db", artifact_dir=folder) == []
        assert os.path.exists(copy_of(tmp_path / "2.db", second))

    @pytest.mark.parametrize("named", ["{folder}", "{folder}/victim", "victim", "../x/victim"])
    def test_a_hostile_export_names_no_folder_to_remove(self, tmp_path, named):
        run = log_copy(tmp_path / "a" / "e.db")
        source = SQLFinder(config_of(tmp_path / "a" / "e.db"))
        source.export(tmp_path / "e.jsonl")
        (tmp_path / "x" / "victim").mkdir(parents=True)
        (tmp_path / "x" / "victim" / "thesis.tex").write_text("years of work")
        lines = [json.loads(line) for line in open(str(tmp_path / "e.jsonl"))]
        lines[1]["artifacts"][0]["stored"] = named.format(folder=tmp_path / "x")
        (tmp_path / "e.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        finder = SQLFinder(config_of(tmp_path / "x" / "e.db"))
        finder.import_(tmp_path / "e.jsonl")
        finder.delete_run(run.uuid)
        assert (tmp_path / "x" / "victim" / "thesis.tex").read_text() == "years of work"

    def test_gc_takes_only_what_is_named_and_made_as_a_copy(self, tmp_path, collect):
        log_copy(tmp_path / "e.db")
        folder = tmp_path / "e.db.artifacts"
        names = ("my/thesis.tex", "ab/thesis.tex", "ab/" + "ab" * 32, "cd/" + "ab" * 32)
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("years of work")
        assert collect(tmp_path / "e.db") == []
        assert {(folder / name).read_text() for name in names} == {"years of work"}

    def test_content_that_others_keep_by_its_hash_in_the_same_folder_stays(self, tmp_path, collect):
        run = log_copy(tmp_path / "e.db", artifact_dir=str(tmp_path))
        planted = tmp_path / hash_of(b"theirs")[:2] / hash_of(b"theirs")
        planted.parent.mkdir(exist_ok=True)
        planted.write_bytes(b"theirs")
        assert collect(tmp_path / "e.db", artifact_dir=str(tmp_path)) == []
        # Whoever edits a database may name any file in it.
        with sqlite3.connect(str(tmp_path / "e.db")) as edited:
            named = (str(planted), planted.name)
            edited.execute("UPDATE artifacts SET stored = ?, content_hash = ?", named)
        edited.close()
        delete(tmp_path / "e.db", run, artifact_dir=str(tmp_path))
        assert planted.read_bytes() == b"theirs"

    def test_what_was_there_before_and_is_logged_as_well_stays(self, tmp_path):
        theirs = tmp_path / hash_of(b"weights")[:2] / hash_of(b"weights")
        theirs.parent.mkdir()
        theirs.write_bytes(b"weights")
        run = log_copy(tmp_path / "e.db", artifact_dir=str(tmp_path))
        assert copy_of(tmp_path / "e.db", run, artifact_dir=str(tmp_path)) == str(theirs)
        delete(tmp_path / "e.db", run, artifact_dir=str(tmp_path))
        assert theirs.read_bytes() == b"weights"

    def test_copies_of_earlier_versions_which_kept_no_list_of_them_are_ours(self, tmp_path):
        runs = [log_copy(tmp_path / "e.db", content) for content in (b"1", b"2", b"3")]
        listed, stored = tmp_path / "e.db.artifacts" / ".owners" / ".copies", []
        listed.unlink()
        stored += [copy_of(tmp_path / "e.db", run) for run in runs]
        delete(tmp_path / "e.db", runs[0])
        log_copy(tmp_path / "e.db", b"4")
        delete(tmp_path / "e.db", runs[1])
        assert [os.path.exists(path) for path in stored] == [False, False, True]
        assert hash_of(b"3") in listed.read_text()

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe")
    def test_a_list_of_copies_that_is_a_pipe_or_a_link_is_refused(self, tmp_path):
        runs = [log_copy(tmp_path / "e.db", content) for content in (b"1", b"2")]
        listed = tmp_path / "e.db.artifacts" / ".owners" / ".copies"
        listed.unlink()
        for run, plant in zip(
            runs, (os.mkfifo, lambda path: os.symlink(str(tmp_path / "victim"), path))
        ):
            plant(str(listed))
            with pytest.raises(OSError, match=r"\.copies"):
                log_copy(tmp_path / "e.db", b"more")
            delete(tmp_path / "e.db", run)
            listed.unlink()
        assert not (tmp_path / "victim").exists()

    def test_gc_takes_a_copy_whose_run_was_never_stored(self, tmp_path, collect):
        run = log_copy(tmp_path / "e.db")
        log_copy(tmp_path / "e.db", b"kept")
        stored = copy_of(tmp_path / "e.db", run)
        shutil.copy(tmp_path / "e.db", tmp_path / "before.db")
        delete(tmp_path / "e.db", run)
        os.makedirs(os.path.dirname(stored), exist_ok=True)
        with open(stored, "wb") as file:
            file.write(b"weights")
        assert collect(tmp_path / "e.db") == [stored]

    def test_a_folder_that_no_database_claims_is_left_alone(self, tmp_path, collect):
        run = log_copy(tmp_path / "a" / "e.db")
        log_copy(tmp_path / "e.db", b"other")
        folder = str(tmp_path / "a" / "e.db.artifacts")
        assert collect(tmp_path / "e.db", artifact_dir=folder) == []
        stored = copy_of(tmp_path / "a" / "e.db", run)
        shutil.rmtree(os.path.join(folder, ".owners"))
        delete(tmp_path / "a" / "e.db", run)
        assert os.path.exists(stored)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe")
    @pytest.mark.parametrize("claim", [None, b"[" * 100_000, b'{"database": 1}', b"\xff", b"{}"])
    def test_a_claim_that_is_none_keeps_everything(self, tmp_path, collect, claim):
        run = log_copy(tmp_path / "e.db")
        stored = copy_of(tmp_path / "e.db", run)
        claims = tmp_path / "e.db.artifacts" / ".owners"
        if claim is None:
            os.mkfifo(str(claims / "planted"))
        else:
            (claims / "planted").write_bytes(claim)
        delete(tmp_path / "e.db", run)
        assert collect(tmp_path / "e.db") == []
        assert os.path.exists(stored)

    def test_a_renamed_database_removes_the_copies_of_deleted_runs(self, tmp_path):
        run = log_copy(tmp_path / "e.db")
        os.rename(str(tmp_path / "e.db"), str(tmp_path / "f.db"))
        stored = copy_of(tmp_path / "f.db", run)
        assert os.path.exists(stored)
        delete(tmp_path / "f.db", run)
        assert not os.path.exists(stored)


class TestBetween:
    @pytest.mark.parametrize("folder", [False, True])
    def test_a_copy_that_another_run_logged_where_it_lies_is_kept(self, tmp_path, collect, folder):
        path, source = tmp_path / "e.db", tmp_path / "model"
        if folder:
            source.mkdir()
        (source / "weights" if folder else source).write_text("weights")
        logger = SQLLogger(config_of(path))
        with logger.start() as first:
            first.log_artifact(str(source), "model", copy=True)
        stored = copy_of(path, first)
        with logger.start() as second:
            second.log_artifact(os.path.join(stored, "weights") if folder else stored, "input")
        logger.close()
        delete(path, first)
        assert collect(path) == []
        assert os.path.exists(stored)
        delete(path, second)
        assert collect(path) == [stored]

    def test_content_that_another_run_logs_meanwhile_is_kept(self, tmp_path):
        run = log_copy(tmp_path / "e.db")
        shutil.copy(tmp_path / "e.db", tmp_path / "before")
        log_copy(tmp_path / "e.db")  # whose row is not there yet
        shutil.copy(tmp_path / "before", tmp_path / "e.db")
        stored = copy_of(tmp_path / "e.db", run)
        delete(tmp_path / "e.db", run)
        assert os.path.exists(stored)

    def test_a_copy_of_a_run_that_is_still_in_a_journal_is_kept(self, tmp_path, collect):
        run = log_copy(tmp_path / "e.db")
        stored = copy_of(tmp_path / "e.db", run)
        with open(stored, "rb") as file:
            content = file.read()
        delete(tmp_path / "e.db", run)
        os.makedirs(os.path.dirname(stored), exist_ok=True)
        with open(stored, "wb") as file:
            file.write(content)
        journal = tmp_path / f"e.db-01234567-{run.uuid}.ato-journal"
        journal.touch()
        os.chmod(tmp_path, 0o777)  # where others may write none is stored, and so none removed
        assert collect(tmp_path / "e.db") == []
        journal.unlink()
        assert collect(tmp_path / "e.db") == [stored]

    def test_what_a_killed_program_left_half_copied_goes_with_the_next_copy(self, tmp_path):
        folder = tmp_path / "e.db.artifacts"
        (tmp_path / "model.bin").write_bytes(b"weights")
        killed = """
            import shutil
            shutil.copyfile = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
            SQLLogger(config()).start().log_artifact("model.bin", "model", copy=True)
        """
        programs.run(killed, tmp_path, -9, **programs.settings(tmp_path / "e.db"))
        assert on_the_way(folder) != []
        log_copy(tmp_path / "e.db", b"more")
        assert on_the_way(folder) == []

    def test_what_is_on_its_way_on_another_machine_stays_for_a_day(self, tmp_path):
        log_copy(tmp_path / "e.db")
        names = [f".incoming-{kind * 40}" for kind in "01"]
        for name in names:
            (tmp_path / "e.db.artifacts" / name).mkdir()
        os.utime(tmp_path / "e.db.artifacts" / names[0], (time.time() - 10**6,) * 2)
        log_copy(tmp_path / "e.db", b"more")
        assert on_the_way(tmp_path / "e.db.artifacts") == names[1:]

    def test_what_others_call_incoming_stays(self, tmp_path, collect):
        names = [".incoming-mail", ".incoming-messages", ".outgoing-report.txt"]
        for name in names:
            (tmp_path / name).mkdir()
            os.utime(tmp_path / name, (time.time() - 10**6,) * 2)
        log_copy(tmp_path / "e.db", artifact_dir=str(tmp_path))
        collect(tmp_path / "e.db", artifact_dir=str(tmp_path))
        assert on_the_way(tmp_path) == names

    def test_gc_takes_what_a_killed_program_left(self, tmp_path, collect):
        log_copy(tmp_path / "e.db")
        for way in ("incoming", "outgoing"):
            (tmp_path / "e.db.artifacts" / f".{way}-{'0' * 40}").mkdir()
        collect(tmp_path / "e.db")
        assert on_the_way(tmp_path / "e.db.artifacts") == []


def test_a_path_that_no_file_can_have_is_recorded_and_not_copied(tmp_path):
    logger = SQLLogger(config_of(tmp_path / "e.db"))
    with logger.start() as run:
        for path in ("a\0b", "a\ud800b"):
            run.log_artifact(path, "model" * 100)
            with pytest.raises(OSError, match="no file"):
                run.log_artifact(path, "model", copy=True)
            run.log_metric("loss", 0.5)
    found = SQLFinder(config_of(tmp_path / "e.db")).get_run(run.uuid)
    assert [artifact.path for artifact in found.artifacts] == ["a\\x00b", "a\\ud800b"]
    assert (len(found.metrics), found.status) == (2, "completed")


class TestOfEarlierVersions:
    """They stored absolute paths, and their claims told only where the database was."""

    @pytest.fixture
    def run(self, tmp_path):
        path = tmp_path / "a" / "e.db"
        run = log_copy(path)
        stored = copy_of(path, run)
        with sqlite3.connect(str(path)) as connection:
            connection.execute("UPDATE artifacts SET stored = ?", (stored,))
        connection.close()
        claims = tmp_path / "a" / "e.db.artifacts" / ".owners"
        shutil.rmtree(str(claims))
        claims.mkdir()
        digest = hashlib.sha256(os.path.abspath(str(path)).encode()).hexdigest()[:8]
        (claims / f"e.db-{digest}").touch()
        return run

    def test_what_they_kept_goes_with_its_run(self, tmp_path, run):
        stored = copy_of(tmp_path / "a" / "e.db", run)
        delete(tmp_path / "a" / "e.db", run)
        assert not os.path.exists(stored)

    def test_in_a_copied_project_it_is_the_copied_one(self, tmp_path, run):
        shutil.copytree(tmp_path / "a", tmp_path / "c")
        stored = copy_of(tmp_path / "c" / "e.db", run)
        assert stored.startswith(str(tmp_path / "c"))
        delete(tmp_path / "c" / "e.db", run)
        assert os.path.exists(copy_of(tmp_path / "a" / "e.db", run))

    def test_after_a_move_it_is_found_and_kept(self, tmp_path, collect, run):
        os.rename(tmp_path / "a", tmp_path / "b")
        stored = copy_of(tmp_path / "b" / "e.db", run)
        assert stored.startswith(str(tmp_path / "b"))
        assert collect(tmp_path / "b" / "e.db") == []
        assert os.path.exists(stored)


@pytest.mark.databases
def test_on_a_server_too_copies_go_with_the_last_run_of_their_only_database(url, tmp_path):
    (tmp_path / "model.bin").write_bytes(b"weights")
    runs = []
    for _ in range(2):
        with SQLLogger(config_of(url)).start() as run:
            run.log_artifact(tmp_path / "model.bin", "model", copy=True)
        runs.append(run)
    stored = copy_of(url, runs[0])
    delete(url, runs[0])
    assert os.path.exists(stored)
    delete(url, runs[1])
    assert not os.path.exists(stored)
    run = log_copy(tmp_path / "e.db", artifact_dir="ato_artifacts")
    delete(tmp_path / "e.db", run, artifact_dir="ato_artifacts")
    assert os.path.exists(stored)


class TestCopiesOfDatabases:
    """Of a database that was renamed and one that was copied from it only the first removes."""

    @pytest.fixture
    def renamed(self, tmp_path):
        run = log_copy(tmp_path / "e.db")
        os.rename(str(tmp_path / "e.db"), str(tmp_path / "main.db"))
        return run

    @pytest.mark.parametrize("how", ["backup", "cp", "mv"])
    def test_the_copy_of_a_renamed_database_removes_nothing_and_says_so(
        self, tmp_path, collect, renamed, how
    ):
        copy, main = tmp_path / "bak.db", tmp_path / "main.db"
        if how == "backup":
            finder = SQLFinder(config_of(main))
            finder.backup(copy)
            finder.close()
        else:
            shutil.copy(str(main), str(copy))
        if how == "mv":  # whichever has the name: what counts is who the copies were made for
            os.rename(str(copy), str(tmp_path / "e.db"))
            copy = tmp_path / "e.db"
        with pytest.warns(TrackerWarning, match=r"stay: .*\.owners.e\.db-"):
            delete(copy, renamed)
        assert collect(copy) == []
        stored = copy_of(main, renamed)
        assert os.path.exists(stored)
        delete(main, renamed)
        assert not os.path.exists(stored)

    def test_a_backup_that_was_put_back_in_place_removes_nothing_that_came_after(
        self, tmp_path, collect
    ):
        path = tmp_path / "e.db"
        first = log_copy(path)
        shutil.copy(path, tmp_path / "backup.db")
        later = log_copy(path, b"later")
        shutil.copy(path, tmp_path / "aside.db")
        shutil.copy(tmp_path / "backup.db", path)  # the same file, with the earlier content
        with pytest.warns(
            TrackerWarning, match="1 runs that this database does not have keep some"
        ):
            assert collect(path) == []
        log_copy(path, b"it goes on")
        assert collect(path) == []
        with pytest.warns(TrackerWarning, match="an earlier state of itself"):
            delete(path, first)
        assert os.path.exists(copy_of(tmp_path / "aside.db", first))
        assert os.path.exists(copy_of(tmp_path / "aside.db", later))

    def test_runs_that_were_deleted_here_are_known(self, tmp_path, collect):
        path = tmp_path / "e.db"
        gone, kept = log_copy(path), log_copy(path, b"other")
        delete(path, gone)
        stored = copy_of(path, kept)
        delete(path, kept)
        collect(path)
        assert not os.path.exists(stored)

    def test_a_copy_that_has_the_inode_of_what_was_removed_is_another(self, tmp_path, renamed):
        shutil.copy(str(tmp_path / "main.db"), str(tmp_path / "bak.db"))
        for path in tmp_path.glob("main.db*"):
            path.unlink() if path.is_file() else None
        shutil.copy(str(tmp_path / "bak.db"), str(tmp_path / "new.db"))
        if births_are_known(tmp_path):
            with pytest.warns(TrackerWarning, match="stay"):
                delete(tmp_path / "new.db", renamed)
            assert os.path.exists(copy_of(tmp_path / "bak.db", renamed))

    def test_with_a_folder_of_copies_elsewhere_the_moved_project_owns_and_the_copied_not(
        self, tmp_path
    ):
        more = {"artifact_dir": str(tmp_path / "store")}
        run = log_copy(tmp_path / "a" / "e.db", **more)
        shutil.copytree(str(tmp_path / "a"), str(tmp_path / "c"))
        os.rename(str(tmp_path / "a"), str(tmp_path / "b"))
        with pytest.warns(TrackerWarning, match="stay"):
            delete(tmp_path / "c" / "e.db", run, **more)
        stored = copy_of(tmp_path / "b" / "e.db", run, **more)
        assert os.path.exists(stored)
        delete(tmp_path / "b" / "e.db", run, **more)
        assert not os.path.exists(stored)

    def test_what_the_copy_goes_on_to_log_does_not_make_it_the_owner(self, tmp_path, renamed):
        shutil.copy(str(tmp_path / "main.db"), str(tmp_path / "e.db"))
        log_copy(tmp_path / "e.db", b"more")
        delete(tmp_path / "e.db", renamed)
        assert os.path.exists(copy_of(tmp_path / "main.db", renamed))
        delete(tmp_path / "main.db", renamed)  # two refer to the folder now: neither removes
        assert os.path.exists(copy_of(tmp_path / "main.db", log_copy(tmp_path / "main.db")))


def births_are_known(folder):
    """Tell whether the system says when files were made, as claims note."""
    log_copy(folder / "birth" / "e.db")
    (claim,) = (folder / "birth" / "e.db.artifacts" / ".owners").glob("e.db*")
    return json.loads(claim.read_text())["file"][1] is not None


class TestEdited:
    def test_a_copy_that_was_edited_stays_where_its_run_is_deleted(self, tmp_path):
        run = log_copy(tmp_path / "e.db")
        stored = copy_of(tmp_path / "e.db", run)
        with open(stored, "wb") as file:
            file.write(b"better weights")
        with pytest.warns(TrackerWarning, match="is not what was copied there"):
            delete(tmp_path / "e.db", run)
        with open(stored, "rb") as file:
            assert file.read() == b"better weights"

    def test_a_copied_folder_to_which_a_file_was_added_stays(self, tmp_path):
        os.makedirs(str(tmp_path / "model"))
        (tmp_path / "model" / "a").write_bytes(b"weights")
        logger = SQLLogger(config_of(tmp_path / "e.db"))
        with logger.start() as run:
            run.log_artifact(tmp_path / "model", "model", copy=True)
        logger.close()
        stored = copy_of(tmp_path / "e.db", run)
        with open(os.path.join(stored, "notes"), "w") as file:
            file.write("mine")
        with pytest.warns(TrackerWarning, match="is not what was copied there"):
            delete(tmp_path / "e.db", run)
        assert sorted(os.listdir(stored)) == ["a", "notes"]
