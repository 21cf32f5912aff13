"""Files: what a good one gives, what a bad one says, and what a failure leaves."""

import os
import pathlib
import signal
import stat
import subprocess
import sys
import textwrap
import time

import pytest

from ato_adict import (
    ADict,
    AtoError,
    ConfigFileError,
    ConfigFileNotFoundError,
    ConversionError,
    NestingError,
    UserError,
)

FORMATS = ["yaml", "json", "jsonl", "toml", "xyz"]


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


class TestReading:
    def test_yaml_floats_are_those_of_yaml_1_2(self):
        text = "a: 1e-3\nb: 1E5\nc: -2e+2\nd: .5\ne: 1.\nf: .inf\ng: 'x1e3'\nh: 1e\n"
        config = ADict.loads(text, "yaml")
        assert config == {
            "a": 1e-3,
            "b": 1e5,
            "c": -200.0,
            "d": 0.5,
            "e": 1.0,
            "f": float("inf"),
            "g": "x1e3",
            "h": "1e",
        }
        assert all(type(config[key]) is float for key in "abcdef")

    def test_yaml_merge_keys_work(self):
        text = "base: &b {lr: 1, n: 2}\nmine:\n  <<: *b\n  lr: 3\n"
        assert ADict.loads(text, "yaml").mine == {"lr": 3, "n": 2}

    def test_nested_mappings_are_configs(self):
        assert ADict.loads("a: [{b: 1}]", "yaml").a[0].b == 1

    def test_json_lines_are_merged_in_order(self):
        text = '{"a": 1, "b": 1}\n\n{"b": {"c": 2}}\n'
        assert ADict.loads(text, "jsonl") == {"a": 1, "b": {"c": 2}}

    def test_a_byte_order_mark_and_windows_line_ends_are_no_content(self, tmp_path):
        path = write(tmp_path, "c.yaml", b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
        assert ADict.from_file(path) == {"a": 1, "b": "x"}
        path = write(tmp_path, "c.xyz", b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
        assert ADict.from_file(path) == {"a": 1, "b": "x"}

    def test_a_python_file_gives_its_public_variables(self, tmp_path):
        text = "import os\nlr = 0.1 * 2\n_hidden = 1\ndef f(): pass\nmodel = dict(depth=3)\n"
        path = write(tmp_path, "c.py", text)
        assert ADict.from_file(path) == {"lr": 0.2, "model": {"depth": 3}}

    def test_load_replaces_what_the_config_holds(self, tmp_path):
        path = write(tmp_path, "c.json", '{"a": 2, "b": 3}')
        config = ADict(a=1, z=0)
        assert config.load(path) is config
        assert config == {"a": 2, "b": 3}

    def test_load_of_a_malformed_file_changes_nothing(self, tmp_path):
        config = ADict(a=1)
        with pytest.raises(ConfigFileError):
            config.load(write(tmp_path, "c.json", "{"))
        assert config == {"a": 1}

    def test_loads_takes_bytes_and_suffixes(self):
        assert ADict.loads(b"a: 1", ".yml") == {"a": 1}


MALFORMED = {
    "c.yaml": ("a: 1\nb: [1, 2\nc: 3\n", 3, 2),
    "tab.yaml": ("a:\n\tb: 1\n", 2, 1),
    "twice.yaml": ("a: 1\nb: 2\na: 3\n", 3, 1),
    "deep-twice.yaml": ("x:\n  - {k: 1, k: 2}\n", 2, 12),
    "tag.yaml": ("a: !!python/object/apply:os.system ['echo']\n", 1, 4),
    "custom-tag.yaml": ("a: 1\nb: !mine 2\n", 2, 4),
    "two.yaml": ("a: 1\n---\nb: 2\n", 2, 1),
    "c.json": ('{"a": 1,\n "b": }', 2, 7),
    "c.jsonl": ('{"a": 1}\n{"b": }\n', 2, 7),
    "c.toml": ('a = 1\nb = "\\q"\n', 2, 8),
    "c.xyz": ("a: 1\n  b: 2\n", 2, 3),
    "c.py": ("a = 1\nb = (\n", 2, None),
}


class TestMalformedFiles:
    @pytest.mark.parametrize("name", MALFORMED)
    def test_are_errors_with_path_line_and_column(self, name, tmp_path):
        text, line, column = MALFORMED[name]
        path = write(tmp_path, name, text)
        with pytest.raises(ConfigFileError) as caught:
            ADict.from_file(path)
        error = caught.value
        assert (error.path, error.line) == (str(path), line)
        if column is not None:
            assert error.column == column
            assert str(error).startswith(f"{path}:{line}:{column}: ")
        assert isinstance(error, UserError)
        assert isinstance(error, ValueError)
        assert "\n" not in str(error)

    @pytest.mark.parametrize("format", FORMATS)
    def test_as_text_have_line_and_column_too(self, format):
        text, line, _ = MALFORMED[f"c.{format}"]
        with pytest.raises(ConfigFileError, match=f"^line {line}, column"):
            ADict.loads(text, format)

    def test_duplicate_keys_are_named(self):
        for text, format in [("a: 1\na: 2", "yaml"), ('{"a": 1, "a": 2}', "json")]:
            with pytest.raises(ConfigFileError, match="'a' appears twice"):
                ADict.loads(text, format)
        with pytest.raises(ConfigFileError):
            ADict.loads("a = 1\na = 2", "toml")

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ('{"a":1,"a":2}', "line 1, column 8: the key 'a'"),
            ('{"b": {"a": [{"b": "}{"}]},\n "c": 1,\n  "b": 2}', "line 3, column 3: the key 'b'"),
            ('[{"a": 1}, {"a": 1,\n"\\u0061" : 2}]', "line 2, column 1: the key 'a'"),
        ],
    )
    def test_a_duplicate_key_of_json_is_named_with_its_place(self, text, place):
        with pytest.raises(ConfigFileError, match=f"^{place} appears twice in one object"):
            ADict.loads(text, "json")

    def test_a_duplicate_key_of_json_lines_too(self):
        with pytest.raises(ConfigFileError, match="^line 2, column 9: the key 'b' appears twice"):
            ADict.loads('{"a": 1}\n{"b": 1,"b": 2}', "jsonl")

    def test_keys_of_yaml_that_are_equal_but_written_differently_are_duplicates(self):
        with pytest.raises(ConfigFileError, match="appears twice"):
            ADict.loads("1: a\n0x1: b\n", "yaml")

    @pytest.mark.parametrize("format", ["json", "jsonl", "xyz"])
    @pytest.mark.parametrize("content", ["", " \n\n"])
    def test_an_empty_file_says_how_to_write_an_empty_config(self, format, content, tmp_path):
        path = write(tmp_path, f"c.{format}", content)
        with pytest.raises(ConfigFileError, match="is empty; an empty config is written"):
            ADict.from_file(path)

    @pytest.mark.parametrize(
        ("format", "text"),
        [("yaml", "- 1\n- 2"), ("yaml", "just text"), ("yaml", "null"), ("json", "[1]")],
    )
    def test_a_top_level_that_is_no_mapping(self, format, text):
        with pytest.raises(ConfigFileError, match="expected a mapping at the top level"):
            ADict.loads(text, format)

    def test_another_json_value_in_json_lines(self):
        with pytest.raises(ConfigFileError, match="line 2: expected a JSON object, found list"):
            ADict.loads('{"a": 1}\n[1]\n', "jsonl")

    @pytest.mark.parametrize("format", [*FORMATS, "py"])
    def test_a_binary_file(self, format, tmp_path):
        path = write(tmp_path, f"c.{format}", b"\x80\x04\x95\xff\x00")
        with pytest.raises(ConfigFileError, match="not a text in UTF-8: byte 0x80 at offset 0"):
            ADict.from_file(path)

    @pytest.mark.parametrize("format", [*FORMATS, "py"])
    def test_null_bytes(self, format, tmp_path):
        path = write(tmp_path, f"c.{format}", b"\x00\x00 \x00")
        with pytest.raises(AtoError):
            ADict.from_file(path)

    @pytest.mark.parametrize(
        "text",
        [
            "a: " + "[" * 100_000 + "]" * 100_000,
            "a: " + "{a: " * 10_000 + "1" + "}" * 10_000,
            "".join(" " * n + "a:\n" for n in range(2_000)),
        ],
        ids=["lists", "flow mappings", "block mappings"],
    )
    def test_yaml_nested_too_deeply(self, text, tmp_path):
        path = write(tmp_path, "c.yaml", text)
        with pytest.raises(NestingError, match="c.yaml: .*nested"):
            ADict.from_file(path)

    @pytest.mark.parametrize(
        ("format", "text"),
        [
            ("json", '{"a":' * 10_000 + "1" + "}" * 10_000),
            ("json", '{"a":' + "[" * 100_000 + "]" * 100_000 + "}"),
            ("toml", "a = " + "[" * 10_000 + "]" * 10_000),
            ("xyz", "".join(" " * n + "a:\n" for n in range(2_000))),
        ],
    )
    def test_other_formats_nested_too_deeply(self, format, text):
        with pytest.raises(NestingError, match="nested too deeply"):
            ADict.loads(text, format)

    def test_yaml_that_contains_itself(self):
        with pytest.raises(NestingError, match="'a.me' refers back"):
            ADict.loads("a: &x {me: *x}", "yaml")

    def test_yaml_aliases_that_expand_without_end(self):
        lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
        for n in range(1, 10):
            lines.append(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]")
        with pytest.raises(ConfigFileError, match="aliases stand for more than"):
            ADict.loads("\n".join(lines), "yaml")

    def test_an_error_in_a_python_file_names_its_line(self, tmp_path):
        path = write(tmp_path, "c.py", "a = 1\n\nb = 1 / 0\n")
        with pytest.raises(ConfigFileError, match=r"c\.py:3: ZeroDivisionError") as error:
            ADict.from_file(path)
        assert isinstance(error.value.__cause__, ZeroDivisionError)


