"""What is typed may not multiply without bound, nor be left out without a word."""

import re
import shlex

import pytest

from ato_adict import AtoError
from ato_scope import ExpressionError, Scope, TokenError


def read(*tokens, **given):
    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.update(given)

    @scope
    def main(config):
        return dict(config)

    return main.with_args(list(tokens))()


@pytest.mark.parametrize("levels", [201, 1000, 20_000])
def test_a_key_has_a_limit_of_levels(levels):
    with pytest.raises(TokenError, match="levels; a key has 200 at most"):
        read(".".join(["a"] * levels) + "=1")


@pytest.mark.parametrize(
    "value",
    [
        "[" + ",".join(["config.big"] * 5000) + "]",
        "(" + ",".join(["config.big"] * 5000) + ")",
        "{" + ",".join([f"{n}: config.big" for n in range(900)]) + "}",
        "[config.big] * 50",
        "config.big + config.big",
    ],
)
def test_a_value_made_of_large_ones_is_refused(value):
    with pytest.raises(ExpressionError, match="too long"):
        read(f"a={value}", big=[0] * 90_000)


def test_values_that_refer_to_each_other_do_not_multiply():
    tokens = [f"a{n}=[{','.join([f'config.a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(ExpressionError, match="too long"):
        read("a0=[0]*10", *tokens)


def test_a_list_that_is_added_to_itself_again_and_again_is_refused():
    with pytest.raises(ExpressionError, match="too long"):
        read(*["l+=config.l"] * 60, l=[1])


def test_a_list_may_be_added_to_itself_a_few_times():
    assert read(*["l+=config.l"] * 3, l=[1])["l"] == [1] * 8


def test_thousands_of_new_keys_are_compared_with_those_of_views_alone(capsys):
    found = read(*[f"k{n}=1" for n in range(3000)], lr=0.1)
    assert len(found) == 3001
    assert capsys.readouterr().err == ""


def test_a_large_value_of_the_config_can_be_referred_to():
    assert len(read("a=config.big", big=[0] * 300_000)["a"]) == 300_000


@pytest.mark.parametrize(
    ("token", "hint"),
    [
        ("lr=1#x", "lr:='1#x'"),
        ("lr=1 # x", "lr:='1 # x'"),
        ("n='a'#b", """n:="'a'#b\""""),
    ],
)
def test_a_comment_in_a_value_is_an_error_whose_hint_can_be_pasted(token, hint):
    with pytest.raises(ExpressionError) as caught:
        read(token)
    assert str(caught.value).endswith("for text write " + hint)


def test_a_hint_about_an_option_can_be_pasted():
    with pytest.raises(TokenError) as caught:
        read("--lr=$(reboot)")
    assert str(caught.value).endswith("write 'lr=$(reboot)'")


@pytest.mark.parametrize(
    ("token", "meant"),
    [
        ("$(reboot)=[1", "$(reboot):=[1"),
        ('["a;b"]=x y', '["a;b"]:=x y'),
        ('["a;b"]=', '["a;b"]:='),
        ("lr*=`reboot`", "lr=config.lr*`reboot`"),
        ("lr+=`reboot`", "lr:=`reboot`"),
        ("lr=2020-01-02", "lr:=2020-01-02"),
    ],
)
def test_a_hint_is_one_word_for_a_shell_whatever_is_in_it(token, meant):
    with pytest.raises(AtoError) as caught:
        read(token, lr=1)
    hint = re.search(
        "; (?:for text |for an empty text |close it, or for text )?write (.*?)(?:, for|$)",
        str(caught.value),
    )
    assert shlex.split(hint.group(1)) == [meant]


@pytest.mark.parametrize("text", ["a#b", "it's #1", '"#"', "\\'#"])
def test_a_text_may_hold_what_begins_a_comment(text):
    assert read(f"a={text!r}")["a"] == text
    assert read(f"a:={text}")["a"] == text


@pytest.mark.parametrize(
    "token",
    ["layers.{}=1", "layers[{}]=1", "~layers[-{}]", "new.{}=1", "lr={}", "lr=config.layers[{}]"],
)
def test_an_integer_longer_than_python_reads_is_an_error_that_is_cut(program, token):
    program.write("""
        from ato_scope import Scope

        @Scope({"lr": 0.1, "layers": [1]})
        def train(config):
            pass

        train()
    """)
    done = program.run(token.format("9" * 5000))
    assert done.fails_with("characters)"), done
    assert len(done.err) < 2100
