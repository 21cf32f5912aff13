"""The table of the page on durability is what happens."""

import pathlib
import sys

import pytest

DOCS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(DOCS))

import durability_table

PAGE = (DOCS / "explanation" / "durability.md").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="signals and forks of another system")
@pytest.mark.parametrize("case", durability_table.CASES, ids=lambda case: case.name)
def test_each_row_is_true(case):
    assert durability_table.row(case) in PAGE.splitlines()


def test_the_page_has_each_row_once():
    rows = [line for line in PAGE.splitlines() if line.endswith("| 0 | 0 |")]
    assert len(rows) == len(durability_table.CASES)
