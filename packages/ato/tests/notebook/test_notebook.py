"""The whole of ato in a notebook, in a real kernel."""

import pytest
from kernel import run_cells

pytestmark = pytest.mark.slow

PROGRAM = [
    """from ato.db_routers.sql.manager import SQLFinder, SQLLogger
from ato.scope import Scope

scope = Scope(strict=True)


@scope.observe(default=True)
def defaults(config):
    config.lr = 0.1


@scope.observe()
def careful(config):
    config.lr = 0.01
""",
    "def step(x):\n    return x * 2",
    """
@scope
def train(config):
    with SQLLogger(config).start() as run:
        run.log_metric("loss", step(config.lr), step=0)
""",
    "train()",
]
CHANGED = ["def step(x):\n    return x * 3", "train()", "finder = SQLFinder()"]


def test_a_word_is_answered_without_an_error(tmp_path):
    words = ["manual", "views", "print", "explain"]
    cells = run_cells([*PROGRAM[:3], *(f"train.with_args(['{w}'])()" for w in words)], tmp_path)
    for cell, text in zip(cells[3:], ["usage: notebook", "careful", "lr: 0.1", "lr = 0.1"]):
        assert text in cell.printed
        assert not cell.errors
        assert not cell.said


SEARCH = """
from ato import HyperBand

space = {"lr": {"param_type": "FLOAT", "param_range": (0.1, 1.0)}}

@HyperBand(scope, space, resource="epochs", max_resource=3, seed=0).main
def search(config):
    return config.lr"""


def test_so_it_is_by_a_search(tmp_path):
    words = ["['manual']", "['views']", "['print']", "['explain', 'lr']"]
    calls = [f"search.with_args({word})()" for word in words]
    cells = run_cells([PROGRAM[0], SEARCH, *calls], tmp_path)
    for cell, text in zip(cells[2:], ["usage: notebook", "careful", "lr: 0.1", "lr = 0.1"]):
        assert text in cell.printed
        assert not cell.errors
        assert not cell.said


def test_the_place_of_a_value_is_its_cell(tmp_path):
    cells = run_cells([*PROGRAM[:3], "scope.apply(['careful']); scope.explain('lr')"], tmp_path)
    assert "view 'careful' (In[1]:12)" in cells[-1].shown()


MAGIC_VIEW = """
@scope.observe()
def magic(config):
    config.lr = 8"""


@pytest.mark.parametrize("magic", ["%%time", "%%timeit -n1 -r1", "%%capture", "%%capture\n%%time"])
def test_the_place_of_a_value_is_its_cell_and_line_below_a_magic(tmp_path, magic):
    later = ["%%time\n1", "scope.apply(['magic']); scope.explain('lr')"]
    cells = run_cells([*PROGRAM[:3], magic + MAGIC_VIEW, *later], tmp_path)
    line = len(magic.split("\n")) + 1
    assert f"view 'magic' (In[4]:{line})" in cells[-1].shown()


def test_a_reader_that_a_timed_cell_has_defined_has_the_place_of_its_cell(tmp_path):
    (tmp_path / "data.txt").write_text("1")
    reads = "\ndef read():\n    return open('data.txt').read()\n"
    train = PROGRAM[2].replace("step(config.lr)", "float(read())")
    last = "print(*[i.reader for i in SQLFinder().named_run('1').inputs if 'data' in i.path])"
    cells = ["%%time\n" + reads, "%%time\n\ndef other(): pass", train, "%%time\ntrain()", last]
    *_, cell = run_cells([PROGRAM[0], *cells], tmp_path)
    assert cell.printed == "read (In[2]:4)\n"


def test_a_place_names_the_notebook_where_that_is_known(tmp_path):
    question = "scope.apply(['careful']); scope.explain('lr')"
    cells = run_cells([*PROGRAM[:3], question], tmp_path, JPY_SESSION_NAME="work/digits.ipynb")
    assert "view 'careful' (digits.ipynb In[1]:12)" in cells[-1].shown()


def test_the_command_of_a_run_is_its_notebook_and_cell(tmp_path):
    question = "run = SQLFinder().named_run('last'); print(*run.command, run.project.name)"
    [*_, cell] = run_cells([*PROGRAM, question], tmp_path, JPY_SESSION_NAME="digits.ipynb")
    assert cell.printed.strip() == "digits.ipynb In[4] digits"


