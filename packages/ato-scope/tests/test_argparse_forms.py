"""Every form of argparse: what was typed wins, what is ours stays ours, and each is parsed once."""

import argparse
import sys

import pytest

from ato_scope import MultiScope, Scope, TokenError

needs_39 = pytest.mark.skipif(sys.version_info < (3, 9), reason="argparse has it from 3.9 on")


def make_parser(*arguments, **options):
    """Return a parser; each argument is its names and then its options."""
    parser = argparse.ArgumentParser(prog="train.py", **options)
    for names, kwargs in arguments:
        parser.add_argument(*names.split(), **kwargs)
    return parser


def make_scope(parser, **view):
    """Return a scope with the parser, a default view, and a view named fast."""
    scope = Scope()
    scope.observe("base", config=view or {"x": "view"}, default=True)
    scope.observe("fast", config={"fast": True})
    scope.from_argparse(parser)
    return scope


class Shout(argparse.Action):
    """An action as programs write their own."""

    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values)


class Both(argparse.Action):
    """An action that sets more than its own destination."""

    def __call__(self, parser, namespace, values, option_string=None):
        namespace.x, namespace.y = values, values


class TestATypedValueThatEqualsItsDefaultWins:
    """Over a view, which has set something else."""

    @pytest.mark.parametrize(
        ("options", "typed", "value"),
        [
            ({"default": "a"}, ["--x", "a"], "a"),
            ({"default": "a"}, ["--x=a"], "a"),
            ({"default": 3, "type": int}, ["--x", "3"], 3),
            ({"default": "3", "type": int}, ["--x", "3"], 3),
            ({"default": -1, "type": int}, ["--x", "-1"], -1),
            ({"default": [1, 2], "type": int, "nargs": 2}, ["--x", "1", "2"], [1, 2]),
            ({"default": ["a"], "nargs": "+"}, ["--x", "a"], ["a"]),
            ({"default": [], "nargs": "*"}, ["--x"], []),
            ({"default": "c", "const": "c", "nargs": "?"}, ["--x"], "c"),
            ({"default": True, "action": "store_true"}, ["--x"], True),
            ({"default": False, "action": "store_false"}, ["--x"], False),
            ({"default": 7, "const": 7, "action": "store_const"}, ["--x"], 7),
            ({"default": None, "const": None, "action": "store_const"}, ["--x"], None),
            ({"default": 1, "type": int, "choices": [1, 2]}, ["--x", "1"], 1),
            ({"default": 1, "type": int, "action": Shout}, ["--x", "1"], 1),
            ({"default": argparse.SUPPRESS}, ["--x", "a"], "a"),
        ],
    )
    def test_of_an_option(self, options, typed, value):
        assert make_scope(make_parser(("--x", options))).apply(typed).x == value

    @pytest.mark.parametrize("typed", [["--xyz", "a"], ["--xy", "a"], ["-va"], ["-x", "a"]])
    def test_in_every_spelling(self, typed):
        parser = make_parser(("-x -v --xyz", {"default": "a", "dest": "x"}))
        assert make_scope(parser).apply(typed).x == "a"

    @pytest.mark.parametrize("options", [{}, {"nargs": "?"}, {"nargs": "?", "choices": ["a", "b"]}])
    def test_of_a_positional(self, options):
        parser = make_parser(("x", {"default": "a", **options}))
        assert make_scope(parser).apply(["a"]).x == "a"

    def test_of_a_subcommand(self):
        parser = make_parser()
        train = parser.add_subparsers(dest="command").add_parser("train", aliases=["t"])
        train.add_argument("--x", default="a")
        for command in ("train", "t"):
            assert make_scope(parser).apply([command, "--x", "a"]).x == "a"
            assert make_scope(parser).apply([command]).x == "view"

    def test_of_a_group_whose_members_exclude_each_other(self):
        parser = make_parser()
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--x", default="alpha")
        group.add_argument("--y", action="store_true")
        # As a slice: argparse itself takes a text that is its default, as an object, for untyped.
        assert make_scope(parser).apply(["--x=alpha"]).x == "alpha"
        assert make_scope(parser).apply(["--y"]).x == "view"
        with pytest.raises(SystemExit):
            make_scope(parser).apply(["--x=a", "--y"])
        with pytest.raises(SystemExit):
            make_scope(parser).apply(["x:=a"])

    @needs_39
    @pytest.mark.parametrize(("typed", "value"), [("--x", True), ("--no-x", False)])
    def test_of_a_flag_that_has_a_negation(self, typed, value):
        parser = make_parser(("--x", {"action": argparse.BooleanOptionalAction, "default": value}))
        scope = make_scope(parser)
        assert scope.apply([typed]).x is value
        assert f"set by argparse: {typed}" in str(scope.explain("x"))

    def test_of_an_action_that_sets_more_than_its_own(self):
        scope = make_scope(make_parser(("--z", {"action": Both})), x="view", y="view")
        config = scope.apply(["--z", "a"])
        assert (config.x, config.y) == ("a", "a")


