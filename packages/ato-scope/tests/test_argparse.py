"""Programs that already use argparse."""

import argparse
import sys

import pytest

from ato_scope import MultiScope, Scope, ScopeError, TokenError


@pytest.fixture
def parser():
    parser = argparse.ArgumentParser(prog="train.py")
    parser.add_argument("--lr", type=float, default=0.5, help="Learning rate")
    parser.add_argument("--name", default="none")
    parser.add_argument("--epochs", type=int, default="7")
    parser.add_argument("-v", "--verbose", action="count", default=0)
    parser.add_argument("--tag", action="append", dest="tags", default=["base"])
    parser.add_argument("--model.depth", type=int, default=18)
    return parser


@pytest.fixture
def scope(parser):
    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1

    scope.from_argparse(parser)
    return scope


def test_defaults_enter_before_default_views(scope):
    assert scope.apply([]) == {
        "lr": 0.1,
        "name": "none",
        "epochs": 7,
        "verbose": 0,
        "tags": ["base"],
        "model": {"depth": 18},
    }


def test_external_priority_moves_the_defaults(parser):
    scope = Scope(external_priority=5)
    scope.observe("defaults", config={"lr": 0.1}, default=True)
    scope.from_argparse(parser)
    assert scope.apply([]).lr == 0.5


def test_options_that_are_given_win(scope):
    config = scope.apply(["--lr", "3", "-vv", "--tag", "x", "--model.depth=50"])
    assert (config.lr, config.verbose, config.tags) == (3.0, 2, ["base", "x"])
    assert config.model.depth == 50


def test_an_option_given_at_its_default_wins_too(scope):
    assert scope.apply(["--lr", "0.5"]).lr == 0.5


def test_tokens_of_ours_stand_between_options(scope):
    scope.observe("fast", config={"lr": 9, "fast": True})
    config = scope.apply(["fast", "--name", "vgg", "seed=1", "--lr=3", "lr=4"])
    assert (config.fast, config.name, config.seed, config.lr) == (True, "vgg", 1, 4)


def test_the_source_of_options_is_told(scope):
    scope.apply(["--lr", "3"])
    told = [(e["value"], e["source"]["kind"]) for e in scope.history if e["key"] == "lr"]
    assert told == [(0.5, "argparse"), (0.1, "view"), (3.0, "argparse")]
    assert "set by argparse: --lr" in str(scope.explain("lr"))


def test_given_options_count_as_assigned(scope):
    assert scope.draft(["--lr", "3", "seed=1"]).assigned == {"lr", "seed"}


def test_flags_positionals_and_subcommands_work():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--no-cache", action="store_false", dest="cache")
    commands = parser.add_subparsers(dest="command")
    train = commands.add_parser("train")
    train.add_argument("data", nargs="?", default="mnist")
    train.add_argument("--lr", type=float, default=0.1)
    scope = Scope()
    scope.observe("base", config={"lr": 5, "cache": "view"}, default=True)
    scope.from_argparse(parser)
    config = scope.apply(["--fast", "train", "cifar", "seed=1"])
    assert (
        config
        == {
            "fast": True,
            "cache": "view",
            "command": "train",
            "data": "cifar",
            "lr": 0.1,
            "seed": 1,
        }
        or config.lr == 5
    )
    assert scope.apply(["train", "--lr", "3"]).lr == 3.0
    assert scope.apply(["--no-cache"]).cache is False


class TestUnknownOptions:
    def test_they_are_errors(self, scope):
        with pytest.raises(TokenError, match="unknown option '--seed'; write seed=value"):
            scope.apply(["--seed", "3"])

    def test_what_was_meant_by_them_is_said(self):
        scope = Scope()
        parser = argparse.ArgumentParser()
        parser.add_argument("--batch-size", type=int, default=8)
        scope.from_argparse(parser)

        @scope.observe(default=True)
        def defaults(config):
            config.steps = 3

        @scope.observe()
        def fast(config):
            config.steps = 1

        for typed, meant in {
            "--bath-size": "did you mean '--batch-size'",
            "--hlep": "did you mean '--help'",
            "--steps": "write steps=value",
            "--fast": "write fast, without dashes",
        }.items():
            with pytest.raises(TokenError, match=meant):
                scope.apply([typed, "3"])

    def test_they_can_be_ignored(self, scope, parser):
        scope.from_argparse(parser, unknown="ignore")
        assert "seed" not in scope.apply(["--seed", "3", "--flag", "--x=1"])

    def test_they_can_be_merged(self, scope, parser):
        scope.from_argparse(parser, unknown="merge")
        config = scope.apply(["--seed", "3", "--no-thing", "--text", "a b", "--x.y=[1]", "lr=2"])
        assert (config.seed, config.no_thing, config.text, config.x.y, config.lr) == (
            3,
            True,
            "a b",
            [1],
            2,
        )

    def test_another_mode_is_refused(self, scope, parser):
        scope.from_argparse(parser, unknown="drop")
        with pytest.raises(TokenError, match="one of error, ignore, merge, not 'drop'"):
            scope.apply([])


