"""Tokens of the command line, given as the shell makes them."""

import shlex

import pytest

from ato_adict import ADict
from ato_scope import (
    ExpressionError,
    Scope,
    StrictKeyError,
    TokenError,
    UnknownViewError,
)


@pytest.fixture
def scope():
    return Scope({"lr": 0.1, "layers": [1], "model": {"name": "vgg", "depth": 18}})


def typed(scope, line):
    """Apply a line as a POSIX shell would split it."""
    return scope.apply(shlex.split(line))


class TestValues:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("3", 3),
            ("-3", -3),
            ("0", 0),
            ("1_000", 1000),
            ("0x10", 16),
            ("1e-3", 1e-3),
            ("1.", 1.0),
            (".5", 0.5),
            ("-.5e3", -500.0),
            ("1e999", float("inf")),
            ("True", True),
            ("None", None),
            ("2j", 2j),
            ("'a b'", "a b"),
            ("b'x'", b"x"),
            (r"'a\nb'", "a\nb"),
            ("'a' 'b'", "ab"),
            ("[1,2,3]", [1, 2, 3]),
            ("(1,)", (1,)),
            ("1,2", (1, 2)),
            ("{'a': [1]}", {"a": [1]}),
            ("{1,2}", {1, 2}),
            ("2*3+4", 10),
            ("2**10", 1024),
            ("7//2", 3),
            ("not True", False),
            ("1 < 2 < 3", True),
            ("1 if 2 > 3 else 0", 0),
            ("'a' in ['a']", True),
            ("None or 5", 5),
            ("[1,2,3][1:]", [2, 3]),
            ("~5", -6),
            ("...", ...),
        ],
    )
    def test_an_expression_is_evaluated(self, scope, text, value):
        result = scope.apply([f"x={text}"]).x
        assert result == value
        assert type(result) is type(value) or isinstance(result, ADict)

    def test_text_is_taken_as_it_is(self, scope):
        config = typed(scope, """prompt:="Hello World" n:=3 quoted:='"x"' none:= eq:=a=b""")
        assert config.prompt == "Hello World"
        assert config.n == "3"
        assert config.quoted == '"x"'
        assert config.none == ""
        assert config.eq == "a=b"

    def test_the_bar_of_the_issue(self, scope):
        config = typed(scope, 'prompt:="Hello World" layers=[1, 2, 3] lr=1e-3')
        assert (config.prompt, config.layers, config.lr) == ("Hello World", [1, 2, 3], 1e-3)

    def test_brackets_that_the_shell_split_are_joined(self, scope):
        config = scope.apply(["a={1:", "[2,", "(3,", "4)]}", "b=5"])
        assert config.a == {1: [2, (3, 4)]}
        assert config.b == 5

    def test_a_bracket_inside_quotes_does_not_count(self, scope):
        config = scope.apply(["a=['[', ", "']']", "b='('"])
        assert config.a == ["[", "]"]
        assert config.b == "("

    def test_text_with_an_open_bracket_stays_whole(self, scope):
        assert scope.apply(["a:=[1,", "lr=2"]).to_dict()["a"] == "[1,"

    def test_a_value_may_refer_to_the_config_as_it_is_then(self, scope):
        config = scope.apply(["lr=0.5", "warm=config.lr*2", "d=config.model.depth", "lr=9"])
        assert (config.warm, config.d, config.lr) == (1.0, 18, 9)

    def test_a_reference_may_use_brackets(self, scope):
        assert scope.apply(["x=config['model']['name']", "y=config.layers[0]"]).x == "vgg"

    def test_a_reference_is_no_read(self, scope):
        config = scope.apply(["x=config.lr"])
        assert "lr" not in config.accessed_keys

    def test_an_unset_reference_is_suggested(self, scope):
        with pytest.raises(ExpressionError, match="no key 'lrr'; did you mean 'lr'"):
            scope.apply(["x=config.lrr"])


