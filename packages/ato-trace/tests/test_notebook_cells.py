"""Which statements of a notebook are part of what a run was made of, told to its config's record.

A stand-in for IPython runs the cells; `packages/ato/tests/notebook` runs them in a real kernel.
"""

import json
import subprocess
import sys

import pytest

KERNEL = """
import json, sys, types
sys.modules["IPython"] = types.ModuleType("IPython")
In = [""]

def get_ipython():
    return types.SimpleNamespace(
        run_line_magic=lambda *given: None, system=lambda line: None, getoutput=lambda line: None
    )

for _cell in {cells!r}:
    In.append(_cell)
    exec(compile(_cell, "<ipython-input-%d-0>" % len(In), "exec"), globals())
print(json.dumps(found))
"""
SCOPE = """from ato_adict import record_of
from ato_trace import Scope
scope = Scope()

@scope.observe(default=True)
def defaults(config):
    config.lr = 0.1

@scope
def main(config, *given):
    train(config)
    return record_of(config).sources()
"""


@pytest.fixture
def notebook(tmp_path):
    """Run cells between the scope and its call; return the text of the program they make up."""

    def notebook(*cells, last="found = main()"):
        text = KERNEL.format(cells=[SCOPE, "def train(config): pass", *cells, last])
        command = [sys.executable, "-c", text]
        done = subprocess.run(command, cwd=str(tmp_path), capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout.decode().splitlines()[-1])["__main__"]["text"]

    return notebook


def test_a_comment_says_from_which_cell_and_line_a_statement_is(notebook):
    text = notebook("import random\nrandom.seed(1)\n\n\nrandom.seed(2)")
    assert "# In[3]:2\nrandom.seed(1)\n" in text
    assert "# In[3]:5\nrandom.seed(2)\n" in text


def test_a_definition_that_is_made_anew_is_there_once_as_it_is_now(notebook):
    text = notebook("def train(config): old()", "def train(config): return 1")
    assert text.count("def train") == 1
    assert "# In[4]:1\ndef train(config): return 1\n" in text


def test_so_is_an_assignment_that_does_not_build_on_itself(notebook):
    text = notebook("rate = 1", "rate = 2", "def train(config): return rate")
    assert "rate = 2" in text
    assert "rate = 1" not in text


def test_one_that_builds_on_itself_is_kept_with_what_came_before(notebook):
    text = notebook("rate = 1", "rate = rate * 2", "def train(config): return rate")
    assert "rate = 1\n" in text
    assert "rate = rate * 2\n" in text


def test_a_cell_that_could_not_be_read_is_none(notebook):
    assert "broken" not in notebook("In.append('broken = (')")


def test_decorators_belong_to_what_they_decorate(notebook):
    text = notebook("def kept(f): return f", "@kept\ndef train(config):\n    return 1")
    assert "@kept\ndef train(config):\n    return 1\n" in text
    assert "def kept(f)" in text


def test_statements_on_one_line_are_one(notebook):
    text = notebook("a = 1; b = 2", "def train(config): return a")
    assert "a = 1; b = 2\n" in text


USED = "def train(config): return data"


@pytest.mark.parametrize(
    "cell",
    [
        "data = [1]\ndata.append(2)",
        "data = {}\ndata['x'] = 1",
        "data = [1]\ndata += [2]",
        "data = [1, 2]\ndel data[0]",
        "import types\ndata = types.SimpleNamespace()\ndata.x = 1",
        "class Loader: pass\ndata = Loader()",
        "data: list = [3]",
        "for data in range(3): pass",
        "(data, other) = (1, 2)",
    ],
)
def test_what_makes_or_changes_what_is_used_counts(notebook, cell):
    text = notebook(cell, USED)
    for line in cell.split("\n"):
        assert line in text


@pytest.mark.parametrize(
    "cell",
    [
        "import random\nrandom.seed(3)",
        "import random\nstate = random.seed(3)",
        "import os\nos.environ['MODE'] = 'x'",
        "import sys\nsys.path.insert(0, '/lab')",
        "from math import *",
        "setattr(scope, 'odd', 1)",
        "exec('x = 1')",
        "(lambda: 1)()",
        "def prepare(): scope.ready = 1\nprepare()",
        "def prepare(): scope.ready = 1\nmade = prepare()",
        "get_ipython().run_line_magic('run', 'x.py')",
    ],
)
def test_what_acts_on_what_is_around_it_counts(notebook, cell):
    assert cell.split("\n")[-1] in notebook(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "print('looks good')",
        "1 + 1",
        "len([1, 2])",
        "'a'.upper()",
        "unused = 3",
        "import json as tool",
        "def helper(): pass",
        "def tried(): return len([1])\ntried()",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "get_ipython().run_line_magic('time', 'x')",
        "get_ipython().system('ls')",
        "listing = get_ipython().getoutput('ls')",
        "found = main()",
        "found = main.with_args(['lr=1'])()",
        "tried = [n for n in range(3)]",
    ],
)
def test_what_only_looks_or_stands_by_does_not(notebook, cell):
    assert cell not in notebook(cell)


def test_a_library_that_draws_is_looked_at_and_one_that_counts_is_not(notebook):
    made = (
        "import sys, types\n"
        "for _name in ('seaborn', 'counting'):\n"
        "    sys.modules[_name] = types.ModuleType(_name)\n"
        "    exec('def draw(): pass', vars(sys.modules[_name]))"
    )
    text = notebook(made, "import seaborn, counting", "seaborn.draw()", "counting.draw()")
    assert "counting.draw()\n" in text
    assert "seaborn.draw()\n" not in text


def test_a_call_of_an_entry_with_data_counts(notebook):
    assert "main(3)" in notebook(last="found = main(3)")


def test_what_a_call_of_an_entry_names_counts(notebook):
    text = notebook("words = ['lr=2']", last="found = main.with_args(words)()")
    assert "words = ['lr=2']\n" in text


def test_of_a_program_in_a_file_there_are_no_cells(notebook):
    text = notebook("__file__ = 'train.py'", last="found = main() or {'__main__': {'text': ''}}")
    assert "# In[" not in text
