"""What is no config of a format stays, unless it is replaced by force; what is one is replaced."""

import os

import pytest

from ato_adict import ADict, ConfigFileError, xyz

CONFIG = ADict(a=1)
FORMATS = ["yaml", "yml", "json", "jsonl", "toml", "xyz", "py"]
EXPORT = '{"type":"ato-sql","format":1}\n{"type":"run","id":1}\n'

OTHERS = {
    "coco.json": ("[" + ", ".join(['{"id": 1}'] * 1000) + "]", "is a list"),
    "text.json": (f'"{"x" * 60}"', "is a single value"),
    "half.json": ('{"a": [\n  1,\n', "is no JSON that can be read"),
    "lines.json": ('{"a": 1}\n{"a": 2}\n', "is no JSON that can be read"),
    "runs.json": (EXPORT, "is an export"),
    "runs.jsonl": (EXPORT, "is an export"),
    "no-runs.jsonl": (EXPORT.split("\n")[0] + "\n", "is an export"),
    "note.jsonl": ('{"a": 1}\n{"b": 2}\n', "is more than one line of data"),
    "list.jsonl": ("[1]\n", "is a list"),
    "playbook.yaml": ("- hosts: all\n  tasks: []\n", "is a list"),
    "playbook.yml": ("# mine\n---\n- hosts: all\n", "is a list"),
    "text.yaml": ("just text\nof two lines\n", "is a single value"),
    "several.yaml": ("a: 1\n---\nb: 2\n", "is no YAML .* another document"),
    "half.yaml": ("a: [1,\n  2,\n", "is no YAML that can be read"),
    "tags.yaml": ("a: !Ref b\nc: !Ref d\n", "is no YAML that can be read"),
    "log.toml": ("2020-01-01 started\n2020-01-02 ended\n", "is no TOML that can be read"),
    "list.xyz": ("0) 1\n1) 2\n", "is a list"),
    "water.xyz": ("3\nwater\nO 0 0 0\nH 0 0 1\nH 0 1 0\n", "is no xyz that can be read"),
    "json.xyz": ('{"a": 1}\n', "is no xyz"),
}
LARGE = {
    "list.json": ("[" + "1, " * 600_000 + "1]", "is no JSON"),
    "lines.json": ('{"a": 1}\n' * 200_000, "is no JSON"),
    "lines.jsonl": ('{"a": 1}\n' * 200_000, "is no JSON"),
    "long-lines.jsonl": (('{"a": "' + "x" * 1_500_000 + '"}\n') * 2, "is more than one line"),
    "runs.jsonl": (EXPORT * 50_000, "is an export"),
    "list.yaml": ("- a: 1\n" * 200_000, "is no YAML"),
    "text.yaml": ("word " * 300_000, "is no YAML"),
    "several.yaml": ("---\na: 1\n" * 200_000, "is no YAML"),
    "log.toml": ("2020-01-01 started\n" * 100_000, "is no TOML"),
    "list.xyz": ("0) a: b\n" * 200_000, "is no xyz"),
    "program.py": ("a = 1\n" * 200_000 + "import os\n", "is a Python program"),
}


