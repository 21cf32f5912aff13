"""Where files cannot be mapped into memory, as on some network drives, nothing is lost either."""

import mmap

import pytest

import programs
from ato_sql import SQLLogger
from programs import config_of, count, settings

UNMAPPED = """
    import mmap
    mapped = mmap.mmap

    def refuse(descriptor, *given, **more):
        if descriptor >= 0:
            raise OSError("this file system maps no files")
        return mapped(descriptor, *given, **more)

    mmap.mmap = refuse
    run = SQLLogger(config(git=False)).start()
"""


@pytest.fixture
def unmapped(monkeypatch):
    mapped = mmap.mmap

    def refuse(descriptor, *given, **more):
        if descriptor >= 0:
            raise OSError("this file system maps no files")
        return mapped(descriptor, *given, **more)

    monkeypatch.setattr(mmap, "mmap", refuse)


def test_values_come_back_in_order(unmapped, logger, finder):
    with logger.start() as run:
        for step in range(100):
            run.log_metric("loss", step / 10, step)
        run.log_note("on a network drive")
    assert [p.value for p in finder.get_metrics(run.id, "loss")] == [n / 10 for n in range(100)]
    assert [note.text for note in finder.get_run(run.id).notes] == ["on a network drive"]


def test_more_than_one_file_of_the_journal_takes(unmapped, logger, finder):
    with logger.start() as run:
        for step in range(20_000):
            run.log_metric("loss", 0.5, step)
    assert finder.get_summaries([run.id])[run.id]["loss"].count == 20_000


def test_a_killed_program_loses_nothing_that_returned(path):
    text = UNMAPPED + "    for step in range(5000):\n        run.log_metric('loss', 0.5, step)\n"
    programs.run(text + "    os.kill(os.getpid(), signal.SIGKILL)\n", code=-9, **settings(path))
    SQLLogger(config_of(path)).start().finish()
    assert count(path) == 5000


def test_both_sides_of_a_fork_are_kept(path):
    text = (
        UNMAPPED
        + """
    run.log_metric("before", 1.0)
    child = os.fork()
    run.log_metric("child" if child == 0 else "parent", 2.0)
    if child == 0:
        run.flush()
        os._exit(0)
    os.waitpid(child, 0)
    run.finish()
"""
    )
    programs.run(text, **settings(path))
    assert count(path) == 3