def test_the_command_of_a_file_that_a_cell_runs_is_the_notebook_and_the_file(tmp_path):
    (tmp_path / "train.py").write_text("\n".join(PROGRAM))
    question = "run = SQLFinder().named_run('last'); print(*run.command, run.project.name)"
    [*_, cell] = run_cells([PROGRAM[0], "%run train.py lr:=0.2", question], tmp_path)
    assert cell.printed.strip() == "notebook train.py lr:=0.2 train"


def test_a_file_that_was_run_among_the_cells_is_not_the_program_of_later_ones(tmp_path):
    (tmp_path / "train.py").write_text("\n".join(PROGRAM))
    question = """
for run in map(SQLFinder().named_run, (1, 2)):
    print(*run.command, run.project.name)"""
    [*_, cell] = run_cells(["%run -i train.py", "train()", question], tmp_path)
    commands = ["notebook train.py train", f"notebook In[2] {tmp_path.name}"]
    assert cell.printed.splitlines() == commands


def test_nor_is_its_folder_that_of_later_ones(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "train.py").write_text("\n".join(PROGRAM))
    question = "from ato_adict.surroundings import program_folder; print(program_folder())"
    [*_, cell] = run_cells(["%run sub/train.py", question], tmp_path)
    assert cell.printed == f"{tmp_path}\n"


@pytest.mark.parametrize(
    "statement", ["%run train.py", "import runpy; runpy.run_path('train.py', run_name='__main__')"]
)
def test_what_started_the_kernel_is_no_argument_of_a_file(tmp_path, statement):
    (tmp_path / "train.py").write_text("\n".join(PROGRAM))
    question = "run = SQLFinder().named_run('last'); print(*run.command)"
    [*_, ran, cell] = run_cells([PROGRAM[0], statement, question], tmp_path)
    assert not ran.errors
    assert cell.printed.strip() == "notebook train.py"


def test_without_a_name_the_project_is_the_folder(tmp_path):
    question = "run = SQLFinder().named_run('last'); print(*run.command, run.project.name)"
    [*_, cell] = run_cells([*PROGRAM, question], tmp_path)
    assert cell.printed.strip() == f"notebook In[4] {tmp_path.name}"


def test_why_names_the_statement_of_the_cell_that_was_run_again(tmp_path):
    [*_, text] = run_cells([*PROGRAM, *CHANGED, "print(finder.why())"], tmp_path)
    first, *others = text.printed.splitlines()
    assert first == "notebook.step changed (In[5]:2)"
    assert "    In[2]:2 -> In[5]:2" in others
    assert "    - return x * 2" in others
    assert "    + return x * 3" in others


STEP = "def step(x):\n    return x * {}"
GAIN = "gain = {}\nstep = lambda x: x * gain"


@pytest.mark.parametrize("magic", ["%%time", "%%capture", "%%capture\n%%time", "%%prun -q"])
@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        (STEP, 2, "notebook.step changed (In[5]:{})"),
        ("@scope.trace()\n" + STEP, 3, "notebook.step changed (In[5]:{})"),
        (GAIN, 1, "In[5]:{} changed: gain = 2 -> gain = 3"),
    ],
)
def test_why_names_the_statement_below_a_magic(tmp_path, magic, text, line, cause):
    first, second = (f"{magic}\n{text.format(value)}" for value in (2, 3))
    cells = [PROGRAM[0], first, PROGRAM[2], "train()", second, "train()"]
    [*_, cell] = run_cells([*cells, "print(SQLFinder().why())"], tmp_path)
    above = len(magic.splitlines())
    assert cell.printed.splitlines()[0] == cause.format(above + line)
    assert "run_cell_magic" not in cell.printed


MODULE = "gain = 2\n\n\ndef step(x):\n    return x * gain\n"
SAVE = """
import importlib, pathlib

def save(name, old, new):
    file = pathlib.Path(name)
    file.write_text(file.read_text().replace(old, new))"""
EDITS = [
    ("x * gain", "x * gain * 3", "helper.step changed (helper.py:5)"),
    ("gain = 2", "gain = 300", "helper.py:1 changed: gain = 2 -> gain = 300"),
]