class TestPaths:
    def test_a_missing_file(self, tmp_path):
        with pytest.raises(
            ConfigFileNotFoundError, match="no.yaml: there is no such file"
        ) as error:
            ADict.from_file(tmp_path / "no.yaml")
        assert isinstance(error.value, FileNotFoundError)

    def test_an_unknown_suffix_suggests_one(self, tmp_path):
        with pytest.raises(ConfigFileError, match="unknown suffix '.jso' .*did you mean '.json"):
            ADict.from_file(tmp_path / "c.jso")
        (tmp_path / "c.yml").touch()
        with pytest.raises(ConfigFileError, match="unknown suffix '.ymal' .*mean 'c.yml'"):
            ADict.from_file(tmp_path / "c.ymal")
        with pytest.raises(ConfigFileError, match="unknown suffix '' .*known are .yaml"):
            ADict(a=1).dump(tmp_path / "c")

    def test_an_unknown_format_suggests_one(self):
        with pytest.raises(ConfigFileError, match="unknown format 'tomll'; did you mean 'toml'"):
            ADict().dumps("tomll")
        with pytest.raises(ConfigFileError, match="unknown format 'py'"):
            ADict.loads("a = 1", "py")

    def test_a_directory(self, tmp_path):
        (tmp_path / "d.yaml").mkdir()
        with pytest.raises(ConfigFileError, match="is a directory"):
            ADict.from_file(tmp_path / "d.yaml")
        with pytest.raises(ConfigFileError, match="cannot be written"):
            ADict(a=1).dump(tmp_path / "d.yaml")
        assert os.listdir(str(tmp_path)) == ["d.yaml"]

    def test_a_missing_directory(self, tmp_path):
        with pytest.raises(ConfigFileNotFoundError, match="there is no directory"):
            ADict(a=1).dump(tmp_path / "no" / "c.yaml")


