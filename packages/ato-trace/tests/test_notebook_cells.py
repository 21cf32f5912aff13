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
        run_line_magic=lambda *given: None, run_cell_magic=lambda *given: None,
        system=lambda line: None, getoutput=lambda line: None,
    )

for _cell in {cells!r}:
    In.append(_cell)
    exec(compile(_cell, "<ipython-input-%d-0>" % (len(In) - 1), "exec"), globals())
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


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("from math import sin as rate", "from math import cos as rate"),
        ("import math as rate", "import cmath as rate"),
        ("import math as rate", "rate = 2"),
        ("rate, other = 1, 2", "rate, other = 1, 3"),
        ("rate, (other, *_) = 1, (2, 3)", "[rate, [other, *_]] = 2, (2, 4)"),
        ("rate: int = 1", "rate: int = 2"),
    ],
)
def test_so_is_whatever_binds_the_same_names(notebook, first, second):
    text = notebook(first, second, "def train(config): return rate")
    assert second in text
    assert first not in text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("import os.path", "import os"),
        ("import xml.dom", "import xml.sax"),
        ("from math import *", "from cmath import *"),
        ("os, xml = 1, 2", "xml, os = os, xml"),
        ("os, xml = 1, 2", "os = 3"),
    ],
)
def test_what_binds_others_or_adds_to_them_leaves_them(notebook, first, second):
    text = notebook(first, second, "def train(config): return lambda: (os, xml)")
    assert first in text
    assert second in text


CLASS = "class Net:\n    {}\n    def step(self): return {}"
PLAIN, STATIC = "depth = 1", "@staticmethod\n    def build(): pass"


@pytest.mark.parametrize("first", [PLAIN, STATIC])
@pytest.mark.parametrize(
    ("make", "use"),
    [
        ("net = Net()", "net.step()"),
        ("net = [Net(), Net()]", "net[0].step()"),
        ("net = {'a': (Net(),)}", "net['a'][0].step()"),
        ("class Deep(Net): pass\nnet = Deep()", "net.step()"),
        ("class Deep(Net): pass", "Deep().step()"),
        ("net = Net().step", "net()"),
        ("import functools\nnet = functools.partial(Net.step, Net())", "net()"),
    ],
)
def test_of_a_class_the_definition_counts_that_its_objects_were_made_by(notebook, make, use, first):
    cells = [CLASS.format(first, 1), make, f"def train(config): {use}", CLASS.format(first, 2)]
    before, after = notebook(*cells), notebook(*cells, make)
    assert "return 1" in before
    assert "return 2" not in before
    assert "return 1" not in after
    assert "return 2" in after


def test_so_does_that_of_functions_that_a_list_holds_with_what_it_names(notebook):
    cells = ["rate = 3", "def step(): return rate", "steps = [step]"]
    cells += ["def train(config): steps[0]()", "def step(): return 2"]
    text = notebook(*cells)
    assert "def step(): return rate" in text
    assert "rate = 3" in text
    assert "def step(): return 2" in notebook(*cells, "steps = [step]")


@pytest.mark.parametrize("body", ["Net(), net", "(lambda: Net)(), net"])
def test_what_a_function_names_is_what_stands_there_now(notebook, body):
    cells = [CLASS.format(PLAIN, 1), "net = Net()", f"def train(config): {body}"]
    assert "return 2" in notebook(*cells, CLASS.format(PLAIN, 2))


def test_one_that_builds_on_itself_is_kept_with_what_came_before(notebook):
    text = notebook("rate = 1", "rate = rate * 2", "def train(config): return rate")
    assert "rate = 1\n" in text
    assert "rate = rate * 2\n" in text


def test_what_it_built_is_gone_when_it_is_made_anew(notebook):
    text = notebook("rate = 1", "rate = rate * 2", "rate = 1", "def train(config): return rate")
    assert "rate = 1\n" in text
    assert "rate = rate * 2" not in text


@pytest.mark.parametrize("made", ["kept = rate", "def kept(one=rate): pass"])
def test_but_not_where_something_else_was_made_of_it(notebook, made):
    cells = ["rate = 1", "rate = rate * 2", made, "rate = 1"]
    assert "rate = rate * 2\n" in notebook(*cells, "def train(config): return kept, rate")


