"""What was logged by step goes where its run goes, and away with it."""

import base64
import itertools
import json
import os
import shutil
import time

import pytest

import programs
from ato_sql import DatabaseError, SQLLogger, TrackerWarning
from helping import PNG

np = pytest.importorskip("numpy")


def config_of(database, **more):
    return {"experiment": {"project_name": "p", "sql": {"db_path": str(database), **more}}}


def log_some(database, **more):
    """Log one of each kind to a run of a database."""
    logger = SQLLogger(config_of(database, **more))
    with logger.start() as run:
        run.log_image("faces", PNG + os.urandom(2_000_000), step=2)
        run.log_image("faces", np.eye(5), step=4)
        run.log_table("words", [{"word": "ä", "p": 0.5}], step=2)
        run.log_text("story", "Once upon a time", step=2)
        run.log_histogram("weights", [1.0, 2.0, 4.0], step=-3, bins=2)
        run.log_audio("speech", b"fLaC...", step=2, caption="hello")
    logger.close()
    return run.uuid


def everything(finder, run):
    return [(m.key, m.step, m.data_type, m.data_info, m.read()) for m in finder.media(run)]


@pytest.fixture
def source(tmp_path):
    return tmp_path / "here" / "a.sqlite"


@pytest.fixture
def run(source):
    return log_some(source)


@pytest.fixture
def logged(run, source, open_finder):
    found = everything(open_finder(source), run)
    assert len(found) == 6
    return found


def make_old(folder):
    """As if all in it had been logged yesterday."""
    for place, _, names in os.walk(str(folder)):
        for name in names:
            os.utime(os.path.join(place, name), (1, 1))


def log_anew(media):
    """Touch a copy, as whoever logs the same does before the run has it."""
    os.utime(media.stored, (time.time() + 1,) * 2)


def files_in(folder):
    return [n for place, _, names in os.walk(str(folder)) for n in names if ".owners" not in place]


class TestExport:
    @pytest.mark.parametrize("name", ["runs.jsonl", "runs.jsonl.gz"])
    def test_it_brings_them_to_another_machine(
        self, run, logged, source, open_finder, tmp_path, name
    ):
        open_finder(source).export(tmp_path / name)
        shutil.rmtree(str(source.parent))
        target = open_finder(tmp_path / "there" / "b.sqlite")
        target.import_(tmp_path / name)
        assert everything(target, run) == logged
        for media in target.media(run):
            assert media.stored is None or media.stored.startswith(str(tmp_path / "there"))

    def test_what_is_gone_is_left_out_and_the_rest_comes(self, run, source, open_finder, tmp_path):
        (first, _) = open_finder(source).media(run, "faces")
        os.remove(first.stored)
        open_finder(source).export(tmp_path / "runs.jsonl")
        target = open_finder(tmp_path / "b.sqlite")
        target.import_(tmp_path / "runs.jsonl")
        gone, kept = target.media(run, "faces")
        assert kept.read().startswith(PNG[:8])
        with pytest.raises(FileNotFoundError):
            gone.read()

    @pytest.mark.parametrize(
        "change",
        [
            {"data": base64.b64encode(b"other").decode()},
            {"data": "no base64"},
            {"hash": "ab" * 32},
        ],
    )
    def test_a_run_whose_content_is_damaged_comes_without_it(
        self, run, source, open_finder, tmp_path, change
    ):
        self.export_changed(open_finder(source), tmp_path / "runs.jsonl", change)
        target = open_finder(tmp_path / "b.sqlite")
        with pytest.warns(TrackerWarning, match="run 1 comes without the content of .*, step "):
            target.import_(tmp_path / "runs.jsonl")
        files = [media for media in target.media(run) if media.key not in ("story", "weights")]
        assert [media.stored is None for media in files].count(True) == 1

    @pytest.mark.parametrize("change", [{"hash": None}, {"data": None}])
    def test_a_record_that_is_none_is_refused_with_its_run(
        self, run, source, open_finder, tmp_path, change
    ):
        self.export_changed(open_finder(source), tmp_path / "runs.jsonl", change)
        target = open_finder(tmp_path / "b.sqlite")
        with pytest.raises(DatabaseError, match="content"):
            target.import_(tmp_path / "runs.jsonl")
        assert target.count() == 0

    @staticmethod
    def export_changed(finder, path, change):
        """Export all runs, with another last content."""
        finder.export(path)
        lines = [json.loads(line) for line in open(str(path))]
        last = len(lines) - 2
        assert lines[last]["type"] == "content"
        lines[last].update(change)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))


class TestMerge:
    def test_a_merged_run_has_copies_of_its_own(self, run, logged, source, open_finder, tmp_path):
        target = open_finder(tmp_path / "there" / "b.sqlite")
        target.merge(source)
        shutil.rmtree(str(source.parent))
        assert everything(target, run) == logged

    def test_merging_twice_keeps_them_once(self, run, logged, source, open_finder, tmp_path):
        target = open_finder(tmp_path / "b.sqlite")
        for _ in range(2):
            target.merge(source)
        assert everything(target, run) == logged
        assert len(files_in(tmp_path / "b.sqlite.artifacts")) == 4