class TestWhatWasNotTypedIsADefault:
    @pytest.mark.parametrize(
        "argument",
        [
            ("--x", {"default": "a"}),
            ("--x", {"default": "3", "type": int}),
            ("--x", {"action": "store_true"}),
            ("--x", {"action": "count", "default": 0}),
            ("--x", {"action": "append", "default": ["a"]}),
            ("--x", {"action": Shout, "default": 1}),
            ("x", {"nargs": "?"}),
            ("x", {"nargs": "?", "default": "a"}),
            ("x", {"nargs": "*"}),
            ("x", {"nargs": "*", "default": ["a"]}),
        ],
    )
    def test_and_a_view_wins_over_it(self, argument):
        assert make_scope(make_parser(argument)).apply([]).x == "view"

    def test_and_one_that_is_suppressed_is_no_key(self):
        scope = make_scope(make_parser(("--y", {"default": argparse.SUPPRESS})))
        assert scope.apply([]) == {"x": "view"}
        assert scope.apply(["--y", "1"]) == {"x": "view", "y": "1"}

    def test_and_what_set_defaults_sets_is_one_too(self):
        parser = make_parser(("--x", {"default": "a"}))
        parser.set_defaults(x="b", run=len)
        assert make_scope(parser).apply([]) == {"x": "view", "run": len}
        assert make_scope(parser).apply(["--x", "b"]).x == "b"

    def test_and_no_call_changes_that_of_another(self):
        scope = make_scope(make_parser(("--tags", {"default": ["a"], "action": "append"})))
        scope.apply(["--tags", "b"]).tags.append("c")
        scope.apply([]).tags.append("d")
        assert scope.apply([]).tags == ["a"]


