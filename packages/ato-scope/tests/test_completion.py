"""Completion of views and keys in the shell."""

import pytest

SOURCE = """
    #!/usr/bin/env python
    # PYTHON_ARGCOMPLETE_OK
    from ato_scope import MultiScope, Scope

    scope = Scope({"lr": 0.1, "fast": True, "model": {"name": "vgg"}})
    scope.observe("long_run", config={"epochs": 200})
    scope.observe("extras", config={"extra": 1}, default=True)

    @scope
    def train(config):
        open('ran', 'w').close()

    if __name__ == '__main__':
        train()
"""


@pytest.fixture
def complete(program):
    """Return what the shell would offer after a line was typed."""
    pytest.importorskip("argcomplete")
    program.write(SOURCE)

    def offered(line):
        program.run(
            env={
                "_ARGCOMPLETE": "1",
                "_ARGCOMPLETE_IFS": "\n",
                "IFS": "\n",
                "_ARGCOMPLETE_STDOUT_FILENAME": str(program.folder / "offered"),
                "_ARGCOMPLETE_COMP_WORDBREAKS": " \t\n\"'><=;|&(:",
                "COMP_LINE": line,
                "COMP_POINT": str(len(line)),
                "COMP_TYPE": "9",
            }
        )
        assert not (program.folder / "ran").exists()
        words = (program.folder / "offered").read_text().split("\n")
        return [word.strip() for word in words if word.strip()]

    return offered


def test_views_words_and_keys_are_offered(complete):
    words = complete("./train.py ")
    assert {"manual", "explain", "long_run", "extras", "lr=", "model.name=", "extra="} <= set(words)


def test_what_was_typed_is_completed(complete):
    assert complete("./train.py lo") == ["long_run"]
    assert complete("./train.py lr=3 mod") == ["model.name="]


def test_values_are_offered_after_the_key(complete):
    assert complete("./train.py fast=") == ["True", "False"]
    assert complete("./train.py lr=") == ["0.1"]


def test_options_are_offered(complete):
    assert complete("./train.py --sw") == ["--sweep"]


def test_a_half_typed_line_does_no_harm(complete):
    assert "long_run" in complete("./train.py lr=[1, ")


def test_the_program_does_not_run_without_argcomplete(program):
    program.write(SOURCE).write("raise ImportError", "argcomplete.py")
    done = program.run(env={"_ARGCOMPLETE": "1"})
    assert (done.code, done.out, done.err) == (1, "", "")
    assert not (program.folder / "ran").exists()