def test_a_cell_that_could_not_be_read_is_none(notebook):
    assert "broken" not in notebook("In.append('broken = (')")


def test_decorators_belong_to_what_they_decorate(notebook):
    text = notebook("def kept(f): return f", "@kept\ndef train(config):\n    return 1")
    assert "@kept\ndef train(config):\n    return 1\n" in text
    assert "def kept(f)" in text


def test_statements_on_one_line_are_one(notebook):
    text = notebook("a = 1; b = 2", "def train(config): return a")
    assert "a = 1; b = 2\n" in text


def test_a_line_on_which_nothing_counts_does_not(notebook):
    text = notebook(
        "b = 2; print(b)", "c = '''\n'''; a = 3; print(c)", "def train(config): return a"
    )
    assert "b = 2" not in text
    assert "# In[4]:1\nc = '''\n'''; a = 3; print(c)\n" in text


def test_an_assignment_on_a_shared_line_is_made_anew_as_well(notebook):
    text = notebook("rate = 1; main()", "rate = 2; main()", "def train(config): return rate")
    assert "rate = 2" in text
    assert "rate = 1" not in text


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
    "bound",
    [
        "def rate(): return 2",
        "rate = 2",
        "import math as rate",
        "for rate in range(3): pass",
        "class rate: pass",
    ],
)
@pytest.mark.parametrize(
    "gone", ["del rate", "if True:\n    del rate", "spare = 1\ndel spare, rate"]
)
def test_a_name_that_was_deleted_and_is_bound_again_does_not(notebook, bound, gone):
    text = notebook(bound, "def train(config): return rate", gone, bound)
    assert "del" not in text
    assert bound in text


def test_nor_does_one_that_no_run_looks_up(notebook):
    assert "del" not in notebook("rate = 1", "del rate", "def train(config): return 2")


def test_one_that_means_another_thing_since_it_was_deleted_does(notebook):
    text = notebook("def sum(x): return 0", "def train(config): return sum([1])", "del sum")
    assert "del sum" in text


def test_so_does_one_of_which_a_part_is_deleted(notebook):
    text = notebook("rate = {1: 2, 2: 3}", "def train(config): return rate", "del rate[1]")
    assert "del rate[1]" in text


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


IDLE_MAGICS = """
alias|alias now|autosave 10|bookmark here|cat a.txt|clear|colors nocolor|debug
dhist|dirs|doctest_mode|env|env HOME|gui|hist|history|ll|load a.py|logstart
logstop|logstate|ls|lsmagic|macro|magic|man ls|mkdir sub|more a.txt
notebook a.ipynb|page rate|pdb|pdoc rate|pfile rate|pinfo rate|pprint|precision 3
psearch r*|psource rate|pwd|pycat a.py|quickref|recall 1|rehashx|reload_ext ext
rm a.txt|save a.py 1|store|store rate|store -d rate|sx ls|system ls|tb
unload_ext ext|who|who_ls|whos|xmode plain
"""


def magic(text):
    name, _, line = text.partition(" ")
    return f"get_ipython().run_line_magic({name!r}, {line!r})"


@pytest.mark.parametrize("lines", IDLE_MAGICS.strip().split("\n"))
def test_nor_do_magics_that_show_something_or_change_how_it_looks(notebook, lines):
    text = notebook("rate = 0", *map(magic, lines.split("|")))
    assert "get_ipython" not in text
    assert "rate = 0" not in text


def test_nor_do_cells_that_are_shown_written_or_run_by_other_programs(notebook):
    names = "! HTML SVG bash file html javascript js latex markdown perl python3 ruby script sh svg"
    cells = [f"get_ipython().run_cell_magic({n!r}, '', 'x')" for n in names.split()]
    written = "get_ipython().run_cell_magic('writefile', 'notes.txt', 'so far')"
    assert "get_ipython" not in notebook(*cells, written)


@pytest.mark.parametrize(
    "line",
    [
        "env RATE=2",
        "env RATE 2",
        "set_env RATE=2",
        "cd sub",
        "cd",
        "pushd sub",
        "popd",
        "run x.py",
        "rerun 1",
        "edit x.py",
        "debug rate()",
        "reset -f",
        "reset_selective -f rate",
        "store -r",
        "pylab",
        "code_wrap timed",
        "unheard_of",
    ],
)
def test_magics_that_set_what_a_program_goes_by_count(notebook, line):
    assert magic(line) in notebook(magic(line))