@pytest.mark.parametrize(("old", "new", "cause"), EDITS)
@pytest.mark.parametrize(
    ("before", "after"),
    [("", "importlib.reload(helper)"), ("%load_ext autoreload\n%autoreload 2", "")],
)
def test_why_names_what_changed_in_a_module_that_was_reloaded(
    tmp_path, before, after, old, new, cause
):
    (tmp_path / "helper.py").write_text(MODULE)
    train = PROGRAM[2].replace("step(", "helper.step(")
    edit = f"save('helper.py', {old!r}, {new!r})\n{after}"
    cells = [PROGRAM[0], SAVE, "import helper", before, train, "train()", edit, "train()"]
    [*_, cell] = run_cells([*cells, "print(SQLFinder().why())"], tmp_path)
    assert cell.printed.splitlines()[0] == cause


def test_why_names_what_changed_in_a_file_that_was_run_again(tmp_path):
    (tmp_path / "train.py").write_text("\n".join(PROGRAM))
    run, edit = "%run train.py", "save('train.py', '* 2', '* 3')"
    [*_, cell] = run_cells([SAVE, run, edit, run, "print(SQLFinder().why())"], tmp_path)
    line = "\n".join(PROGRAM).split("\n").index("    return x * 2") + 1
    assert cell.printed.splitlines()[0] == f"train.step changed (train.py:{line})"


EARLY = """@scope
def train(config):
    with SQLLogger(config).start() as run:
        run.log_metric("loss", float(factor), step=0)"""


@pytest.mark.parametrize(
    ("cell", "reader"),
    [
        ("factor = open('data.txt').read()", "In[1]:1"),
        ("def read():\n    return open('data.txt').read()\n\nfactor = read()", "In[1]:2"),
        ("%run setup.py", "setup.py:1"),
    ],
)
def test_what_cells_read_before_ato_was_imported_is_an_input(tmp_path, cell, reader):
    (tmp_path / "data.txt").write_text("1")
    (tmp_path / "setup.py").write_text("factor = open('data.txt').read()")
    asked = "print(*[i.reader for i in SQLFinder().named_run(1).inputs if 'data' in i.path])"
    cells = [cell, PROGRAM[0], EARLY, "train()", cell, "train()", "print(SQLFinder().why())", asked]
    *_, same, read = run_cells(cells, tmp_path)
    assert same.printed.startswith("Run 1 and run 2 agree in")
    assert read.printed == f"<module> ({reader})\n"


def test_why_names_data_that_changed_since_a_cell_read_it_before_ato_was_imported(tmp_path):
    (tmp_path / "data.txt").write_text("1")
    cell, edit = "factor = open('data.txt').read()", "open('data.txt', 'w').write('2')"
    cells = [cell, PROGRAM[0], EARLY, "train()", edit, cell, "train()", "print(SQLFinder().why())"]
    *_, why = run_cells(cells, tmp_path)
    assert why.printed.startswith("data.txt changed (same size, 1 byte; read in In[6]:1)")


def test_why_names_what_a_line_was_timed_for(tmp_path):
    cells = [PROGRAM[0], GAIN.format(2), PROGRAM[2], "%time train()", "%time gain = 3", "train()"]
    [*_, cell] = run_cells([*cells, "print(SQLFinder().why())"], tmp_path)
    assert cell.printed.splitlines()[0] == "In[5]:1 changed: gain = 2 -> gain = 3"


LAZY_VIEW = """
@scope.observe()
def late(config):
    with Scope.lazy():
        config.steps = 3 / config.lr"""


@pytest.mark.parametrize("magic", ["%%time", "%%timeit -n1 -r1", "%%capture", "%%capture\n%%time"])
def test_a_view_below_a_magic_may_have_blocks_that_run_later(tmp_path, magic):
    question = "scope.apply(['late', 'lr=3']); scope.explain('steps')"
    cells = run_cells([PROGRAM[0], magic + LAZY_VIEW, question], tmp_path)
    assert not cells[1].errors
    assert "steps = 1.0\n" in cells[2].shown()
    assert f"lazy view 'late' (In[2]:{len(magic.splitlines()) + 1})" in cells[2].shown()


DRAWING = """import random

@scope
def draw(config):
    with SQLLogger(config).start() as run:
        run.log_metric("loss", random.random(), step=0)"""