class TestDeletion:
    def test_the_files_go_with_their_last_run(self, source, open_finder):
        runs = []
        for _ in range(2):
            with SQLLogger(config_of(source)).start() as run:
                run.log_image("same", PNG)
            runs.append(run.uuid)
        finder = open_finder(source)
        finder.delete_run(runs[0])
        assert finder.media(runs[1])[0].read() == PNG
        finder.delete_run(runs[1])
        assert files_in(f"{source}.artifacts") == []

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
    def test_in_whatever_order_the_runs_go_that_share_a_file(self, source, open_finder, order):
        runs = []
        for _ in range(3):
            with SQLLogger(config_of(source)).start() as run:
                for content in range(5):
                    run.log_image("same", PNG + b"%d" % content)
            runs.append(run.uuid)
        finder = open_finder(source)
        for place in order[:2]:
            finder.delete_run(runs[place])
        assert [media.read() for media in finder.media(runs[order[2]])] == [
            PNG + b"%d" % content for content in range(5)
        ]
        assert len(finder.delete_run(runs[order[2]]).artifacts) == 5
        assert files_in(f"{source}.artifacts") == []

    @pytest.mark.parametrize("way", ["import_", "merge"])
    def test_what_came_from_elsewhere_goes_with_its_run(
        self, run, source, open_finder, tmp_path, way
    ):
        target = open_finder(tmp_path / "b.sqlite")
        open_finder(source).export(tmp_path / "runs.jsonl")
        getattr(target, way)(source if way == "merge" else tmp_path / "runs.jsonl")
        assert target.gc().artifacts == []
        removed = target.delete_run(run)
        assert (len(removed.artifacts), removed.waiting) == (4, [])
        assert files_in(tmp_path / "b.sqlite.artifacts") == []

    def test_what_somebody_logs_at_this_moment_waits_an_hour_and_is_told(
        self, run, source, open_finder, command
    ):
        finder = open_finder(source)
        (first, *_) = finder.media(run, "faces")
        log_anew(first)
        done = finder.delete_run(run)
        assert (len(done.artifacts), done.waiting) == (3, [first.stored])
        assert 3500 < done.until.timestamp() - time.time() < 3700
        assert finder.gc(dry_run=True).waiting == [first.stored]
        told = "; 1 copy, logged within the last hour, waits for ato gc until "
        for words in (["gc", "--dry-run"], ["gc"]):
            assert told in command(*words, "--db", str(source))
        make_old(f"{source}.artifacts")
        done = finder.gc()
        assert (done.artifacts, done.waiting, done.until) == ([first.stored], [], None)

    def test_the_command_that_deletes_says_what_stays(self, run, source, open_finder, command):
        for media in open_finder(source).media(run):
            if media.stored is not None:
                log_anew(media)
        told = command("delete", run, "--db", str(source))
        assert told.startswith("deleted run 1; 4 copies, logged within the last hour, wait for ")

    def test_a_merged_run_takes_only_its_own(self, run, logged, source, open_finder, tmp_path):
        target = open_finder(tmp_path / "b.sqlite")
        target.merge(source)
        target.delete_run(run)
        assert files_in(tmp_path / "b.sqlite.artifacts") == []
        assert everything(open_finder(source), run) == logged

    def test_gc_keeps_what_a_run_refers_to(self, run, logged, source, open_finder, tmp_path):
        stray = tmp_path / "here" / "a.sqlite.artifacts" / "x"
        make_old(f"{source}.artifacts")
        stray.write_text("not a copy")
        finder = open_finder(source)
        assert finder.gc().artifacts == []
        assert everything(finder, run) == logged

    def test_a_project_that_was_moved_has_them(self, run, logged, source, open_finder, tmp_path):
        os.rename(str(source.parent), str(tmp_path / "moved"))
        assert everything(open_finder(tmp_path / "moved" / "a.sqlite"), run) == logged


def test_an_image_whose_call_returned_outlives_a_kill(tmp_path, open_finder):
    text = f"""
        run = SQLLogger(config()).start()
        for number in range(20):
            run.log_image("x", {PNG!r} + b"%d" % number)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    programs.run(text, tmp_path, code=-9, db_path="runs.sqlite")
    SQLLogger(config_of(tmp_path / "runs.sqlite")).start().finish()
    found = open_finder(tmp_path / "runs.sqlite").media(1)
    assert [media.read()[len(PNG) :] for media in found] == [b"%d" % number for number in range(20)]


@pytest.mark.databases
def test_servers_keep_export_and_lose_them_as_files_do(url, tmp_path, open_finder):
    uuid = log_some(url, artifact_dir=tmp_path / "copies")
    server = open_finder(url, artifact_dir=tmp_path / "copies")
    logged = everything(server, uuid)
    assert [(key, step) for key, step, *_ in logged] == [
        ("faces", 2),
        ("faces", 4),
        ("speech", 2),
        ("story", 2),
        ("weights", -3),
        ("words", 2),
    ]
    server.export(tmp_path / "runs.jsonl")
    local = open_finder(tmp_path / "b.sqlite")
    local.import_(tmp_path / "runs.jsonl")
    assert everything(local, uuid) == logged
    server.delete_run(uuid)
    assert files_in(tmp_path / "copies") == []
    server.merge(tmp_path / "b.sqlite")
    assert everything(server, uuid) == logged
    assert len(files_in(tmp_path / "copies")) == 4
    assert server.gc().artifacts == []