class TestKeys:
    def test_a_dotted_key_sets_a_nested_value(self, scope):
        assert scope.apply(["model.depth=50"]).model == {"name": "vgg", "depth": 50}

    def test_an_unset_key_is_created_with_its_levels(self, scope):
        assert scope.apply(["optimizer.momentum=0.9"]).optimizer.momentum == 0.9

    def test_the_last_assignment_wins(self, scope):
        assert scope.apply(["lr=1", "lr=2"]).lr == 2

    def test_an_assignment_wins_over_views_wherever_it_stands(self, scope):
        scope.observe("fast", config={"lr": 100})
        assert scope.apply(["lr=2", "fast"]).lr == 2

    def test_append_adds_to_a_list(self, scope):
        assert scope.apply(["layers+=[2,", "3]", "layers+=4"]).layers == [1, 2, 3, 4]

    def test_append_leaves_the_list_of_the_base_alone(self):
        base = {"layers": [1]}
        Scope(base).apply(["layers+=[2]"])
        assert base == {"layers": [1]}

    def test_append_keeps_a_tuple_a_tuple(self):
        assert Scope({"t": (1,)}).apply(["t+=[2]"]).t == (1, 2)

    def test_append_needs_a_list(self, scope):
        with pytest.raises(TokenError, match="'lr' is no list but float; use ="):
            scope.apply(["lr+=[1]"])

    def test_append_needs_a_key_that_is_set(self, scope):
        with pytest.raises(TokenError, match="'layer' is not set; did you mean 'layers'"):
            scope.apply(["layer+=[1]"])

    def test_delete_removes_a_key(self, scope):
        assert scope.apply(["~model.depth", "~lr"]) == {"layers": [1], "model": {"name": "vgg"}}

    def test_delete_needs_a_key_that_is_set(self, scope):
        with pytest.raises(TokenError, match="'modle' is not set; did you mean 'model'"):
            scope.apply(["~modle"])

    def test_a_value_has_no_keys_below_it(self, scope):
        with pytest.raises(TokenError, match=r"'lr.x=1'.*'lr' is float"):
            scope.apply(["lr.x=1"])

    def test_a_new_key_that_resembles_an_old_one_warns(self, scope, capsys):
        assert scope.apply(["model.dept=3"]).model.dept == 3
        assert "sets a new key 'model.dept'; did you mean 'model.depth'?" in capsys.readouterr().err

    @pytest.mark.parametrize("token", ["seed=3", "model.drop=3", "layout=1", "ml=1"])
    def test_a_new_key_that_resembles_nothing_is_silent(self, scope, capsys, token):
        scope.apply([token])
        assert capsys.readouterr().err == ""

    def test_the_name_of_the_only_scope_before_a_key_warns(self, scope, capsys):
        scope.apply(["config.lr=3"])
        assert "sets a new key 'config.lr'; for 'lr' write lr=" in capsys.readouterr().err

    @pytest.mark.parametrize("token", ["lrr=1", "seed=1", "model.dept=1", "model.x.y=1"])
    def test_a_strict_scope_refuses_new_keys(self, token):
        scope = Scope({"lr": 0.1, "model": {"depth": 18}}, strict=True)
        with pytest.raises(StrictKeyError, match="no view has set the key"):
            scope.apply([token])

    def test_a_strict_scope_takes_keys_that_are_set(self):
        scope = Scope({"lr": 0.1, "model": {"depth": 18}}, strict=True)
        assert scope.apply(["lr=1", "model.depth=2"]) == {"lr": 1, "model": {"depth": 2}}


class TestFiles:
    def test_a_file_is_merged_where_it_stands(self, scope, tmp_path):
        path = tmp_path / "big.yaml"
        path.write_text("lr: 5\nmodel:\n  depth: 101\n")
        config = scope.apply(["lr=1", f"@{path}", "model.name:=resnet"])
        assert config == {"lr": 5, "layers": [1], "model": {"name": "resnet", "depth": 101}}

    def test_a_missing_file_is_named(self, scope):
        with pytest.raises(TokenError, match="@nowhere.yaml"):
            scope.apply(["@nowhere.yaml"])

    def test_a_broken_file_is_named(self, scope, tmp_path):
        path = tmp_path / "broken.json"
        path.write_text("{")
        with pytest.raises(TokenError, match=r"broken\.json"):
            scope.apply([f"@{path}"])

    def test_a_file_that_builds_on_others_is_said_not_to(self, scope, tmp_path, capsys):
        (tmp_path / "own.yaml").write_text("_base_: other.yaml\nlr: 5\n")
        assert scope.apply([f"@{tmp_path / 'own.yaml'}"]).lr == 5
        (line,) = capsys.readouterr().err.splitlines()
        assert "warning: " in line
        assert "own.yaml: its _base_ is not followed" in line

    @pytest.mark.parametrize("name", ["x.py", "x.PY"])
    def test_a_program_is_not_run(self, scope, tmp_path, name):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
        with pytest.raises(TokenError, match=r"@.*: a command line runs no program"):
            scope.apply([f"@{tmp_path / name}"])
        assert not (tmp_path / "ran").exists()

    def test_a_file_without_a_name_is_refused(self, scope):
        with pytest.raises(TokenError, match=r"needs the path.*@config\.yaml"):
            scope.apply(["@"])