def test_the_cell_that_a_run_was_started_in_is_no_cause(tmp_path):
    cells = [PROGRAM[0], DRAWING, "draw()", "draw()", "print(SQLFinder().why())"]
    [*_, cell] = run_cells(cells, tmp_path)
    assert cell.printed.startswith("The metrics differ, and nothing that was recorded explains it")
    assert "sets no seed" in cell.printed


FAILING = """@scope
def fail(config):
    with SQLLogger(config).start():
        divide(config.lr)"""
DIVIDE = "def divide(x):\n    return x / 0"
ERROR = "print(SQLFinder().named_run('last').error)"


def test_the_traceback_of_a_run_names_cells(tmp_path):
    [*_, failed, cell] = run_cells([PROGRAM[0], DIVIDE, FAILING, "fail()", ERROR], tmp_path)
    assert "ZeroDivisionError" in failed.errors[0]
    assert cell.printed.splitlines()[1:5] == [
        '  File "In[3]", line 4, in fail',
        "    divide(config.lr)",
        '  File "In[2]", line 2, in divide',
        "    return x / 0",
    ]


def test_so_do_those_of_its_causes_and_below_a_magic(tmp_path):
    cells = [
        "%%time\n" + DIVIDE,
        "%%capture\ndef again(x):\n    try:\n        divide(x)\n"
        "    except ZeroDivisionError as error:\n        raise ValueError(x) from error",
        "%%time\nwith SQLLogger().start():\n    again(1)",
        ERROR,
    ]
    [*_, cell] = run_cells([PROGRAM[0], *cells], tmp_path, JPY_SESSION_NAME="digits.ipynb")
    places = [line.strip() for line in cell.printed.splitlines() if "File " in line]
    assert places == [
        'File "digits.ipynb In[3]", line 4, in again',
        'File "digits.ipynb In[2]", line 3, in divide',
        'File "digits.ipynb In[4]", line 3, in <module>',
        'File "digits.ipynb In[3]", line 6, in again',
    ]


def test_the_traceback_of_a_trial_names_its_cell(tmp_path):
    search = """
from ato import HyperBand

space = {"lr": {"param_type": "FLOAT", "param_range": (0.1, 1.0)}}
search = HyperBand(None, space, resource="epochs", max_resource=3, seed=0)
"""
    run = "try: search.run(divide, [])\nexcept Exception as error: print(error)"
    [*_, cell] = run_cells([search, "def divide(config):\n    return 1 / 0", run], tmp_path)
    assert 'File "In[2]", line 2, in divide' in cell.printed


def test_looking_at_results_is_no_cause(tmp_path):
    between = ["SQLFinder().search()", "print('so far')"]
    [*_, cell] = run_cells([*PROGRAM, *between, *CHANGED, "finder.why(1, 2).cause[0]"], tmp_path)
    assert cell.shown() == "'notebook.step changed (In[7]:2)'"


@pytest.mark.parametrize(
    "between",
    [
        ["for lr in (1, 2):\n    draw.with_args([f'lr={lr}'])()", "runs = finder.search()"],
        ["found = [draw.with_args([f'lr={lr}'])() for lr in (1, 2)]"],
        ["x = draw.with_args(['print'])(); print('after', x)", "x = draw(); print(x)"],
        ["%time draw()", "%prun -q draw()", "%%time\nfor lr in (1, 2): draw.with_args(lr=lr)()"],
        ["importlib.reload(helper); draw()", "import json"],
        [SEARCH, "result = search()\nprint(result)", "result = search.with_args([])()"],
    ],
)
def test_nor_is_what_other_cells_have_run(tmp_path, between):
    (tmp_path / "helper.py").write_text(MODULE)
    drawing = DRAWING.replace("random.random()", "helper.step(random.random())")
    first = [PROGRAM[0], "import helper, importlib\nfinder = SQLFinder()", drawing, "draw()"]
    last = "print(finder.why(1, finder.named_run('last').id))"
    cells = run_cells([*first, *between, "draw()", last], tmp_path)
    assert not [cell.errors for cell in cells if cell.errors]
    assert cells[-1].printed.startswith("The metrics differ, and nothing that was recorded")
    assert "In[" not in cells[-1].printed.splitlines()[0]