NOT_HELD = [
    ("json", {"a": {"b": [1, {2}]}}, "'a.b[1]'"),
    ("json", {"a": b"x"}, "'a'"),
    ("json", {"a": {1: 2}}, "keys of type int, at 'a[1]'"),
    ("json", {"a": object()}, "'a'"),
    ("json", {"a": "\ud800"}, "lone surrogates"),
    ("json", {"a": 10**5000}, "an integer of"),
    ("jsonl", {"a": {1}}, "'a'"),
    ("yaml", {"a": {"b": object()}}, "'a.b'"),
    ("yaml", {"a": 1j}, "'a'"),
    ("yaml", {"a": "\ud800"}, "lone surrogates"),
    ("yaml", {("x",): 1}, "keys of type tuple"),
    ("toml", {"a": [1, None]}, "TOML cannot hold None, at 'a[1]'"),
    ("toml", {1: 2}, "keys of type int"),
    ("toml", {"a": {1}}, "'a'"),
    ("xyz", {"a": [object()]}, "'a[0]'"),
    ("py", {"a": object()}, "'a'"),
    ("py", {"not a name": 1}, "not a variable name"),
    ("py", {"_private": 1}, "a private name"),
]


@pytest.mark.parametrize(("format", "data", "problem"), NOT_HELD)
def test_a_value_the_format_cannot_hold_is_named_and_the_old_file_stays(
    format, data, problem, tmp_path
):
    path = write(tmp_path, f"c.{format}", "the old content")
    with pytest.raises(ConversionError) as error:
        ADict(data).dump(path)
    assert problem in str(error.value)
    assert path.read_text() == "the old content"
    assert os.listdir(str(tmp_path)) == [path.name]


