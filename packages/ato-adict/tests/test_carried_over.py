"""Files and calls of ato 2.x: kept where that is safe, else refused with what to write."""

import pytest

from ato_adict import ADict, ConfigFileError, xyz


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x: !!python/tuple [1, 2]", (1, 2)),
        ("x: !!python/tuple\n- 1\n- 2", (1, 2)),
        ("x: !!python/tuple []", ()),
        ("x:\n- !!python/tuple\n  - 1\n  - a", [(1, "a")]),
        ("x: !!python/tuple [!!python/tuple [1], {a: 2}]", ((1,), {"a": 2})),
    ],
)
def test_tuples_in_yaml_are_read(text, value):
    assert ADict.loads(text, "yaml").x == value


@pytest.mark.parametrize(
    "tag",
    [
        "object:os.system",
        "object/apply:os.system",
        "object/new:os.system",
        "name:os.system",
        "module:os",
        "unicode",
        "complex",
    ],
)
def test_other_tags_of_python_are_refused(tag):
    with pytest.raises(
        ConfigFileError, match="is refused: loading a config runs no code"
    ) as caught:
        ADict.loads(f"a: 1\nx: !!python/{tag} ''", "yaml")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("format", "text", "reader"),
    [
        ("yaml", "- 1\n- 2", "yaml.safe_load"),
        ("json", "[1, 2]", "json.load"),
        ("jsonl", "[1]\n[2]", "json.loads"),
        ("xyz", "0) 1\n1) 2", "ato_adict.xyz.load"),
    ],
)
def test_a_list_at_the_top_says_what_reads_it(format, text, reader):
    with pytest.raises(ConfigFileError, match=f"put it below a key, or read .* {reader}"):
        ADict.loads(text, format)


def test_xyz_has_one_format():
    with pytest.raises(TypeError, match="leave out format_dict="):
        xyz.dumps({"a": 1}, format_dict={"key_prefix": "- "})
    with pytest.raises(ConfigFileError, match="written by ato 2.x with format_dict="):
        ADict.loads("key_prefix -> - \nkey_postfix ->  =>\n\n- a => 1\n", "xyz")


def test_pop_takes_its_default_by_name():
    assert ADict(a=1).pop("b", default=3) == ADict(a=1).pop("b", 3) == 3
    with pytest.raises(KeyError):
        ADict(a=1).pop("b")


@pytest.mark.parametrize("option", [0.01, 1, True, ["0.01"], (0.01,)])
def test_a_choice_in_a_hierarchy_may_be_a_number(tmp_path, option):
    (tmp_path / "lr").mkdir()
    (tmp_path / "config.yaml").write_text("a: 1")
    for name in ("0.01", "1", "True"):
        (tmp_path / "lr" / f"{name}.yaml").write_text("lr: 5")
    assert ADict.compose_hierarchy(tmp_path, select={"lr": option}) == {"a": 1, "lr": 5}
