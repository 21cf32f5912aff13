"""What was typed ends in one line and exit code 2; what a program has wrong, in a traceback."""

import os

import pytest

HEADER = """
    from ato_scope import MultiScope, Scope

    scope = Scope()
"""
FOOTER = """
    @scope
    def train(config):
        print('ran')

    if __name__ == '__main__':
        train()
"""


def view(name="view", body="pass", parameters="config", **options):
    given = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return f"""
    @scope.observe({given})
    def {name}({parameters}):
        {body}
"""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["hgh_lr"], "train.py: error: unknown view 'hgh_lr'; did you mean 'high_lr'?"),
        (["lr="], "train.py: error: 'lr=' has no value; for an empty text write lr:="),
        (
            ["lr=0.0.1"],
            "train.py: error: 'lr=0.0.1': not a valid expression",
        ),
        (["=3"], "train.py: error: '=3' has no key; write key=value"),
        (
            ["layers=[1, 2"],
            "train.py: error: unclosed [ in 'layers=[1, 2'; close it, or for text write"
            " layers:='[1, 2'",
        ),
        (
            ["name='vgg"],
            "train.py: error: unclosed ' in \"name='vgg\"; close it, or for text write"
            ' name:="\'vgg"',
        ),
        (
            ["model=resnet"],
            "train.py: error: 'model=resnet': 'resnet' is not a value;"
            " for text write model:=resnet",
        ),
        (["--lr=3"], "train.py: error: unknown option '--lr=3'; write lr=3"),
        (["@gone.yaml"], "train.py: error: '@gone.yaml': "),
    ],
)
def test_a_bad_argument(program, arguments, line):
    program.write(HEADER + view("high_lr") + FOOTER)
    done = program.run(*arguments)
    assert done.fails_with(line), done
    assert done.out == ""


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        (["lr"], "unknown view 'lr'; lr is a key: write lr=value, or explain lr"),
        (["lrr"], "unknown view 'lrr'; did you mean 'lr=value'?"),
        (["manual", "lrr"], "unknown view 'lrr'; did you mean 'lr=value'?"),
    ],
)
def test_a_key_without_a_value_is_told_as_one(program, arguments, fix):
    program.write(HEADER + view("base", "config.lr = 0.1", default=True) + FOOTER)
    done = program.run(*arguments)
    assert done.fails_with(f"train.py: error: {fix}"), done


@pytest.mark.parametrize("value", ["!!timestamp ''", "!!int '_'", "\0"])
def test_a_file_with_a_value_that_is_none(program, tmp_path, value):
    program.write(HEADER + FOOTER)
    (tmp_path / "own.yaml").write_text(f"ok: 1\na: {value}\n")
    done = program.run("@own.yaml")
    assert done.fails_with("train.py: error: '@own.yaml': own.yaml:2:4: "), done


def test_bytes_that_are_no_utf8(program):
    program.write(HEADER + FOOTER)
    done = program.run(b"name:=\xff")
    assert done.fails_with("is not valid UTF-8; check the encoding of the terminal"), done


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (view("nothing", parameters=""), "view 'nothing' (train.py:6) takes no parameter"),
        (view("print_", body="yield"), "must be a plain function without yield"),
        (
            view("a", default=True, chain_with="b") + view("b", chain_with="a"),
            "views are chained in a circle: a -> b -> a",
        ),
        (
            view("a", default=True, chain_with="bsae") + view("base"),
            "view 'a' (train.py:6) is chained with unknown view 'bsae'; did you mean 'base'?",
        ),
        (view("manual"), "has the name of a built-in word; rename it"),
        (
            view("a", body="with Scope.lazy(): return"),
            "'return' cannot leave a block that runs later",
        ),
        (
            "\n    MultiScope(Scope(name='m'), Scope(name='m'))\n",
            "two scopes have the name 'm'; give one another name=",
        ),
        (
            "\n    @scope\n    def test(confg):\n        pass\n",
            "function 'test' (train.py:6) has no parameter 'config' for the config;"
            " did you mean 'confg'?",
        ),
    ],
    ids=lambda text: text.strip().splitlines()[-1][:40],
)
def test_a_mistake_in_the_program_is_raised_at_its_place(program, source, line):
    program.write(HEADER + source + FOOTER)
    done = program.run()
    text = done.err.replace(str(program.folder) + os.sep, "")
    assert done.code == 1
    assert text.startswith("Traceback")
    assert 'File "train.py"' in text
    assert line in text.splitlines()[-1]