class TestTokensOfOursAreNoWordsOfTheParser:
    @pytest.mark.parametrize("nargs", ["?", "*"])
    @pytest.mark.parametrize(
        "token",
        ["fast", "seed=1", "name:=x", "a.b=1", "items+=[2]", "~items", "layers=[1,2]", "x:=y=z"],
    )
    def test_where_words_may_be_left_out(self, nargs, token):
        scope = make_scope(make_parser(("data", {"nargs": nargs})), items=[1])
        assert not scope.apply([token]).data
        config = scope.apply(["mnist", token])
        assert config.data == ("mnist" if nargs == "?" else ["mnist"])

    @pytest.mark.parametrize("nargs", [None, 1, "+"])
    def test_nor_where_one_is_required(self, nargs):
        scope = make_scope(make_parser(("data", {"nargs": nargs})))
        config = scope.apply(["seed=1", "fast", "mnist"])
        assert config.data == (["mnist"] if nargs else "mnist")
        assert (config.seed, config.fast) == (1, True)
        with pytest.raises(SystemExit):
            scope.apply(["seed=1", "fast"])

    def test_nor_a_file(self, tmp_path):
        (tmp_path / "c.json").write_text('{"seed": 5}')
        scope = make_scope(make_parser(("data", {"nargs": "?"})))
        assert scope.apply([f"@{tmp_path / 'c.json'}"]) == {"data": None, "x": "view", "seed": 5}

    def test_nor_what_the_shell_has_split(self):
        scope = make_scope(make_parser(("data", {"nargs": "*"})))
        config = scope.apply(["layers=[1,", "2]", "mnist"])
        assert (config.layers, config.data) == ([1, 2], ["mnist"])

    def test_unless_they_are_its_choices(self):
        parser = make_parser(("data", {"nargs": "?", "choices": ["fast", "slow"]}))
        assert make_scope(parser).apply(["fast"]) == {"data": "fast", "x": "view"}

    def test_unless_they_are_its_commands(self):
        parser = make_parser()
        parser.add_subparsers(dest="command").add_parser("fast").add_argument("--n")
        assert make_scope(parser).apply(["fast", "--n", "1", "k=2"]) == {
            "x": "view",
            "command": "fast",
            "n": "1",
            "k": 2,
        }

    def test_unless_two_dashes_stand_before_them(self):
        scope = make_scope(make_parser(("data", {"nargs": "?"})))
        assert scope.apply(["--", "fast"]).data == "fast"
        assert scope.apply(["seed=1", "--", "a=b"]) == {"data": "a=b", "x": "view", "seed": 1}

    @pytest.mark.parametrize("word", ["runs/lr=0.1/model.pt", "http://host/?a=b", "./x=1"])
    def test_but_paths_and_addresses_are_its_words(self, word):
        assert make_scope(make_parser(("data", {}))).apply([word]).data == word

    def test_an_unknown_word_is_an_error(self):
        with pytest.raises(SystemExit):
            make_scope(make_parser(("x", {"choices": ["a"]}))).apply(["fsat"])
        with pytest.raises(Exception, match="unknown view 'fsat'; did you mean 'fast'"):
            make_scope(make_parser()).apply(["fsat"])


class TestValuesOfOptionsAreTheirs:
    """Though they look like tokens of ours."""

    @pytest.mark.parametrize(
        ("options", "typed", "value"),
        [
            ({}, ["--o", "fast"], "fast"),
            ({}, ["--o", "a=1"], "a=1"),
            ({}, ["--o=a=1"], "a=1"),
            ({}, ["--o", "~a"], "~a"),
            ({}, ["--o", "@x"], "@x"),
            ({"nargs": 2}, ["--o", "a=1", "fast"], ["a=1", "fast"]),
            ({"nargs": "+"}, ["--o", "a=1", "b.c=2"], ["a=1", "b.c=2"]),
            ({"nargs": "*"}, ["--o", "a=1"], ["a=1"]),
            ({"nargs": "?"}, ["--o=fast"], "fast"),
            ({"nargs": "?"}, ["--o", "auto"], "auto"),
            ({"nargs": argparse.REMAINDER}, ["--o", "a=1", "--b", "fast"], ["a=1", "--b", "fast"]),
            ({"action": "append"}, ["--o", "a=1", "--o", "fast"], ["a=1", "fast"]),
        ],
    )
    def test_as_argparse_gives_them(self, options, typed, value):
        assert make_scope(make_parser(("--o", options))).apply(typed) == {"o": value, "x": "view"}

    def test_but_a_value_that_may_be_left_out_gives_way(self):
        parser = make_parser(("data", {"nargs": "?"}), ("--o", {"nargs": "?", "const": "all"}))
        scope = make_scope(parser)
        assert scope.apply(["--o", "fast"]) == {
            "data": None,
            "o": "all",
            "x": "view",
            "fast": True,
        }
        assert scope.apply(["--o", "seed=1"]).o == "all"

    @pytest.mark.parametrize("typed", [["-qn", "5"], ["-qn5"], ["-n5"], ["-n", "5"], ["-n=5"]])
    def test_in_short_spellings(self, typed):
        parser = make_parser(
            ("-n", {"type": int}), ("-q", {"action": "store_true"}), ("data", {"nargs": "?"})
        )
        config = make_scope(parser).apply([*typed, "seed=1"])
        assert (config.n, config.data, config.seed) == (5, None, 1)

    def test_of_unknown_options_as_well(self):
        parser = make_parser(("data", {"nargs": "?"}))
        scope = make_scope(parser)
        scope.from_argparse(parser, unknown="merge")
        config = scope.apply(["--seed", "3", "mnist", "--flag", "fast"])
        assert (config.seed, config.data, config.flag, config.fast) == (3, "mnist", True, True)


