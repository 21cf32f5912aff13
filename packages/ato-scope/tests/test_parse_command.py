"""A command as one line of text."""

import pytest

from ato_scope import Scope, TokenError, parse_command, parse_tokens


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("lr=0.1 model:=vit high_lr", ["lr=0.1", "model:=vit", "high_lr"]),
        ("layers=[1, 2, 3] seed=1", ["layers=[1, 2, 3]", "seed=1"]),
        ("name:='a b'", ["name:=a b"]),
        ('name:="it is"', ["name:=it is"]),
        ("x={'a': 1}", ["x={'a': 1}"]),
        ("  ", []),
    ],
)
def test_spaces_in_quotes_and_brackets_separate_nothing(command, arguments):
    assert parse_command(command) == arguments


def test_its_arguments_are_those_of_a_command_line():
    tokens = parse_tokens(parse_command("layers=[1, 2] name:='a b'"))
    assert [(t.kind, t.key, t.value) for t in tokens] == [
        ("set", "layers", "[1, 2]"),
        ("text", "name", "a b"),
    ]


@pytest.mark.parametrize("command", ["x=[1", "name:='a", "x=(1, {2}"])
def test_what_is_never_closed_is_an_error(command):
    with pytest.raises(TokenError, match="unclosed"):
        parse_command(command)


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("a='''it's #1'''", "it's #1"),
        ('a="""x#y"z"""', 'x#y"z'),
        ("a='''x]'''", "x]"),
        ("a=''", ""),
        ("a=''+'#'", "#"),
        (r"a='x\'#'", "x'#"),
    ],
)
def test_texts_in_any_quotes_are_whole(token, value):
    assert Scope().apply([token]).a == value
    assert Scope().apply(parse_command(token)).a == value