@pytest.mark.parametrize(
    "line",
    ["store -r rate", "macro rate 1-2", "macro -q rate 1-2", "xdel -n rate", "sc rate=ls"],
)
def test_magics_that_make_a_variable_count_if_it_does(notebook, line):
    assert magic(line) in notebook("rate = 0", "def train(config): return rate", magic(line))
    assert magic(line) not in notebook("rate = 0", magic(line))


def test_so_do_programs_whose_output_is_kept_in_one(notebook):
    cell = "get_ipython().run_cell_magic('bash', '--out rate', 'echo 1')"
    assert cell in notebook("rate = 0", "def train(config): return rate", cell)
    assert cell not in notebook("rate = 0", cell)


def test_and_what_defines_a_magic_if_something_uses_that(notebook):
    alias = magic("alias fetch curl %s")
    used = magic("fetch data.csv")
    assert alias not in notebook(alias)
    text = notebook(alias, used)
    assert alias in text
    assert used in text


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
    assert "main.with_args([])(3)" in notebook(last="found = main.with_args([])(3)")


def test_one_that_has_changed_what_it_was_given_does(notebook):
    other = "@scope\ndef other(config, given): given.append(1)"
    text = notebook("data = []", "def train(config): return data", other, "other(data)")
    assert "other(data)\n" in text


def test_what_a_call_of_an_entry_names_counts(notebook):
    text = notebook("words = ['lr=2']", last="found = main.with_args(words)()")
    assert "words = ['lr=2']\n" in text


def test_so_does_a_function_that_it_is_given_as_a_value(notebook):
    text = notebook("def loss(): pass", last="found = main.with_args(loss=loss)()")
    assert "def loss(): pass\n" in text


@pytest.mark.parametrize(
    "cell",
    [
        "for lr in (1, 2):\n    main.with_args([f'lr={lr}'])()",
        "tried = [main.with_args([f'lr={lr}'])() for lr in (1, 2)]",
        "for lr in (1, 2):\n    for other in (3, 4):\n        main.with_args(lr=lr)()",
        "n = 0\nwhile n < 3:\n    n += 1\n    main.with_args(lr=n)()",
        "with open('log', 'w') as log:\n    main()",
        "try:\n    lr = main()\nexcept ValueError as error:\n    print(error)",
        "if main():\n    lr = 3",
        "lr = main.with_args(['lr=2'])(); print('after', lr)",
        "get_ipython().run_line_magic('time', 'main()')",
        "for lr in (1, 2):\n    get_ipython().run_line_magic('time', 'main.with_args(lr=lr)()')",
        "get_ipython().run_line_magic('prun', '-q main()')",
        "def sweep():\n    for lr in (1, 2): main.with_args(lr=lr)()\nsweep()",
        "entries = {'a': main}\nentries['a']()",
    ],
)
def test_calls_of_entries_in_cells_before_are_none_of_the_run(notebook, cell):
    text = notebook(cell)
    for line in cell.split("\n"):
        assert line not in text


@pytest.mark.parametrize(
    "cell",
    [
        "for rate in (1, 2):\n    main()",
        "for n in (1, 2):\n    rate = n\n    main()",
        "with open('log', 'w') as rate:\n    main()",
        "for n in (1, 2):\n    get_ipython().run_line_magic('time', 'rate = n')",
        "def sweep():\n    global rate\n    rate = main()\nsweep()",
    ],
)
def test_what_they_change_of_what_it_reads_is(notebook, cell):
    text = notebook("rate = 0", "def train(config): return rate", cell)
    for line in cell.split("\n"):
        assert line in text


SEARCHED = """import ato_hyperband
space = {"lr": {"param_type": "FLOAT", "param_range": (0.1, 1.0)}}
search = ato_hyperband.HyperBand(scope, space, resource="steps", max_resource=2, seed=0)"""


@pytest.mark.parametrize(
    ("objective", "call"),
    [
        ("@search.main\ndef objective(config): return config.lr", "best = objective()"),
        ("def objective(config): return config.lr", "best = search.run(objective, [])"),
    ],
)
def test_a_search_that_is_over_is_none_of_the_run(notebook, objective, call):
    pytest.importorskip("ato_hyperband")
    text = notebook(SEARCHED, objective, call)
    assert "search" not in text
    assert "objective" not in text


