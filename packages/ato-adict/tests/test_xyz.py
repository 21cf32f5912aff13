"""The xyz format: what people write and read."""

import io

import pytest

from ato_adict import ADict, ConfigFileError, ConversionError, NestingError, xyz

TEXT = """\
# a comment
lr: 0.001
name: resnet-50 v2
layers:
  0) 64
  1) 128

model:
  pretrained: None
  betas: [Tuple]
    0) 0.9
    1) 0.999
  extra: [Empty Mapping]
prompt:
  | Two lines,
  |   kept as they are.
"""
DATA = {
    "lr": 0.001,
    "name": "resnet-50 v2",
    "layers": [64, 128],
    "model": {"pretrained": None, "betas": (0.9, 0.999), "extra": {}},
    "prompt": "Two lines,\n  kept as they are.",
}


def test_text_is_read():
    assert xyz.loads(TEXT) == DATA
    assert type(xyz.loads(TEXT)["model"]["betas"]) is tuple


def test_data_is_written_as_people_would():
    lines = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    assert xyz.dumps(DATA).splitlines() == lines


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain text", "plain text"),
        ("a: b", "a: b"),
        ("C:\\new", "C:\\new"),
        ("größe", "größe"),
        ("1", '"1"'),
        ("1e-3", '"1e-3"'),
        ("True", '"True"'),
        ("None", '"None"'),
        ("nan", '"nan"'),
        ("", '""'),
        (" x", '" x"'),
        ("[x]", '"[x]"'),
        ("tab\t", '"tab\\t"'),
        ("007", "007"),
        (1.0, "1.0"),
        (1e22, "1e+22"),
        (float("inf"), "inf"),
        (b"x", "b'x'"),
        (1j, "1j"),
        (True, "True"),
    ],
)
def test_scalars(value, text):
    assert xyz.dumps({"k": value}) == f"k: {text}\n"
    assert xyz.loads(f"k: {text}\n") == {"k": value}


@pytest.mark.parametrize("text", ["1e5", ".5", "5.", "+1.5", "1E-3"])
def test_more_ways_to_write_a_float(text):
    assert xyz.loads(f"k: {text}") == {"k": float(text)}


def test_any_value_may_be_the_root():
    for value in [5, "text", [1, {"a": 2}], (), None, {"a": 1}, "two\nlines"]:
        assert xyz.loads(xyz.dumps(value)) == value


def test_files_written_by_ato_2_are_read():
    text = (
        "a: 1\nb:\n  c:\n    0) 1\n    1)\n      d: None\n  s: x y\nt: True\ne: \n"
        "el: [Empty Sequence]\ned: [Empty Mapping]\nf: 0.001"
    )
    assert xyz.loads(text) == {
        "a": 1,
        "b": {"c": [1, {"d": None}], "s": "x y"},
        "t": True,
        "e": "",
        "el": [],
        "ed": {},
        "f": 0.001,
    }


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("a: 1\n   b: 2", "line 2, column 4", "indented more"),
        (" a: 1\nb: 2", "line 2, column 1", "indented less"),
        ("a:\n  b: 1\n c: 2", "line 3, column 2", "indented"),
        ("a: 1\ntext", "line 2, column 1", "expected 'key: value'"),
        ("text\nmore", "line 1, column 1", "expected 'key: value'"),
        ('a: "x', "line 1, column 4", "does not end"),
        ("a: 'x' y", "line 1, column 4", "more behind its end"),
        ("0) 1\n2) 3", "line 2, column 1", "expected item 1, found item 2"),
        ("a:\n  0) 1\n  b: 2", "line 3, column 3", "expected item 1"),
        ("a: 1\nb: 2\na: 3", "line 3, column 1", "'a' appears twice"),
        ("a: [Tuple]", "line 1, column 4", "write [Empty Tuple]"),
        ("a: [Tuple]\n  b: 1", "line 1, column 1", "numbered items must stand below"),
        ("a: [Set]\n  0)\n    x: 1", "line 1, column 1", "cannot be in a set"),
        ("\ta: 1", "line 1, column 1", "indent with spaces"),
        ("a:1", "line 1, column 3", "a space behind the colon"),
        ("a: [Date] soon", "line 1, column 4", "not a date"),
        ("a:\n  | x\n  y: 1", "line 3, column 3", "begins with '|'"),
    ],
)
def test_malformed_text_is_an_error_with_its_place(text, place, problem):
    with pytest.raises(ConfigFileError) as error:
        xyz.loads(text)
    assert str(error.value).startswith(f"{place}: ")
    assert problem in str(error.value)


def test_an_empty_text_is_an_error():
    for text in ("", "\n# only a comment\n"):
        with pytest.raises(ConfigFileError, match=r"is empty; .* \[Empty Mapping\]"):
            xyz.loads(text)


def test_what_cannot_be_held_is_named():
    with pytest.raises(ConversionError, match=r"xyz cannot hold .*, at 'a\[1\]'"):
        xyz.dumps({"a": [1, object()]})


def test_deep_and_recursive_data_are_named():
    data = []
    for _ in range(10_000):
        data = [data]
    with pytest.raises(NestingError, match="nested too deeply"):
        xyz.dumps(data)
    data = {"a": []}
    data["a"].append(data)
    with pytest.raises(NestingError, match=r"'a\[0\]' refers back"):
        xyz.dumps(data)


def test_files_by_path_and_open_files(tmp_path):
    xyz.dump(DATA, tmp_path / "c.xyz")
    assert xyz.load(tmp_path / "c.xyz") == DATA
    assert xyz.load(str(tmp_path / "c.xyz")) == DATA
    stream = io.StringIO()
    xyz.dump(DATA, stream)
    stream.seek(0)
    assert xyz.load(stream) == DATA


def test_an_error_in_a_file_names_the_file(tmp_path):
    (tmp_path / "c.xyz").write_text("a: 1\n  b: 2")
    with pytest.raises(ConfigFileError, match=r"c\.xyz:2:3: "):
        xyz.load(tmp_path / "c.xyz")


def test_sets_are_written_in_one_order():
    texts = {xyz.dumps({"s": set(order)}) for order in (["b", "a", 1], [1, "a", "b"])}
    assert texts == {"s: [Set]\n  0) 1\n  1) a\n  2) b\n"}


def test_configs_are_written_like_dicts():
    assert xyz.dumps(ADict(DATA).freeze()) == xyz.dumps(DATA)