@pytest.mark.parametrize("declared", ["--local-rank", "--local_rank"])
@pytest.mark.parametrize("given", ["--local-rank=1", "--local_rank=1"])
def test_the_local_rank_of_launchers_is_understood_in_both_spellings(declared, given):
    parser = argparse.ArgumentParser()
    parser.add_argument(declared, type=int, default=0)
    scope = Scope()
    scope.from_argparse(parser)
    assert scope.apply([given]).local_rank == 1


def test_a_parser_can_be_replaced_by_a_view(parser):
    scope = Scope(use_external_parser=False)
    scope.from_argparse(parser)
    source = scope.convert_argparse_to_scope()
    assert "    config.lr = 0.5  # Learning rate\n" in source
    replaced = Scope()
    exec(source, {"scope": replaced})
    assert replaced.apply([]) == {**scope.apply([]), "epochs": "7"}


def test_without_a_parser_there_is_nothing_to_replace():
    with pytest.raises(ScopeError, match="call scope.from_argparse"):
        Scope().convert_argparse_to_scope()


def test_one_scope_of_several_can_have_a_parser(scope):
    both = MultiScope(scope, Scope({"n": 1}, name="data"))
    configs = both.apply(["--lr", "3", "data.n=2", "config.name:=x"])
    assert (configs["config"].lr, configs["config"].name, configs["data"].n) == (3.0, "x", 2)


class TestExternalParser:
    """`use_external_parser=True`: the parser that the program itself uses."""

    def test_the_program_parses_and_the_scope_sees_it(self, parser, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "--lr", "3", "seed=1"])
        scope = Scope(use_external_parser=True)
        arguments = parser.parse_args()
        assert arguments.lr == 3.0
        assert scope.apply().lr == 3.0
        assert scope.config.seed == 1

    def test_arguments_that_the_program_gives_its_parser_count(self, parser, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["train.py", "--lr", "3"])
        scope = Scope(use_external_parser=True)
        parser.parse_args(["--lr", "4", "seed=1"])
        assert (scope.apply().lr, scope.config.seed) == (4.0, 1)

    def test_argparse_is_itself_again_after_the_first_parser(self, parser):
        original = argparse.ArgumentParser.parse_args
        Scope(use_external_parser=True)
        assert argparse.ArgumentParser.parse_args is not original
        parser.parse_args([])
        assert argparse.ArgumentParser.parse_args is original

    def test_argparse_is_itself_again_after_apply(self):
        original = argparse.ArgumentParser.parse_args
        Scope(use_external_parser=True).apply([])
        assert argparse.ArgumentParser.parse_args is original

    def test_two_scopes_can_wait_for_one_parser(self, parser):
        first, second = Scope(use_external_parser=True), Scope(use_external_parser=True)
        parser.parse_args([])
        assert first.apply([]).lr == second.apply([]).lr == 0.5

    def test_without_the_option_argparse_is_left_alone(self):
        original = argparse.ArgumentParser.parse_args
        Scope()
        assert argparse.ArgumentParser.parse_args is original

    def test_one_help_shows_both(self, program):
        program.write("""
            import argparse
            from ato_scope import Scope

            scope = Scope(use_external_parser=True)
            scope.observe("fast", config={"lr": 9})
            parser = argparse.ArgumentParser()
            parser.add_argument("data")
            parser.add_argument("--lr", type=float, default=0.5, help="Learning rate")
            print(parser.parse_args())

            @scope
            def train(config):
                print(config)

            train()
        """)
        done = program.run("--help")
        assert done.code == 0
        assert "--lr LR" in done.out
        assert "  fast" in done.out
        assert "  lr  0.5  float  Learning rate" in done.out
        assert "the following arguments are required: data" in program.run().err
        assert program.run("mnist", "fast", "--lr", "3").out.endswith(
            "{'data': 'mnist', 'lr': 3.0}\n"
        )