OTHER = "@scope\ndef other(config): return {}"


@pytest.mark.parametrize(
    "body",
    [
        "return limit",
        "found = []; found.append(limit)",
        "with open('log', 'w') as log: log.write(str(limit))",
        "total = 0\n    for n in range(limit): total += n",
    ],
)
def test_an_entry_that_is_not_called_is_none_of_the_run(notebook, body):
    text = notebook("limit = 3", f"@scope\ndef other(config):\n    {body}", "other()")
    assert "def other" not in text
    assert "limit = 3" not in text


@pytest.mark.parametrize(
    "body",
    [
        "scope.ready = 1",
        "rate.append(1)",
        "import random; random.seed(0)",
        "import sys as s; s.path.append(0)",
        "kept = rate; kept.append(1)",
        "for one in [rate]: one.append(1)",
        "global rate; rate = 2",
    ],
)
def test_one_that_acts_on_what_is_around_it_counts(notebook, body):
    rate = ["rate = []", "def train(config): return rate"]
    assert "def other" in notebook(*rate, f"@scope\ndef other(config):\n    {body}")


@pytest.mark.parametrize(
    "call",
    [
        "entry()",
        "entries['b']()",
        "lab.other()",
        "lab.do()",
        "sweep()",
        "run(other)",
        "for one in (main, other): one()",
        "import threading; threading.Thread(target=other).run()",
    ],
)
def test_one_that_is_called_by_another_name_counts(notebook, call):
    names = [
        "entry = other",
        "entries = {'b': other}",
        "class Lab:\n    other = staticmethod(other)\n    def do(self): other()\nlab = Lab()",
        "def run(one): one()",
        "def sweep(): run(entry)",
    ]
    assert "def other" in notebook(OTHER.format(1), *names, last=f"found = main()\n{call}")


def test_every_entry_counts_where_it_cannot_be_told_which_one_runs(notebook):
    assert "def other" in notebook(OTHER.format(1), last="found = globals()['main']()")


RELOAD = "importlib.reload(helper)"
USES_HELPER = "def train(config): return helper.rate"
DEFINES = "import os\nrate = 1\nrates = []\nrates.append(2)\ndef step(): rates.clear()\n"


@pytest.fixture
def reloaded(tmp_path, notebook):
    """Run cells after `import helper`, and reload it; return the text of the program."""

    def reloaded(text, *cells, reload=RELOAD):
        (tmp_path / "helper.py").write_text(text)
        imports = "import importlib, sys; sys.path.insert(0, '.')\nimport helper"
        return notebook(imports, USES_HELPER, *cells, reload)

    return reloaded


@pytest.mark.parametrize("text", [DEFINES, DEFINES + "if __name__ == '__main__':\n    exec('1')"])
def test_a_module_that_is_loaded_again_is_told_by_its_own_text(reloaded, text):
    assert RELOAD not in reloaded(text)


@pytest.mark.parametrize(
    "text",
    [
        "rate = 1\nimport random\nrandom.seed(0)",
        "rate = 1\nimport os\nos.environ['A'] = '1'",
        "rate = 1\nfrom sys import path\npath.append('x')",
        "rate = 1\ndef kept(f): return f\n@kept\ndef step(): pass",
    ],
)
def test_one_whose_text_acts_on_what_is_around_it_counts(reloaded, text):
    assert RELOAD in reloaded(text)


@pytest.mark.parametrize(
    "cell",
    [
        "helper.rate = 3",
        "helper.rates.append(3)",
        "helper.step()",
        "from helper import step\nstep()",
        "setattr(helper, 'rate', 3)",
        "def change(): helper.rate = 3\nchange()",
    ],
)
def test_so_does_one_that_takes_back_what_a_cell_has_changed(reloaded, cell):
    assert RELOAD in reloaded(DEFINES, cell)


def test_a_library_that_is_loaded_again_counts(reloaded):
    again = "import json\nimportlib.reload(json)"
    assert "importlib.reload(json)" in reloaded(DEFINES, reload=again)


def test_of_a_program_in_a_file_there_are_no_cells(notebook):
    text = notebook("__file__ = 'train.py'", last="found = main() or {'__main__': {'text': ''}}")
    assert "# In[" not in text