class TestAskedByAScriptOfAto:
    """The scripts of `ato completion` set `_ATO_COMPLETE`; each answer stands after a mark."""

    @pytest.fixture
    def offered(self, program):
        def run(*words, source=SOURCE):
            done = program.write(source).run(*words, env={"_ATO_COMPLETE": "bash"})
            assert done.code == 0
            assert not (program.folder / "ran").exists()
            return [line[1:] for line in done.out.split("\n") if line.startswith("\x1f")]

        return run

    def test_views_keys_and_words(self, offered):
        assert {"manual", "long_run", "lr=", "model.name="} <= set(offered(""))
        assert offered("lo") == ["long_run"]

    def test_values_once_the_key_is_typed(self, offered):
        assert offered("long_run", "fast=") == ["fast=True", "fast=False"]
        assert offered("model.name:") == ["model.name:=vgg"]

    @pytest.mark.parametrize("value", ["a\\nb", "a\\tb", "a\\x1bb", "a\\x7fb", "a\\ud800b"])
    def test_no_value_that_a_shell_would_cut(self, offered, value):
        source = SOURCE.replace("vgg", value)
        assert offered("model.name:=", source=source) == []
        assert offered("model.n", source=source) == ["model.name="]

    def test_config_files_and_folders_behind_an_at(self, offered, program):
        (program.folder / "configs").mkdir()
        for name in ("a.yaml", "b.json", "c.txt", ".d.toml"):
            (program.folder / "configs" / name).write_text("{}")
        assert offered("@conf") == ["@configs/"]
        assert offered("@configs/") == ["@configs/a.yaml", "@configs/b.json"]
        assert offered("@nowhere/") == []

    def test_keys_and_values_are_those_of_what_was_typed_before(self, offered):
        source = SOURCE.replace('{"epochs": 200}', '{"epochs": 200, "lr": 0.5}')
        assert offered("lr=", source=source) == ["lr=0.1"]
        assert offered("long_run", "lr=", source=source) == ["lr=0.5"]
        assert offered("long_run", "lr=0.7", "lr=", source=source) == ["lr=0.7"]
        assert offered("ep", source=source) == []
        assert offered("long_run", "ep", source=source) == ["epochs="]
        assert offered("long_run", "explain", "ep", source=source) == ["epochs"]

    def test_what_cannot_be_read_before_hides_only_itself(self, offered):
        assert offered("long_rum", "lr=") == ["lr=0.1"]
        assert offered("long_run", "lr=[", "ep") == ["epochs="]
        assert offered("--sweep", "long_run", "lr=1,2", "ep") == ["epochs="]

    def test_keys_of_other_characters_as_the_program_takes_them(self, offered, program):
        source = SOURCE.replace(
            '"vgg"}', '"vgg", "weight decay": 0, 3: 1, "a=b": 2, "it\'s": 4}, "a:b": {"x": 5}'
        )
        keys = [word for word in offered("", source=source) if word.endswith("=") and "[" in word]
        assert keys == [
            'model["weight decay"]=',
            "model[3]=",
            'model["a=b"]=',
            'model["it\'s"]=',
            '["a:b"].x=',
        ]
        assert offered('model["w', source=source) == ['model["weight decay"]=']
        assert offered('model["weight decay"]=', source=source) == ['model["weight decay"]=0']
        done = program.write(source).run(*[f"{key}7" for key in keys], "print=json")
        assert done.code == 0
        assert done.out.count("7") == len(keys)

    def test_keys_and_their_groups_to_remove(self, offered, program):
        source = SOURCE.replace('"vgg"}', '"vgg", "weight decay": 0}')
        keys = ["~model", "~model.name", '~model["weight decay"]']
        assert offered("~mod", source=source) == keys
        assert offered("long_run", "~ep", source=source) == ["~epochs"]
        assert offered("~model", "~mod", source=source) == []
        for key in keys:
            assert program.write(source).run(key, "print").code == 0

    def test_lists_as_they_are_typed(self, offered, program):
        values = {
            "plain=": "[1, 2.5, None, True]",
            "pair=": "(1, 2)",
            "one=": "('a b',)",
            "none=": "[]",
            "deep=": "[[1, 'it\\'s'], {'a': (1, 2)}]",
            "lines=": "['a\\nb']",
        }
        config = "".join(f"'{key[:-1]}': {value}, " for key, value in values.items())
        others = "'large': [0] * 1000, 'strange': [len]"
        source = SOURCE.replace('{"lr": 0.1,', f"{{{config}{others}, 'lr': 0.1,")
        for key, value in values.items():
            (word,) = offered(key, source=source)
            assert word[: len(key)] == key
            done = program.run(word, "print=json")
            assert done.out == program.run("print=json").out
        assert offered("large=", source=source) == offered("strange=", source=source) == []

    def test_keys_and_their_groups_after_explain(self, offered):
        assert offered("explain", "mo") == ["model", "model.name"]

    def test_what_the_program_prints_is_no_answer(self, offered):
        noisy = SOURCE.replace("scope = Scope", "print('lost')\n    scope = Scope")
        assert offered("lo", source=noisy) == ["long_run"]

    def test_options_of_argparse_and_their_values(self, offered):
        source = (
            SOURCE.replace("scope = Scope(", "scope = Scope(use_external_parser=True, config=")
            .replace("from ato_scope", "import argparse\n    from ato_scope")
            .replace("        train()", "        parser.parse_args()\n        train()")
            .replace(
                "@scope\n",
                "parser = argparse.ArgumentParser()\n"
                "    parser.add_argument('--optimizer', choices=['adam', 'sgd'])\n"
                "    parser.add_argument('--data', required=True)\n\n    @scope\n",
            )
        )
        assert offered("--opt", source=source) == ["--optimizer"]
        assert offered("--optimizer", "s", source=source) == ["sgd"]
        assert offered("--optimizer=s", source=source) == ["--optimizer=sgd"]
        assert offered("--optimizer=", source=source) == ["--optimizer=adam", "--optimizer=sgd"]
        assert offered("optimizer:=s", source=source) == ["optimizer:=sgd"]
        assert offered("optimizer:", source=source) == ["optimizer:=adam", "optimizer:=sgd"]
        assert offered("--data=s", source=source) == []

    def test_arguments_of_the_programs_own_are_no_question(self, program):
        source = SOURCE.replace("train()", "train.with_args(['lr=3'])()")
        program.write(source).run("", env={"_ATO_COMPLETE": "bash"})
        assert (program.folder / "ran").exists()