def refuses(path, problem):
    before = path.read_bytes()
    with pytest.raises(ConfigFileError, match=problem) as caught:
        CONFIG.dump(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "--force" in str(caught.value)
    assert "force=True" in str(caught.value)
    assert path.read_bytes() == before
    CONFIG.dump(path, force=True)
    assert ADict.from_file(path) == CONFIG


def test_a_notebook_under_the_name_of_a_config_is_only_replaced_by_force(tmp_path):
    path = tmp_path / "analysis.json"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    refuses(path, "is a notebook; without force")


@pytest.mark.parametrize("name", ["package.json", "pyproject.toml", "docker-compose.yml"])
def test_a_file_that_another_program_looks_for_is_only_replaced_by_force(tmp_path, name):
    path = tmp_path / name
    CONFIG.dump(path)  # there was none yet
    written = path.read_bytes()
    with pytest.raises(ConfigFileError, match="is a file of .*; without force"):
        ADict(other=1).dump(path)
    assert path.read_bytes() == written
    (tmp_path / "link.json").symlink_to(path)
    with pytest.raises(ConfigFileError, match="is a file of"):
        ADict(other=1).dump(tmp_path / "link.json")
    ADict(other=1).dump(path, force=True)
    assert path.read_bytes() != written


@pytest.mark.parametrize("name", OTHERS)
def test_data_that_is_no_config_is_only_replaced_by_force(tmp_path, name):
    text, problem = OTHERS[name]
    (tmp_path / name).write_text(text)
    refuses(tmp_path / name, problem)


@pytest.mark.parametrize("name", LARGE)
def test_of_a_large_file_its_beginning_tells(tmp_path, name):
    text, problem = LARGE[name]
    (tmp_path / name).write_text(text)
    refuses(tmp_path / name, problem)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_of_many_gigabytes_is_not_read(tmp_path, suffix):
    with open(str(tmp_path / f"a.{suffix}"), "wb") as file:
        file.write(b"a: 1\n" + b" " * (1 << 20))
        file.truncate(1 << 40)
    with pytest.raises(ConfigFileError, match="larger than any config.*--force"):
        CONFIG.dump(tmp_path / f"a.{suffix}")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff"])
def test_an_empty_file_is_replaced(tmp_path, suffix, text):
    (tmp_path / f"a.{suffix}").write_text(text, encoding="utf-8")
    CONFIG.dump(tmp_path / f"a.{suffix}")
    assert ADict.from_file(tmp_path / f"a.{suffix}") == CONFIG


@pytest.mark.parametrize("suffix", ["yaml", "json", "jsonl", "toml"])
@pytest.mark.parametrize("text", ["old", "old\n", '{"a": '])
def test_a_word_and_the_start_of_a_torn_line_are_replaced(tmp_path, suffix, text):
    (tmp_path / f"a.{suffix}").write_text(text)
    CONFIG.dump(tmp_path / f"a.{suffix}")
    assert ADict.from_file(tmp_path / f"a.{suffix}") == CONFIG


@pytest.mark.parametrize("suffix", ["yaml", "json", "jsonl", "toml"])
@pytest.mark.parametrize("text", ["<html><body>x</body></html>", "my notes", "// mine", "a: [1"])
def test_a_line_of_anything_else_is_not(tmp_path, suffix, text):
    (tmp_path / f"a.{suffix}").write_text(text)
    with pytest.raises(ConfigFileError, match="--force"):
        CONFIG.dump(tmp_path / f"a.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_text() == text


WRITTEN_BY_HAND = {
    "comments.yaml": "# mine\n\n---\n# more\na: 2 # two\n",
    "directive.yaml": "%YAML 1.1\n---\na: 2\n...\n",
    "only-comments.yaml": "# a: 2\n",
    "windows.json": '\ufeff{\r\n"a": 2}\r\n\r\n',
    "one-line.jsonl": '\n{"a": 2}\n\n',
    "comments.toml": "# mine\na.b = 2 # two\n[x]\n",
    "comments.xyz": "# mine\n\na: 2\n",
    "comments.py": "# mine\na = 2\n",
    "large.yaml": "# mine\n---\na: |\n" + "  ---\n" * 200_000,
    "large.toml": "# mine\n\n[x]\n" + "".join(f"k{i} = 1\n" for i in range(100_000)),
}


@pytest.mark.parametrize("name", WRITTEN_BY_HAND)
def test_a_config_that_was_written_by_hand_is_replaced(tmp_path, name):
    (tmp_path / name).write_bytes(WRITTEN_BY_HAND[name].encode())
    CONFIG.dump(tmp_path / name)
    assert ADict.from_file(tmp_path / name) == CONFIG


DEEP = ADict(a=1)
for _ in range(150):
    DEEP = ADict(a=DEEP)
CONFIGS = {
    "empty": ADict(),
    "one key": CONFIG,
    "empty below": ADict(a={}, b=[]),
    "text of documents": ADict(a="x\n---\n- y\n{"),
    "large text": ADict(a="x" * 1_500_000),
    "many keys": ADict({f"k{i}": "- 'z' # {" * 15 for i in range(9_000)}),
    "deep": DEEP,
}
ODD_KEYS = ["[x]", "0) x", "{", "#", "", "- a", "---", "|", "a.b", "ä"]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", CONFIGS)
def test_what_was_dumped_is_dumped_again(tmp_path, suffix, name):
    path = tmp_path / f"a.{suffix}"
    for _ in range(2):
        CONFIGS[name].dump(path)
    assert os.listdir(str(tmp_path)) == [path.name]


@pytest.mark.parametrize("suffix", ["yaml", "json", "jsonl", "toml", "xyz"])
@pytest.mark.parametrize("key", ODD_KEYS)
def test_whatever_its_keys_are(tmp_path, suffix, key):
    for _ in range(2):
        ADict({key: 1}).dump(tmp_path / f"a.{suffix}")


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("json", {"indent": None}),
        ("json", {"indent": 4, "sort_keys": True}),
        ("jsonl", {"sort_keys": True}),
        ("yaml", {"explicit_start": True}),
        ("yaml", {"explicit_end": True}),
        ("yaml", {"canonical": True}),
        ("yaml", {"default_flow_style": True}),
    ],
)
def test_with_whatever_options_it_was_dumped(tmp_path, suffix, options):
    for config in (ADict(), ADict(a=1, b={"x": [1]}), CONFIGS["many keys"]):
        path = tmp_path / f"{len(config)}.{suffix}"
        for _ in range(2):
            config.dump(path, **options)


class TestXyzDump:
    @pytest.mark.parametrize("data", [[1], {"a": 1}, (), "x", "a\nb", None, {1, 2}, b"x"], ids=repr)
    @pytest.mark.parametrize("name", ["a.xyz", "a.txt"])
    def test_replaces_any_data_in_xyz(self, tmp_path, data, name):
        for _ in range(2):
            xyz.dump(data, tmp_path / name)
        assert xyz.load(tmp_path / name) == data

    @pytest.mark.parametrize("text", [EXPORT, "hello\nworld\n", '{"a": 1}', "- a: 1\n  b: 2\n"])
    def test_replaces_other_files_only_by_force(self, tmp_path, text):
        (tmp_path / "a.jsonl").write_text(text)
        with pytest.raises(ConfigFileError, match="force=True"):
            xyz.dump({"a": 1}, tmp_path / "a.jsonl")
        assert (tmp_path / "a.jsonl").read_text() == text
        xyz.dump({"a": 1}, tmp_path / "a.jsonl", force=True)
        assert xyz.load(tmp_path / "a.jsonl") == {"a": 1}
