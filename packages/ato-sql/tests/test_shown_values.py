"""Values that JSON does not have are shown as Python writes them, not as they are stored."""

import json
import math

import pytest

from ato_sql import SQLLogger

ODD = {
    "clip": math.inf,
    "dims": {2, 1},
    "raw": b"x",
    "l": [{30: math.nan}, {3}, None, "a"],
    "s": set(),
}
SHOWN = {
    "clip": "inf",
    "dims": "{1, 2}",
    "raw": "b'x'",
    "l": '[{30: nan}, {3}, null, "a"]',
    "s": "set()",
}


class Box:
    """Looks the same whatever is in it."""

    def __init__(self, content):
        self.content = content


@pytest.fixture
def start(here):
    def start(**config):
        place = {"project_name": "digits", "sql": {"db_path": "sqlite:///experiments.db"}}
        with SQLLogger({"experiment": place, **config}).start() as run:
            return run

    return start


@pytest.fixture
def finder(here, open_finder):
    return lambda: open_finder("sqlite:///experiments.db")


def test_show_writes_them_as_python_does(start, command):
    start(**ODD)
    lines = dict(line.split(None, 1) for line in command("show", "1").splitlines() if "  " in line)
    assert {key: lines[key] for key in ODD} == SHOWN


def test_compare_writes_them_too(start, command):
    start(**ODD)
    start(**{**ODD, "clip": -math.inf, "dims": {5}})
    printed = command("compare", "1", "2", code=1)
    assert "__ato__" not in printed
    rows = [line.split("  ") for line in printed.splitlines()]
    rows = [[cell.strip() for cell in row if cell] for row in rows]
    assert ["clip", "inf", "-inf"] in rows
    assert ["dims", "{1, 2}", "{5}"] in rows


def test_of_those_that_differ_in_what_is_not_seen_all_is_told(start, command):
    start(data=Box(1))
    start(data=Box(2))
    (row,) = [x for x in command("compare", "1", "2", code=1).splitlines() if "data" in x]
    assert "__ato__" not in row
    assert '"content": 1}}' in row
    assert '"content": 2}}' in row


def test_notebooks_show_them_too(start, finder):
    first = start(**ODD)
    start(**{**ODD, "dims": {5}})
    for shown in (finder().search(), finder().get_run(first.id)):
        html = shown._repr_html_()
        assert "{1, 2}" in html
        assert "__ato__" not in html


def test_a_data_frame_has_numbers_and_texts(start, finder):
    pytest.importorskip("pandas")
    start(**ODD)
    row = finder().to_dataframe().iloc[0]
    assert row["config.clip"] == math.inf
    assert row["config.dims"] == "{1, 2}"
    assert row["config.raw"] == "b'x'"


def test_a_mapping_of_ones_own_that_has_the_mark_is_shown_as_it_is(start, command):
    start(mine={"__ato__": "mine", "a": 1})
    assert '{"__ato__": "mine", "a": 1}' in command("show", "1")


def test_keys_that_dots_make_the_same_are_two(start, command, finder):
    start(**{"a": {"b": 2}, "a.b": 3})
    start(**{"a": {"b": 5}, "a.b": 3})
    printed = command("show", "1")
    assert 'a.b                      2\n  "a.b"                    3\n' in printed
    assert finder().compare(1, 2).to_dict()["config"] == {"a.b": {"a": 2, "b": 5}}


def test_cells_of_a_table_are_texts(finder):
    place = {"project_name": "digits", "sql": {"db_path": "sqlite:///experiments.db"}}
    with SQLLogger({"experiment": place}).start() as run:
        run.log_table("t", [[{2, 1}, [1, math.inf], {"a": b"x"}]])
    (found,) = finder().media(run.id)
    (row,) = found.read()["rows"]
    assert row == ["{1, 2}", [1, "inf"], {"a": "b'x'"}]


def test_json_keeps_what_is_stored(start, command):
    start(**ODD)
    assert json.loads(command("show", "1", "--json"))["config"]["clip"]["value"] == "inf"