class TestEachIsParsedOnce:
    def test_a_type_runs_once_for_each_value(self):
        seen = []
        parser = make_parser(
            ("--x", {"type": lambda text: seen.append(text) or text, "default": "d"}),
            ("y", {"type": lambda text: seen.append(text) or text}),
        )
        make_scope(parser).apply(["--x", "1", "2", "seed=1"])
        assert seen == ["1", "2"]

    def test_a_file_is_opened_once(self, tmp_path):
        opened = []
        parser = make_parser(("--log", {"type": lambda p: opened.append(p) or open(p, "a")}))
        config = make_scope(parser).apply(["--log", str(tmp_path / "log")])
        config.log.close()
        assert len(opened) == 1

    def test_for_the_program_and_the_scope_together(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "--x", "1", "fast"])
        seen = []
        scope = Scope(use_external_parser=True)
        scope.observe("fast", config={"fast": True})
        parser = make_parser(("--x", {"type": lambda text: seen.append(text) or text}))
        options = parser.parse_args()
        config = scope.apply()
        assert seen == ["1"]
        assert (options.x, config.x, config.fast) == ("1", "1", True)

    def test_the_parser_is_left_as_it_was(self):
        parser = make_parser(("--x", {}))
        before = dict(vars(parser))
        make_scope(parser).apply(["--x", "1"])
        with pytest.raises(SystemExit):
            make_scope(parser).apply(["--x"])
        assert vars(parser) == before


class TestTheProgramsOwnParsing:
    """`use_external_parser=True`."""

    def test_known_arguments_alone_are_taken(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "--x", "1", "--other", "2", "fast", "k=3"])
        scope = Scope(use_external_parser=True)
        scope.observe("fast", config={"fast": True})
        scope.unknown_external_literals = "ignore"
        options, rest = make_parser(("--x", {})).parse_known_args()
        assert (options.x, rest) == ("1", ["fast", "k=3", "--other", "2"])
        assert scope.apply() == {"x": "1", "fast": True, "k": 3}

    def test_a_namespace_of_the_programs_own_is_filled(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "--x", "1"])
        scope = Scope(use_external_parser=True)
        mine = argparse.Namespace(y=2)
        assert make_parser(("--x", {}), ("--y", {})).parse_args(namespace=mine) is mine
        assert scope.apply() == {"x": "1", "y": 2}

    def test_words_and_options_may_be_mixed(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "a", "k=3", "--x", "1", "b"])
        scope = Scope(use_external_parser=True)
        parser = make_parser(("words", {"nargs": "*"}), ("--x", {"default": "1"}))
        assert parser.parse_intermixed_args().words == ["a", "b"]
        scope.observe("base", config={"x": "view"}, default=True)
        assert scope.apply() == {"words": ["a", "b"], "x": "1", "k": 3}

    @pytest.mark.parametrize("method", ["parse_args", "parse_known_args", "parse_intermixed_args"])
    def test_the_methods_are_themselves_again(self, method):
        before = getattr(argparse.ArgumentParser, method)
        Scope(use_external_parser=True)
        assert getattr(argparse.ArgumentParser, method) is not before
        make_parser().parse_args([])
        assert getattr(argparse.ArgumentParser, method) is before

    def test_the_methods_wait_for_a_second_parser_until_the_scope_is_applied(self):
        before = argparse.ArgumentParser.parse_args
        scope = Scope(use_external_parser=True)
        make_parser().parse_known_args([])
        assert argparse.ArgumentParser.parse_args is not before
        scope.apply([])
        assert argparse.ArgumentParser.parse_args is before