BAD = {
    "lr=": "'lr=' has no value; for an empty text write lr:=",
    "lr=0.0.1": "'lr=0.0.1': not a valid expression",
    "=3": "'=3' has no key",
    ":=3": "':=3' has no key",
    "+=3": r"'\+=3' has no key",
    "~": "'~' has no key",
    "a..b=1": "'a..b=1' has no valid key",
    ".a=1": "no valid key",
    "a b=1": "no valid key",
    "x=[1,": r"unclosed \[ in 'x=\[1,'",
    "x='abc": "unclosed ' in",
    "x=resnet": "'resnet' is not a value; for text write x:=resnet",
    "x=true": "'true' is not a value; did you mean 'True'",
    "x=[a]": "'a' is not a value",
    "x=007": "not a valid expression",
    f"x={'9' * 5000}": "has an integer of more digits than Python reads",
    "x==3": "not a valid expression",
    "x=1]": "not a valid expression",
    "x=1/0": "cannot be evaluated: division by zero",
    "x='a'+1": "cannot be evaluated",
    "x={[]:1}": "cannot be evaluated",
    "x=[1][5]": "cannot be evaluated: list index out of range",
    "": "an argument is empty",
    "--lr=3": "unknown option '--lr=3'; write lr=3",
    "--lr": "unknown option '--lr'; write lr=value",
    "--json": "unknown option '--json'; write print=json",
    "a\0b=1": "NUL character",
    "x:=a\0b": "NUL character",
    "x:=\udcff": r"argument 'x:=\\udcff' is not valid UTF-8",
    "\udcff": "not valid UTF-8",
    "__class__.x=1": "two underscores",
    "a.__init__=1": "two underscores",
}


@pytest.mark.parametrize("token", BAD)
def test_a_bad_token_is_named_with_the_fix(scope, token):
    with pytest.raises(TokenError, match=BAD[token]) as caught:
        scope.apply([token])
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    message.encode("utf-8")


def test_of_a_misspelt_key_whose_text_is_no_value_the_key_is_told(scope):
    with pytest.raises(TokenError) as caught:
        scope.apply(["lrr=fast"])
    assert str(caught.value).endswith("no view has set the key 'lrr'; did you mean 'lr:=fast'?")


def test_an_unknown_word_is_a_view_that_does_not_exist(scope):
    with pytest.raises(UnknownViewError, match="unknown view 'fast'; run with 'views'"):
        scope.apply(["fast"])


def test_arguments_are_a_list_of_texts(scope):
    with pytest.raises(TypeError, match="list of arguments"):
        scope.apply("lr=3")
    with pytest.raises(TokenError, match="texts, not 3"):
        scope.apply([3])


def test_a_failed_apply_leaves_the_last_config(scope):
    before = scope.apply(["lr=7"])
    with pytest.raises(TokenError):
        scope.apply(["lr=8", "lr="])
    assert scope.config is before
    assert scope.config.lr == 7


def test_the_local_rank_that_launchers_add_is_understood(scope):
    assert scope.apply(["--local-rank=1", "lr=2"]).lr == 2
    assert scope.apply(["--local_rank=1"]).lr == 0.1


def test_a_referred_container_is_copied(scope):
    config = scope.apply(["small=config.model", "small.depth=2", "all=config"])
    assert config.model.depth == 18
    assert config.all.small == {"name": "vgg", "depth": 2}
    assert "all" not in config.all


def test_references_cannot_grow_without_bound(scope):
    with pytest.raises(ExpressionError, match="too long"):
        scope.apply(["model.a=config.model", "model.b=config.model"] * 20)
