"""Studies that something else has written into are told apart from searches of other settings."""

import json
import sqlite3

import pytest

from ato_hyperband import HyperBand, StudyDamagedError

SPACE = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1)}}
LAST = "seq = (SELECT max(seq) FROM ato_event)"


def train(config):
    for _ in range(9):
        yield config["lr"]


@pytest.fixture
def path(tmp_path):
    """A database with a study that has ended."""
    path = tmp_path / "studies.db"
    search(path)
    return path


def search(path):
    storage = f"sqlite:///{path}"
    options = {"resource": "epochs", "max_resource": 9, "mode": "min", "seed": 0}
    return HyperBand(None, SPACE, storage=storage, study_name="s", **options).run(train, [])


def change(path, statement, *values):
    with sqlite3.connect(path) as connection:
        connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize(
    "body",
    [
        '{"kin',
        "[]",
        "-1",
        b"\xff",
        '{"a": 1}',
        '{"kind": []}',
        '{"kind": "told"}',
        '{"kind": "told", "trial": 0, "rung": 0, "outcome": [], "at": 1}',
        '{"kind": "told", "trial": 0, "rung": 0, "outcome": ["x"], "at": 1}',
        '{"kind": "session", "budget": [1, 2, 3, 4, 5, 6, 7]}',
    ],
)
def test_an_event_that_no_search_has_written_is_named_with_its_place(path, body):
    change(path, f"UPDATE ato_event SET body = ? WHERE {LAST}", body)
    with pytest.raises(StudyDamagedError, match=r"event \d+ of study 's' in .*studies.db") as found:
        search(path)
    assert "\n" not in str(found.value)


def test_without_it_and_what_follows_the_search_goes_on(path):
    whole = search(path)
    change(path, "UPDATE ato_event SET body = '{' WHERE seq = 9")
    with pytest.raises(StudyDamagedError, match="event 9 of study"):
        search(path)
    change(path, "DELETE FROM ato_event WHERE seq >= 9")
    assert search(path).config == whole.config


@pytest.mark.parametrize("seq", ["nan", 1e30, 10**15])
def test_an_event_that_is_missing_is_named(path, seq):
    change(path, f"UPDATE ato_event SET seq = ? WHERE {LAST}", seq)
    with pytest.raises(StudyDamagedError, match="is missing, before"):
        search(path)


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "told", "trial": 99, "rung": 0, "outcome": [0.1], "at": 1},
        {"kind": "told", "trial": 0, "rung": 0, "outcome": [0.1], "at": 1},
        {"kind": "enqueued", "params": {"momentum": 3}},
        {"kind": "known", "params": {"momentum": 3}, "resource": 9, "metric": 1.0},
    ],
)
def test_an_event_that_cannot_follow_the_others_is_told(path, event):
    change(path, f"UPDATE ato_event SET body = ? WHERE {LAST}", json.dumps(event))
    with pytest.raises(StudyDamagedError, match="the stored search has"):
        search(path)


@pytest.mark.parametrize("settings", ["{", "[]", "-1", "null", b"\xff"])
def test_settings_that_cannot_be_read_are_named(path, settings):
    change(path, "UPDATE ato_study SET settings = ?", settings)
    with pytest.raises(StudyDamagedError, match="the settings of study 's' in .*are damaged"):
        search(path)


def test_a_note_that_is_no_text_is_left_out(path):
    change(path, "UPDATE ato_note SET value = ?", b"\xff")
    assert search(path).trials
