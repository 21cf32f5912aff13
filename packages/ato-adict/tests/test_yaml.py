"""YAML: what a plain text means."""

import pytest

from ato_adict import ADict


@pytest.mark.parametrize(
    "text",
    [
        "22:22",
        "12:30:45",
        "1:2",
        "190:20:30.15",
        "1:30.5",
        "010",
        "-010",
        "0755",
        "00",
        "08",
        "1_1_1",
        "1_0",
        "2018_11_25",
        "0x",
        "1.2.3",
        "=",
        "0o8",
    ],
)
def test_what_only_looks_like_a_number_is_a_text(text):
    assert ADict.loads(f"x: {text}", "yaml").x == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("-3", -3),
        ("+5", 5),
        ("0", 0),
        ("1_000", 1000),
        ("1_000_000.5", 1000000.5),
        ("0x1F", 31),
        ("0o17", 15),
        ("0b11", 3),
        ("1e-3", 0.001),
        ("1E5", 100000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("0.10", 0.1),
        ("007.5", 7.5),
    ],
)
def test_numbers(text, value):
    found = ADict.loads(f"x: {text}", "yaml").x
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "key", ["on", "off", "yes", "no", "On", "OFF", "Yes", "NO", "y", "n", "22:22", "010", "="]
)
def test_keys_that_are_words_stay_words(key):
    assert ADict.loads(f"{key}: 1\na: {{{key}: 2}}", "yaml") == {key: 1, "a": {key: 2}}


def test_keys_that_are_true_and_false_stay_flags():
    assert ADict.loads("true: 1\nFalse: 2", "yaml") == {True: 1, False: 2}


@pytest.mark.parametrize("text", ["yes", "on", "True", "true"])
def test_as_values_the_words_stay_flags(text):
    assert ADict.loads(f"x: {text}", "yaml").x is True


def test_a_word_and_the_same_in_quotes_are_one_key():
    with pytest.raises(ValueError, match="the key 'on' appears twice"):
        ADict.loads("on: 1\n'on': 2", "yaml")


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only\n# comments\n", "---\n", "--- # x\n...\n", "  # indented\n"]
)
def test_a_file_of_nothing_but_comments_is_an_empty_config(text, tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    assert ADict.from_file(path) == {}


@pytest.mark.parametrize(
    "text", ["22:22", "010", "1_1", "0o17", "1e5", "on", "no", "=", "1:30.5", "0x10", "~", "1_000"]
)
def test_texts_that_any_reader_may_take_for_something_else_are_written_in_quotes(text):
    assert ADict(x=text).dumps("yaml") == f"x: '{text}'\n"
    assert ADict.loads(ADict({text: text}).dumps("yaml"), "yaml") == {text: text}