class TestWriting:
    def test_replaces_an_old_file(self, tmp_path):
        path = write(tmp_path, "c.yaml", "old: " + "x" * 10_000)
        ADict(a=1).dump(path)
        assert path.read_bytes() == b"a: 1\n"
        assert os.listdir(str(tmp_path)) == ["c.yaml"]

    def test_passes_options_to_the_writer(self, tmp_path):
        ADict(b=1, a="ö").dump(tmp_path / "c.json", indent=None, sort_keys=True)
        text = (tmp_path / "c.json").read_text(encoding="utf-8")
        assert text == '{"a": "ö", "b": 1}\n'
        assert ADict(b=1).json(indent=1) == '{\n "b": 1\n}'

    @pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
    def test_keeps_the_permissions_of_the_old_file(self, tmp_path):
        path = write(tmp_path, "c.yaml", "a: 1")
        path.chmod(0o640)
        ADict(a=2).dump(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        ADict(a=2).dump(tmp_path / "new.yaml")
        (tmp_path / "plain").write_text("")
        assert (tmp_path / "new.yaml").stat().st_mode == (tmp_path / "plain").stat().st_mode

    @pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
    def test_writes_through_a_symbolic_link(self, tmp_path):
        path = write(tmp_path, "real.yaml", "a: 1")
        (tmp_path / "link.yaml").symlink_to(path)
        ADict(a=2).dump(tmp_path / "link.yaml")
        assert (tmp_path / "link.yaml").is_symlink()
        assert path.read_text() == "a: 2\n"

    def test_leaves_the_old_file_when_the_disk_fails(self, tmp_path, monkeypatch):
        path = write(tmp_path, "c.yaml", "a: 1\n")

        def fail(_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(ConfigFileError, match="cannot be written: No space left"):
            ADict(a=2).dump(path)
        assert path.read_text() == "a: 1\n"
        assert os.listdir(str(tmp_path)) == ["c.yaml"]


@pytest.mark.parametrize("format", FORMATS)
def test_numbers_of_numpy_are_written_as_numbers(format):
    numpy = pytest.importorskip("numpy")
    data = {
        "i": numpy.int64(3),
        "f": numpy.float32(0.5),
        "b": numpy.bool_(True),
        "d": numpy.float64(2),
    }
    assert ADict.loads(ADict(data).dumps(format), format) == {"i": 3, "f": 0.5, "b": True, "d": 2.0}


KILLED_WRITER = """
import sys, threading
from ato_adict import ADict
old, new = (ADict({f"{word}{n}": word * 50 for n in range(3000)}) for word in ("old", "new"))
print("ready", flush=True)
while True:
    new.dump(sys.argv[1])
    old.dump(sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("suffix", ["json", "xyz"])
def test_a_writer_that_is_killed_leaves_a_whole_file(suffix, tmp_path):
    path = tmp_path / f"c.{suffix}"
    whole = set()
    for word in ("old", "new"):
        ADict({f"{word}{n}": word * 50 for n in range(3000)}).dump(path)
        whole.add(path.read_bytes())
    for attempt in range(6):
        program = [sys.executable, "-c", textwrap.dedent(KILLED_WRITER), str(path)]
        with subprocess.Popen(program, stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(0.005 + 0.017 * attempt)
            writer.send_signal(signal.SIGKILL)
        assert path.read_bytes() in whole


def test_yaml_runs_no_code(tmp_path):
    target = tmp_path / "hacked"
    text = f"a: !!python/object/apply:pathlib.Path.touch [!!python/name:x, '{target}']"
    with pytest.raises(ConfigFileError, match="tag"):
        ADict.loads(text, "yaml")
    assert not target.exists()


def test_recursive_configs_are_named_by_every_writer(tmp_path):
    config = ADict(a={"b": [1]})
    config.a.b.append(config)
    for format in [*FORMATS, "py"]:
        path = write(tmp_path, f"c.{format}", "old")
        with pytest.raises(NestingError, match=r"'a\.b\[1\]' refers back"):
            config.dump(path)
        assert path.read_text() == "old"


def test_paths_may_be_strings_or_path_objects(tmp_path):
    ADict(a=1).dump(str(tmp_path / "c.yaml"))
    assert ADict.from_file(pathlib.Path(str(tmp_path)) / "c.yaml") == {"a": 1}


def test_toml_is_written_as_people_write_it():
    config = ADict(
        name="vit",
        lr=1e-3,
        layers=[1, 2],
        model={"depth": 3, "head": {"bias": True}},
        stages=[{"width": 1}, {"width": 2, "block": {"kind": "a"}}],
        mixed=[1, {"a": [2]}],
        none={},
    )
    assert config.dumps("toml").splitlines() == [
        'name = "vit"',
        "lr = 0.001",
        "layers = [1, 2]",
        "mixed = [1, { a = [2] }]",
        "",
        "[model]",
        "depth = 3",
        "",
        "[model.head]",
        "bias = true",
        "",
        "[[stages]]",
        "width = 1",
        "",
        "[[stages]]",
        "width = 2",
        "",
        "[stages.block]",
        'kind = "a"',
        "",
        "[none]",
    ]