@pytest.mark.parametrize(
    ("between", "cause"),
    [
        ("helper.gain = 3", "notebook changed outside of its functions (In[5]:1)"),
        ("random.seed(1)\ndraw()", "notebook changed outside of its functions (In[5]:1)"),
        ("globals()['bonus'] = 1", "notebook changed outside of its functions (In[5]:1)"),
        ("for lr in (1, 2): bonus = lr; draw()", "outside of its functions (In[5]:1)"),
        ("draw(); bonus = 1", "In[5]:1 changed: bonus = 0 -> draw(); bonus = 1"),
        ("bonus = bonus + 1; draw()", "notebook.bonus changed (In[5]:1)"),
    ],
)
def test_what_such_cells_change_of_what_a_run_reads_is(tmp_path, between, cause):
    (tmp_path / "helper.py").write_text(MODULE)
    drawing = DRAWING.replace("random.random()", "helper.step(random.random()) + bonus")
    first = [PROGRAM[0], "import helper\nfinder = SQLFinder()\nbonus = 0", drawing, "draw()"]
    last = "print(finder.why(1, finder.named_run('last').id))"
    [*_, cell] = run_cells([*first, between, "draw()", last], tmp_path)
    assert cause in cell.printed.splitlines()[0]
    assert "nothing that was recorded" not in cell.printed


@pytest.mark.parametrize("save", ["!printf {} > bonus.txt", "open('bonus.txt', 'w').write('{}')"])
@pytest.mark.parametrize("load", ["bonus = float(open('bonus.txt').read())", "bonus = load()"])
def test_data_that_a_cell_reads_again_is(tmp_path, save, load):
    loader = "def load():\n    return float(open('bonus.txt').read())"
    drawing = DRAWING.replace("random.random()", "bonus")
    first = [PROGRAM[0], loader, save.format(1), load, drawing, "draw()"]
    last = "print(SQLFinder().why())"
    [*_, cell] = run_cells([*first, save.format(2), load, "draw()", last], tmp_path)
    assert cell.printed.splitlines()[0].startswith("bonus.txt changed (")
    assert "line 1: 1 -> 2" in cell.printed


IDLE = ["%ls", "%pwd\n%whos\n%dirs\n%alias", "%cd .", "%env HOME", "%precision 3\n%xmode plain"]
IDLE += ["%autosave 10", "%logstop", "%%writefile notes.txt\nso far", "!ls\n!!ls", "%%bash\nls"]


def test_nor_are_magics_that_show_something_or_change_how_it_looks(tmp_path):
    cells = [PROGRAM[0], DRAWING, "draw()", *IDLE, "draw()", "print(SQLFinder().why())"]
    [*_, cell] = run_cells(cells, tmp_path)
    assert cell.printed.startswith("The metrics differ, and nothing that was recorded explains it.")
    assert "The logic differs" not in cell.printed


def test_a_variable_that_a_magic_sets_is_told_once(tmp_path):
    drawing = "import os\n" + DRAWING.replace("random.random()", "int(os.environ.get('GAIN', '1'))")
    cells = [PROGRAM[0], drawing, "draw()", "%env GAIN=2", "draw()", "print(SQLFinder().why())"]
    [*_, cell] = run_cells(cells, tmp_path)
    first = cell.printed.splitlines()[0]
    assert first == "The environment variable GAIN changed: (not set) -> 2"
    assert "The logic differs" not in cell.printed


def test_magics_and_commands_are_shown_as_they_were_typed(tmp_path):
    drawing = DRAWING.replace("random.random()", "len(names)")
    put = "from IPython.core.magic import register_cell_magic as r\nr('put')(lambda *given: None)"
    cells = [PROGRAM[0] + put, drawing, "names = !echo a", "draw()"]
    cells += ["%env SIZE=2", "%%put notes.txt\nso far\nso good", "names = !echo a; echo b"]
    [*_, cell] = run_cells([*cells, "draw()", "print(SQLFinder().why())"], tmp_path)
    lines = [line.strip() for line in cell.printed.splitlines()]
    assert lines[0] == "In[7]:1 changed: names = !echo a -> names = !echo a; echo b"
    start = lines.index("+ %env SIZE=2")
    assert lines[start : start + 4] == [
        "+ %env SIZE=2",
        "+ %%put notes.txt",
        "+ so far",
        "+ so good",
    ]
    assert "- names = !echo a" in lines
    assert "get_ipython" not in cell.printed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from math import sin as gain", "from math import cos as gain"),
        ("gain, other = abs, 2", "gain, other = round, 2"),
    ],
)
def test_what_a_name_was_bound_to_before_is_told(tmp_path, old, new):
    train = PROGRAM[2].replace("step(", "gain(1.6 + ")
    cells = [PROGRAM[0], old, train, "train()", new, "train()", "print(SQLFinder().why())"]
    [*_, cell] = run_cells(cells, tmp_path)
    assert cell.printed.splitlines()[0] == f"In[5]:1 changed: {old} -> {new}"