class TestSeveralParsers:
    """One that takes what it knows and leaves the rest to another; one for each scope."""

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ([], {"file": "", "lr": 0.1, "data": None}),
            (["--lr", "3"], {"file": "", "lr": 3.0, "data": None}),
            (["--file", "f"], {"file": "f", "lr": 0.5, "data": None}),
            (["--file", "f", "fast"], {"file": "f", "lr": 9, "data": None}),
            (["--file", "f", "mnist", "k=1"], {"file": "f", "lr": 0.5, "data": "mnist", "k": 1}),
        ],
    )
    def test_a_second_parser_reads_what_the_first_has_left(self, monkeypatch, typed, expected):
        monkeypatch.setattr(sys, "argv", ["train.py", *typed])
        scope = Scope(use_external_parser=True)
        scope.observe("fast", config={"lr": 9})
        first = make_parser(("--file", {"default": ""}), add_help=False)
        second = make_parser(("--lr", {"type": float, "default": 0.1}), ("data", {"nargs": "?"}))
        known, rest = first.parse_known_args()
        if known.file:
            second.set_defaults(lr=0.5)
        second.parse_args(rest)
        assert scope.apply() == expected

    def test_what_parse_known_args_hands_to_the_program_is_no_error(self, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "--other", "2", "--x", "1"])
        scope = Scope(use_external_parser=True)
        assert make_parser(("--x", {})).parse_known_args()[1] == ["--other", "2"]
        assert scope.apply() == {"x": "1"}

    PARSERS = (
        (
            ("--lr", {"type": float, "default": 0.1}),
            ("--seed", {"type": int, "default": 0}),
        ),
        (
            ("--data", {"default": "d"}),
            ("--seed", {"type": int, "default": 0}),
            ("--aug", {"action": "store_true"}),
            ("place", {"nargs": "?"}),
        ),
    )

    @pytest.mark.parametrize(
        ("typed", "first", "second"),
        [
            (["--lr", "3"], {"lr": 3.0}, {}),
            (["--data", "x", "--lr", "3"], {"lr": 3.0}, {"data": "x"}),
            (["--data=x"], {}, {"data": "x"}),
            (["--seed", "5"], {"seed": 5}, {"seed": 5}),
            (["--aug", "fast", "--lr=3"], {"lr": 3.0}, {"aug": True, "data": "fast"}),
            (["mnist", "a.lr=7"], {"lr": 7}, {"place": "mnist"}),
            (["b.data:=y"], {}, {"data": "y"}),
        ],
    )
    def test_each_scope_has_a_parser(self, typed, first, second):
        scopes = Scope(name="a"), Scope(name="b")
        for scope, arguments in zip(scopes, self.PARSERS):
            scope.from_argparse(make_parser(*arguments))
        scopes[1].observe("fast", config={"data": "fast"})
        configs = MultiScope(*scopes).apply(typed)
        assert configs["a"] == {"lr": 0.1, "seed": 0, **first}
        assert configs["b"] == {"data": "d", "seed": 0, "aug": False, "place": None, **second}

    def test_an_option_that_neither_knows_is_an_error(self):
        scopes = Scope(name="a"), Scope(name="b")
        for scope, arguments in zip(scopes, self.PARSERS):
            scope.from_argparse(make_parser(*arguments))
        with pytest.raises(TokenError, match="unknown option '--nope'"):
            MultiScope(*scopes).apply(["--nope", "3"])


