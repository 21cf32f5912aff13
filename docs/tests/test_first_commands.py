"""What newcomer.sh reads from the pages, and that it is short; the script itself is slow."""

import importlib
import os
import pathlib
import sys

import pytest

DOCS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(DOCS), str(DOCS / "tests")]

import newcomer_steps

PAGES = [DOCS.parent / "README.md", DOCS / "tutorial.md"]
MOST = 8


def commands_of(page):
    """Each command of a page with the exit code that the page announces."""
    steps = newcomer_steps.steps(page.read_text("utf-8"))
    return [(text.split("#")[0].strip(), code) for kind, code, text in steps if kind == "run"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_few_commands_lead_from_install_to_an_explained_difference(page):
    commands = commands_of(page)
    assert commands[0] == ("pip install ato", "0")
    assert ("ato why", "1") in commands[:MOST]


def test_a_file_is_saved_before_the_command_that_runs_it():
    page = 'Save:\n\n```python title="a.py"\nprint(1)\n```\n\n```bash\npython a.py\n```\n'
    assert list(newcomer_steps.steps(page)) == [
        ("save", "a.py", "print(1)\n"),
        ("run", "0", "python a.py"),
    ]


def test_what_is_shown_and_what_needs_a_checkout_is_no_command():
    page = "```bash\ngit clone x\nmake demo\n# a remark\n```\n\n```text output\npython b.py\n```\n"
    assert list(newcomer_steps.steps(page)) == []


@pytest.mark.skipif(os.name == "nt", reason="links of another system")
@pytest.mark.parametrize("is_first", [False, True])
def test_the_demo_names_the_python_that_has_what_it_needs(tmp_path, monkeypatch, is_first):
    """That of an environment is a link to another, which may be the one that the shell finds."""
    for folder in ("environment", "system"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "environment" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / ("environment" if is_first else "system")))
    monkeypatch.syspath_prepend(str(DOCS / "examples" / "digits"))
    typed = importlib.import_module("demo").typed("python")
    assert typed == ("python" if is_first else os.path.join("environment", "python"))