def test_what_was_deleted_and_is_defined_again_is_no_cause(tmp_path):
    cells = [*PROGRAM, "del step", PROGRAM[1], "train()", "print(SQLFinder().why())"]
    [*_, cell] = run_cells(cells, tmp_path)
    assert " agree in " in cell.printed.splitlines()[0]


def test_the_class_that_an_object_has_is_what_counts(tmp_path):
    net = "class Net:\n    def step(self, x): return x * {}"
    train = PROGRAM[2].replace("step(", "net.step(")
    cells = [PROGRAM[0], net.format(2), "net = Net()", train, "train()", net.format(3), "train()"]
    last = "print(*(SQLFinder().why(n, n + 1).cause for n in (1, 2)))"
    [*_, cell] = run_cells([*cells, "net = Net()", "train()", last], tmp_path)
    assert cell.printed == "[] ['notebook.Net.step changed (In[6]:2)']\n"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("finder.why(1, 2)", "<b>notebook.step changed (In[5]:2)</b>"),
        ("finder.compare(1, 2)", "loss</td>"),
        ("finder.search()", "loss</th>"),
        ("finder.get_metrics(1, 'loss')", "step</th>"),
    ],
)
def test_answers_are_tables(tmp_path, question, text):
    [*_, cell] = run_cells([*PROGRAM, *CHANGED, question], tmp_path)
    assert text in cell.shown("text/html")


def test_a_search_shows_how_far_it_is_in_one_line(tmp_path):
    search = """
from ato import HyperBand

space = {"lr": {"param_type": "FLOAT", "param_range": (0.1, 1.0)}}
HyperBand(None, space, resource="epochs", max_resource=9, seed=0).run(lambda config: config.lr, [])
"""
    [cell] = run_cells([search + "None"], tmp_path)
    assert cell.shown().count("search: ") == 1
    assert "22 trials" in cell.shown() or "17 trials" in cell.shown()


def test_the_page_is_shown_in_a_frame_and_ends_with_the_kernel(tmp_path):
    pytest.importorskip("starlette", reason="needs the extra ui")
    look = """
import urllib.request

page = ato.ui()
print(urllib.request.urlopen(page.url).status, ato.ui() is page)
page
"""
    [*_, cell] = run_cells([*PROGRAM, "import ato\n" + look], tmp_path)
    assert cell.printed == "200 True\n"
    assert '<iframe src="http://127.0.0.1:' in cell.shown("text/html")


PARSER = """
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, help="Learning rate")
parser.add_argument("--version", action="version", version="%(prog)s 1.0")
scope.from_argparse(parser)"""


def test_what_argparse_refuses_is_an_exception(tmp_path):
    calls = ["train.with_args(['--lr'])()", "train.with_args(['--lr', 'high'])()"]
    cells = run_cells([PROGRAM[0] + PARSER, PROGRAM[2], *calls], tmp_path)
    missing, wrong = (cell.errors[0].splitlines()[-1] for cell in cells[2:])
    assert "TokenError" in missing
    assert missing.endswith(": argument --lr: expected one argument")
    assert wrong.endswith(": argument --lr: invalid float value: 'high'")
    assert [cell.printed + cell.said for cell in cells[2:]] == ["", ""]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("train.with_args(['--help'])()", "usage: digits.ipynb [-h] [--lr LR] [--version]\n"),
        ("train.with_args(['--version'])()", "digits.ipynb 1.0\n"),
        ("parser.print_usage()", "usage: digits.ipynb [-h] [--lr LR] [--version]\n"),
    ],
)
def test_a_parser_answers_by_the_name_of_the_notebook(tmp_path, call, text):
    cells = [PROGRAM[0] + PARSER, PROGRAM[2], call]
    [*_, cell] = run_cells(cells, tmp_path, JPY_SESSION_NAME="digits.ipynb")
    assert text in cell.printed
    assert "ipykernel" not in cell.printed
    assert not cell.errors
    assert not cell.said