class TestWhatIsTypedForTheKeyOfAnOption:
    @pytest.mark.parametrize(
        ("options", "token", "problem"),
        [
            ({"choices": ["a", "b"]}, "x:=c", "'c' is not one of 'a', 'b'"),
            ({"choices": [1, 2], "type": int}, "x=7", "7 is not one of 1, 2"),
            ({"choices": range(3), "type": int}, "x=5", "5 is not one of 0, 1, 2"),
            ({"choices": [1, 2], "type": int, "nargs": "+"}, "x=[1,7]", "7 is not one of 1, 2"),
        ],
    )
    def test_it_is_one_of_its_choices(self, options, token, problem):
        with pytest.raises(TokenError, match=problem):
            make_scope(make_parser(("--x", options)), y=1).apply([token])

    @pytest.mark.parametrize("token", ["x:=b", "x=None", "~x"])
    def test_a_choice_none_and_no_key_are_taken(self, token):
        make_scope(make_parser(("--x", {"choices": ["a", "b"]})), y=1).apply([token])

    def test_it_wins_over_the_option_and_says_so(self, capsys):
        parser = make_parser(("--x", {"type": int, "default": 1}))
        assert make_scope(parser, y=1).apply(["x=5", "--x", "7"]).x == 5
        assert "'x=5' wins over --x" in capsys.readouterr().err

    def test_a_word_that_resembles_a_view_is_named(self, capsys):
        parser = make_parser(("data", {"nargs": "?"}))
        assert make_scope(parser).apply(["fasst"]).data == "fasst"
        assert "no view; did you mean 'fast'?" in capsys.readouterr().err


class TestMistakes:
    def test_an_unknown_option_of_a_subcommand_is_an_error(self):
        parser = make_parser()
        parser.add_subparsers(dest="command").add_parser("train")
        with pytest.raises(TokenError, match="unknown option '--lr'"):
            make_scope(parser).apply(["train", "--lr", "3"])

    @needs_39
    def test_a_parser_that_does_not_exit_raises_ours(self):
        parser = make_parser(("--n", {"type": int}), exit_on_error=False)
        with pytest.raises(TokenError, match="--n: invalid int value: 'x'"):
            make_scope(parser).apply(["--n", "x"])

    def test_the_class_may_say_what_becomes_of_unknown_options(self, monkeypatch):
        monkeypatch.setattr(Scope, "unknown_external_literals", "ignore")
        assert make_scope(make_parser()).apply(["--what", "1"]) == {"x": "view"}

    def test_scopes_side_by_side_keep_their_views(self):
        first = make_scope(make_parser(("data", {"nargs": "?"})))
        second = Scope(name="other")
        second.observe("wide", config={"wide": True})
        both = MultiScope(first, second)
        assert both.apply(["wide"])["other"] == {"wide": True}
        assert both.apply(["other.wide", "mnist"])["config"].data == "mnist"


class TestHelp:
    SOURCE = """
        import argparse
        from ato_scope import Scope

        scope = Scope()
        scope.observe("fast", config={"fast": True})
        parser = argparse.ArgumentParser()
        parser.add_argument("--shared", required=True)
        commands = parser.add_subparsers(dest="command", metavar="COMMAND")
        fit = commands.add_parser("fit")
        fit.add_argument("data")
        fit.add_argument("--lr", type=float, default=0.5, help="Learning rate")
        scope.from_argparse(parser)

        @scope
        def train(config):
            print(config)

        train()
    """

    @pytest.mark.parametrize("word", ["--help", "-h"])
    def test_of_a_subcommand(self, program, word):
        done = program.write(self.SOURCE).run("fit", word)
        assert (done.code, done.err) == (0, "")
        assert "usage: train.py fit [-h] [--lr LR] data" in done.out
        assert "  lr  0.5  float  Learning rate" in done.out
        assert "  fast" in done.out

    @pytest.mark.parametrize("word", ["--help", "manual"])
    def test_needs_nothing_that_is_required(self, program, word):
        done = program.write(self.SOURCE).run(word)
        assert (done.code, done.err) == (0, "")
        assert "COMMAND" in done.out

    def test_explain_may_name_a_key(self, program):
        done = program.write(self.SOURCE).run(
            "--shared", "1", "fit", "mnist", "--lr", "0.5", "explain", "lr"
        )
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("lr")
        assert "set by argparse: --lr" in done.out

    def test_an_option_h_of_the_parsers_own_is_no_help(self):
        parser = make_parser(("-h", {"dest": "height"}), add_help=False)
        assert make_scope(parser).apply(["-h", "3"]).height == "3"