def test_a_view_name_of_another_file(program):
    program.write(HEADER + view("fast"), "shared.py")
    program.write("from shared import scope\n" + view("fast").replace("\n    ", "\n") + "\n")
    done = program.run()
    assert done.code == 1
    assert "has the name of another view at" in done.err
    assert "shared.py:6; rename one" in done.err


def test_a_mistake_in_an_imported_module_names_its_place(program):
    program.write(HEADER + view("nothing", parameters=""), "shared.py").write("import shared\n")
    done = program.run()
    assert done.code == 1
    assert 'shared.py", line' in done.err
    assert "view 'nothing'" in done.err.splitlines()[-1]


ASKED_BY_THE_PROGRAM = {
    "an unknown view": "scope.assign('fsat')",
    "a bad value": "scope.assign('lr=x')",
    "a bad key": "scope.assign('lr*=2')",
    "a missing file": "scope.assign('@gone.yaml')",
    "an entry without a config": "scope(lambda data: data)()",
    "an entry of an entry": "scope(train)",
    "a scope with a bad name": "Scope(name='a b')",
    "a view without a name": "scope.observe(config={'lr': 1})",
    "a chain that is no name": "scope.observe('x', config={}, chain_with=[3])",
    "a view of no mapping": "scope.observe('x', config=3)",
}


@pytest.mark.parametrize("mistake", ASKED_BY_THE_PROGRAM.values(), ids=ASKED_BY_THE_PROGRAM)
def test_what_the_program_asks_for_is_no_mistake_of_who_typed(program, mistake):
    lines = ["from ato_scope import Scope", "scope = Scope({'lr': 1})"]
    lines += ["@scope", "def train(config):", "    pass", mistake, "train()"]
    done = program.write("\n".join(lines)).run()
    assert done.code == 1
    assert done.err.startswith("Traceback"), done
    assert "Error: " in done.err.splitlines()[-1]


def test_an_error_of_a_view_keeps_its_traceback(program):
    program.write(HEADER + view("broken", body="1 / 0", default=True) + FOOTER)
    done = program.run()
    assert done.code == 1
    assert done.err.rstrip().endswith("ZeroDivisionError: division by zero")
    frames = [line for line in done.err.splitlines() if line.lstrip().startswith("File ")]
    assert "in broken" in frames[-1]
    assert len(frames) == 4


def test_an_error_of_the_entry_keeps_its_traceback(program):
    program.write(
        HEADER + "\n    @scope\n    def train(config):\n        config.nothing\n    train()\n"
    )
    done = program.run()
    assert done.code == 1
    assert "in train" in done.err
    assert "no key 'nothing' in this config" in done.err


def test_explicit_arguments_raise_instead_of_ending_the_program(program):
    program.write(
        HEADER
        + """
    from ato_scope import UnknownViewError

    @scope
    def train(config):
        pass

    for call in (train.with_args(['x']), lambda: scope.apply(['x']), lambda: scope.draft(['x'])):
        try:
            call()
        except UnknownViewError as error:
            print(error)
    """
    )
    done = program.run()
    assert done.out.count("unknown view 'x'") == 3


def test_a_warning_is_one_line_and_the_program_runs(program):
    program.write(HEADER + view(body="config.lr = 1", default=True) + FOOTER)
    done = program.run("lrr=2")
    assert done.out == "ran\n"
    assert done.err == ("train.py: warning: 'lrr=2' sets a new key 'lrr'; did you mean 'lr'?\n")
