"""The page on notebooks, in a real Jupyter kernel: each block is a cell."""

import os
import pathlib
import sys

import pytest

DOCS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(DOCS))

import run_page

PAGE = DOCS / "how-to" / "notebooks.md"


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """Each `python` block that ran, with what its cell printed and showed, and its errors."""
    reason = "needs a Jupyter kernel: pip install ipykernel nbclient"
    nbformat = pytest.importorskip("nbformat", reason=reason)
    nbclient = pytest.importorskip("nbclient", reason=reason)
    pytest.importorskip("ipykernel", reason=reason)
    blocks = [b for b in run_page.blocks(PAGE.read_text("utf-8")) if b.language == "python"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(b.text) for b in blocks])
    where = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    client = nbclient.NotebookClient(
        book, timeout=120, kernel_name="python3", allow_errors=True, resources=where
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("ATO_DB", "JPY_SESSION_NAME")}
    client.execute(env=environment)
    return {block.line: cell for block, cell in zip(blocks, book.cells)}


def executed(folder, *sources):
    """The cells of a notebook of these, run one after the other."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    where = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3", resources=where).execute()
    return book.cells


def text_of(cell):
    """What a cell printed and showed, as text."""
    texts = []
    for one in cell.outputs:
        if one.output_type == "stream":
            texts.append(one.text)
        elif "data" in one:
            texts.append(one.data.get("text/plain", ""))
    return "".join(texts)


def test_no_cell_ends_in_an_error(cells):
    errors = [one for cell in cells.values() for one in cell.outputs if one.output_type == "error"]
    assert ["\n".join(error.traceback) for error in errors] == []


def test_each_text_of_the_page_is_what_the_cell_before_it_says(cells):
    last, compared = None, 0
    for block in run_page.blocks(PAGE.read_text("utf-8")):
        last = cells.get(block.line, last)
        if "notebook" in block.words:
            run_page.check_output(block, text_of(last))
            compared += 1
    assert compared == 2


@pytest.mark.parametrize(
    ("words", "column"),
    [
        ("finder.why(1, 3)", "run 1"),
        ("finder.search(", "lr"),
        ("finder.get_metrics(", "step"),
        ("finder.compare(1, 2)", "run 2"),
    ],
)
def test_answers_are_tables(cells, words, column):
    [cell] = [cell for cell in cells.values() if words in cell.source]
    [html] = [one.data["text/html"] for one in cell.outputs if "data" in one]
    assert f">{column}</th>" in html


def test_what_all_cells_print_is_kept_while_a_run_lasts(tmp_path):
    """IPython gives a stream its own `write` back at the end of each cell."""
    *_, last = executed(
        tmp_path,
        "import ato, sys, threading, time\n"
        "logger = ato.SQLLogger()\nrun = logger.run(console=True)\nprint('one')",
        "print('two')\nprint('three', file=sys.stderr)",
        "def later():\n    time.sleep(2)\n    print('four')\n"
        "thread = threading.Thread(target=later)\nthread.start()",
        "thread.join()\nprint('five')\nlogger.finish()\nprint('six')",
        "print(ato.SQLFinder().console(run))",
    )
    assert text_of(last).split() == ["one", "two", "three", "four", "five"]
