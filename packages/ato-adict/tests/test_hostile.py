"""Files and texts that are hostile, damaged or endless: one clear error, and nothing executed."""

import datetime
import math
import os
import subprocess
import sys
import time
import warnings

import pytest

from ato_adict import ADict, ConfigFileError, ConversionError, InterpolationError, NestingError


@pytest.mark.parametrize(
    ("first", "level", "kind"),
    [
        ("[x, x]", "{alias}", "[{}]"),
        ("[x, x]", "{{k: {alias}}}", "!!pairs [{}]"),
        ("[x, x]", "{{k{j}: {alias}}}", "!!omap [{}]"),
        ("{k: 1, l: 2}", "{alias}", "{{<<: [{}]}}"),
        ("[x, x]", "k{j}: {alias}", "{{{}}}"),
    ],
)
def test_yaml_whose_aliases_multiply_is_refused_before_it_is_built(first, level, kind):
    lines = [f"a0: &a0 {first}"]
    for number in range(1, 10):
        alias = f"*a{number - 1}"
        below = ", ".join([level.format(j=j, alias=alias) for j in range(10)])
        lines.append(f"a{number}: &a{number} " + kind.format(below))
    with pytest.raises(ConfigFileError, match="aliases stand for more than"):
        ADict.loads("\n".join(lines), "yaml")


@pytest.mark.parametrize(
    ("first", "inner", "alias"),
    [
        ("{text}", "[{}]", "*s"),
        ("{text}", "!!pairs [{}]", "k: *s"),
        ("{text}", "!!omap [{}]", "k{i}: *s"),
        ("{text}", "{{{}}}", "k{i}: *s"),
        ("{text}", "[{}]", "{{*s : 1}}"),
        ("!!binary {text}", "[{}]", "*s"),
        ("{{k: {text}}}", "{{<<: [{}]}}", "*s"),
        ("{{? {text} : 1}}", "[{}]", "*s"),
        ("[[{text}]]", "[{}]", "*s"),
    ],
)
@pytest.mark.parametrize("load", [ADict.from_file, ADict.from_mm_config])
def test_a_long_text_of_very_many_aliases_is_refused(tmp_path, first, inner, alias, load):
    below = ", ".join([alias.format(i=i) for i in range(6_000)])
    long = first.format(text='"' + "x" * 12_000 + '"')
    (tmp_path / "a.yaml").write_text(f"s: &s {long}\nl: " + inner.format(below))
    with pytest.raises(ConfigFileError, match=r"a\.yaml: its aliases stand for more than"):
        load(tmp_path / "a.yaml")


@pytest.mark.parametrize(("length", "times"), [(10, 50_000), (1_000, 5_000), (1_000_000, 20)])
def test_aliases_of_texts_as_long_as_configs_have_are_read(length, times):
    text = f"s: &s {'x' * length}\nl: [{', '.join(['*s'] * times)}]"
    read = ADict.loads(text, "yaml")
    assert len(read.l) == times
    assert read.l[-1] == read.s


def test_a_text_longer_than_what_aliases_may_stand_for_is_read_beside_one():
    text = f"long: {'x' * 51_000_000}\ns: &s x\nl: *s"
    assert ADict.loads(text, "yaml").l == "x"


def test_aliases_and_merges_that_configs_use_are_read():
    text = "base: &b {lr: 1, n: 2}\nmore: &m {n: 3}\nrun: {<<: [*m, *b], x: 4}\nagain: [*b, *b]"
    read = ADict.loads(text, "yaml")
    assert read.run == {"lr": 1, "n": 3, "x": 4}
    assert read.again == [read.base, read.base]


def test_json_with_many_keys_of_which_one_appears_twice_names_it():
    pairs = [f'"k{i}": 1' for i in range(60_000)] + ['"k59999": 2']
    with pytest.raises(ConfigFileError, match="'k59999' appears twice"):
        ADict.loads("{" + ",".join(pairs) + "}", "json")


@pytest.mark.parametrize(
    ("text", "format", "place"),
    [
        ("ok: 1\na: 2020-13-45", "yaml", "line 2, column 4: '2020-13-45' is no date"),
        ("a: 2020-01-01 99:99:99", "yaml", "line 1, column 4: .* is no date or time"),
        ("a: !!bool x", "yaml", "line 1, column 4: 'x' is no truth value"),
        ("a: !!int x", "yaml", "line 1, column 4: 'x' is no integer"),
        ("a: !!set :q, r", "yaml", "line 1, column 4"),
        ("a: !!map x", "yaml", "line 1, column 4"),
        ("a: !!float x", "yaml", "line 1, column 4: 'x' is no number"),
        ("a: " + "1" * 5000, "yaml", "line 1, column 4: .* is no integer of at most 4300 digits"),
        ('{"b": 1,\n"a": ' + "1" * 5000 + "}", "json", "line 2, column 6: an integer of more than"),
        ("b = 1\na = " + "1" * 5000, "toml", "line 2, column 5"),
        ("a = 2020-13-45", "toml", "line 1"),
        ("ok: 1\na: !!int ''", "yaml", "line 2, column 4: '' is no integer .*, at 'a'"),
        ("a: !!int '-'", "yaml", "line 1, column 4: '-' is no integer .*, at 'a'"),
        ("a: !!int '+'", "yaml", "line 1, column 4: '.' is no integer .*, at 'a'"),
        ("a: !!int '_'", "yaml", "line 1, column 4: '_' is no integer .*, at 'a'"),
        ("a: !!int 1:x", "yaml", "line 1, column 4: '1:x' is no integer .*, at 'a'"),
        ("b:\n  !!int '': 1", "yaml", "line 2, column 3: '' is no integer .*, at 'b'"),
        ("a: !!float ''", "yaml", "line 1, column 4: '' is no number, at 'a'"),
        ("a: [x, !!float '_']", "yaml", r"line 1, column 8: '_' is no number, at 'a\[1\]'"),
        (
            "a: !!binary '***'",
            "yaml",
            r"line 1, column 4: failed to decode base64 '\*\*\*', at 'a'",
        ),
        ("a: !!binary aGk", "yaml", "line 1, column 4: failed to decode base64 'aGk', at 'a'"),
        ("a: !!binary [1]", "yaml", "expected a scalar node, but found sequence, at 'a'"),
        ("a: !!int {b: 1}", "yaml", "expected a scalar node, but found mapping, at 'a'"),
        ("a: !!timestamp ''", "yaml", "line 1, column 4: '' is no date or time, at 'a'"),
        ("a: {b: !!timestamp x}", "yaml", r"column 8: 'x' is no date or time, at 'a\.b'"),
        ("!!timestamp x: 1", "yaml", "line 1, column 1: 'x' is no date or time"),
        ("a: !!bool ''", "yaml", "line 1, column 4: '' is no truth value"),
        ("? !!bool [x]\n: 1", "yaml", "line 1, column 3: expected a scalar"),
        ("a: !!binary x", "yaml", "line 1, column 4: failed to decode base64 .*, at 'a'"),
        ("a: !!null [x]", "yaml", "line 1, column 4: expected a scalar .*, at 'a'"),
        ("a: !!omap [{b: 1, c: 2}]", "yaml", "line 1, column 12: .* at 'a"),
        ("a: !!pairs x", "yaml", "line 1, column 4: .*, at 'a'"),
        ("? !!python/tuple [[1]]\n: 1", "yaml", "line 1, column 1: a key that holds a list"),
        ("a: 0x" + "f" * 4000, "yaml", "line 1, column 4: .* is no integer of at most 4300"),
        ("b = 1\na = 0x" + "f" * 4000, "toml", "line 2, column 5: an integer of more than 4300"),
        ("a = {b = 0o" + "7" * 5000 + "}", "toml", "line 1, column 10: an integer of more than"),
        ("ok: 1\na: " + "1" * 4301, "xyz", "line 2, column 4: an integer of more .* 'a:'"),
        ("a:\n  0) " + "1" * 4301, "xyz", r"line 2, column 6: an integer of more .* '0\)'"),
        ("1" * 4301 + ": 2", "xyz", "line 1, column 1: an integer of more than 4300 digits"),
        ("0) 1\n" + "1" * 4301 + ") 2", "xyz", "line 2, column 1: expected item 1"),
        ("ok: 1\na: \0", "yaml", r"line 2, column 4: the character U\+0000 is not allowed"),
        ("a: é\x01", "yaml", r"line 1, column 5: the character U\+0001 is not allowed"),
        ("a: \ud800", "yaml", r"line 1, column 4: the character U\+D800 is not allowed"),
        ('a: "\\UFFFFFFFF"', "yaml", "line 1, column"),
    ],
)
def test_what_a_loader_cannot_make_a_value_of_is_named_with_its_place(text, format, place):
    if format == "toml" and "1111" in text:
        pytest.importorskip("tomllib")  # older Pythons read integers of any length
    with pytest.raises(ConfigFileError, match=place):
        ADict.loads(text, format)


PURE = """
import sys, yaml
del yaml.CSafeLoader, yaml.CSafeDumper
from ato_adict import ADict, ConfigFileError
for text in sys.argv[1:]:
    try:
        print(ADict.loads(text, "yaml"))
    except ConfigFileError as error:
        print(ascii(str(error)))
"""


def test_the_loader_in_python_alone_names_places_too():
    texts = ["a: !!int ''", "!!float '': 1", "a: !!timestamp x", 'a: "\\UFFFFFFFF"', "a: \x01"]
    words = [sys.executable, "-c", PURE, *texts, 'a: "\\U00110000"', "? !!bool [x]\n: 1"]
    lines = subprocess.check_output(words).decode().splitlines()
    assert len(lines) == 7
    assert [line for line in lines if not line[1:].startswith("line 1, column")] == []


@pytest.mark.parametrize("load", [ADict.from_file, ADict.from_mm_config])
def test_a_tagged_text_in_a_base_is_named_with_file_line_and_key(tmp_path, load):
    (tmp_path / "base.yaml").write_text("ok: 1\na: {b: !!timestamp ''}\n")
    (tmp_path / "own.yaml").write_text("_base_: base.yaml\n")
    name = "base.yaml" if load == ADict.from_file else "own.yaml"
    with pytest.raises(ConfigFileError, match=r"base\.yaml:2:8: '' is no date .*, at 'a\.b'"):
        load(tmp_path / name)


def test_numbers_as_long_as_they_may_be_are_read():
    digits = "9" * 4300
    for text, format in [
        (f"a: {digits}", "yaml"),
        (f"a = {digits}", "toml"),
        (f"a: {digits}", "xyz"),
    ]:
        assert ADict.loads(text, format).a == 10**4300 - 1
    assert ADict.loads("a = '" + "f" * 9000 + "'", "toml").a == "f" * 9000


def test_a_text_of_many_digits_comes_back_from_xyz():
    assert ADict.loads(ADict(a="1" * 5000).dumps("xyz"), "xyz") == {"a": "1" * 5000}


def test_an_integer_of_any_size_has_a_hash_and_a_difference(tmp_path):
    (tmp_path / "a.xyz").write_text("a: 0x" + "f" * 40_000 + "\n0x" + "f" * 5_000 + ": 1")
    config = ADict.from_file(tmp_path / "a.xyz")
    other = ADict({**config, "a": config.a - 1})
    assert config.get_value_hash() != other.get_value_hash()
    assert config.get_structural_hash() == other.get_structural_hash()
    assert "0xfff" in str(config.diff(other))


MANY = ".a" * 20_000
LONG_KEYS = {
    "plain": f"a{MANY} = 1",
    "quoted": "'a'" + '."b"' * 20_000 + " = 1",
    "spaces": "a" + " . a" * 20_000 + " = 1",
    "inline table": f"x = [{{a{MANY} = 1}}]",
    "table": f"[a{MANY}]",
    "tables": f"[[a{MANY}]]",
    "behind texts": f'x = """ # "" \\""" """\ny = \'#\'\na{MANY} = 1',
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", LONG_KEYS)
def test_a_toml_key_of_very_many_parts_is_refused_at_once(name):
    started = time.process_time()
    with pytest.raises(NestingError, match="line [13]: a key of more than 1000 parts"):
        ADict.loads(LONG_KEYS[name], "toml")
    assert time.process_time() - started < 1


DOTS = "a" + ".a" * 2000


@pytest.mark.parametrize(
    "text",
    [
        f"x = '{DOTS}'",
        f'x = "\\"{DOTS}"',
        f"x = '''\n{DOTS}\n'''",
        f'x = """ "" \\""" {DOTS}\n"""',
        f"x = 1 # {DOTS}",
        f"'{DOTS}' = 1",
        "x = [" + ", ".join(["0.5", "'a.b'"] * 1000) + "]",
    ],
    ids=["literal", "basic", "literal lines", "basic lines", "comment", "key", "list"],
)
def test_many_dots_in_toml_elsewhere_are_no_long_key(text):
    assert len(ADict.loads(text, "toml")) == 1


EXITS = {
    "sys.exit(3)": "SystemExit: 3",
    "raise SystemExit": "SystemExit: None",
    "def f():\n    sys.exit('no data')\nf()": "SystemExit: no data",
}


class TestPrograms:
    @pytest.mark.parametrize("text", EXITS)
    @pytest.mark.parametrize("way", ["from_file", "from_mm_config", "compose_hierarchy"])
    def test_one_that_exits_is_an_error_with_its_line(self, tmp_path, text, way):
        (tmp_path / "config.py").write_text(f"import sys\n\n{text}\n")
        path = tmp_path if way == "compose_hierarchy" else tmp_path / "config.py"
        with pytest.raises(ConfigFileError, match=rf"config\.py:[34]: .*{EXITS[text]}") as caught:
            getattr(ADict, way)(path)
        assert isinstance(caught.value.__cause__, SystemExit)

    def test_an_interrupt_is_passed_on(self, tmp_path):
        (tmp_path / "config.py").write_text("raise KeyboardInterrupt\n")
        with pytest.raises(KeyboardInterrupt):
            ADict.from_file(tmp_path / "config.py")

    @pytest.mark.parametrize("load", [ADict.from_file, ADict.from_mm_config])
    @pytest.mark.parametrize("text", ["-" * 50_000 + "1", "x" + ".x" * 20_000], ids=["-", "."])
    def test_one_that_is_nested_too_deeply_is_one_error(self, tmp_path, load, text):
        (tmp_path / "config.py").write_text(f"a = {text}\n")
        with pytest.raises(NestingError, match=r"config\.py: nested too deeply"):
            load(tmp_path / "config.py")

    def test_an_error_without_a_text_is_named(self, tmp_path):
        text = "class E(BaseException):\n    def __str__(self):\n        1 / 0\nraise E\n"
        (tmp_path / "config.py").write_text(text)
        with pytest.raises(ConfigFileError, match=r"config\.py:4: E$"):
            ADict.from_file(tmp_path / "config.py")

    def test_a_null_byte_has_its_line(self, tmp_path):
        (tmp_path / "config.py").write_text("a = 1\nb = \0\n")
        with pytest.raises(ConfigFileError, match=r"config\.py:2: a null byte"):
            ADict.from_file(tmp_path / "config.py")


def test_a_long_text_of_digits_is_a_text():
    digits = "1" * 5000
    assert ADict.loads(f'{{"a": "{digits}", "n": 7}}', "json") == {"a": digits, "n": 7}


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".toml", ".py", ".xyz"])
def test_a_path_with_a_nul_is_one_error(tmp_path, suffix):
    path = str(tmp_path / f"a\0b{suffix}")
    with pytest.raises(ConfigFileError, match="is no path"):
        ADict.from_file(path)
    with pytest.raises(ConfigFileError, match="is no path"):
        ADict(a=1).dump(path)
    with pytest.raises(ConfigFileError, match="is no path"):
        ADict.from_mm_config(path)


DEEP = {
    "circle.yaml": ("a: &a [*a]\n", r"'a\[0\]' refers back"),
    "circle.py": ("a = []\na.append(a)\n", r"'a\[0\]' refers back"),
    "deep.yaml": ("a: " + "[" * 5000 + "]" * 5000, "nested"),
    "deeper.yaml": ("a: " + "[" * 800 + "]" * 800, "nested too deeply"),
    "deep.json": ('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
    "deep.toml": ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    "key.toml": (".".join(["a"] * 5000) + " = 1", "nested too deeply"),
    "table.toml": ("[" + ".".join(["a"] * 5000) + "]\nx = 1", "nested too deeply"),
    "deep.xyz": ("".join(" " * n + "a:\n" for n in range(2_000)), "nested too deeply"),
}


@pytest.mark.parametrize("name", sorted(DEEP))
@pytest.mark.parametrize("load", [ADict.from_file, ADict.from_mm_config])
def test_data_without_an_end_or_too_deep_is_one_error_that_names_the_file_once(
    tmp_path, load, name
):
    text, problem = DEEP[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(NestingError, match=problem) as caught:
        load(tmp_path / name)
    assert str(caught.value).count(name) == 1
    assert len(str(caught.value)) < 400


def test_a_circle_in_a_base_names_the_base(tmp_path):
    (tmp_path / "base.yaml").write_text("a: &a [*a]")
    (tmp_path / "own.yaml").write_text("_base_: base.yaml")
    with pytest.raises(NestingError, match=r"base\.yaml: recursive structure"):
        ADict.from_mm_config(tmp_path / "own.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes of Unix")
class TestNoPlainFiles:
    @pytest.mark.skipif(not os.path.exists("/proc/version"), reason="no /proc here")
    def test_a_link_to_what_the_kernel_makes_up_is_refused(self, tmp_path):
        os.symlink("/proc/version", tmp_path / "a.yaml")
        with pytest.raises(ConfigFileError, match="a device or a pipe"):
            ADict.from_file(tmp_path / "a.yaml")

    def test_a_pipe_is_not_waited_for(self, tmp_path):
        os.mkfifo(str(tmp_path / "a.yaml"))
        with pytest.raises(ConfigFileError, match="a device or a pipe"):
            ADict.from_file(tmp_path / "a.yaml")

    def test_an_endless_device_is_not_read(self, tmp_path):
        os.symlink("/dev/zero", str(tmp_path / "a.json"))
        with pytest.raises(ConfigFileError, match="a device or a pipe"):
            ADict.from_file(tmp_path / "a.json")

    def test_a_file_larger_than_any_config_is_not_read(self, tmp_path):
        with open(str(tmp_path / "a.yaml"), "wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(ConfigFileError, match="MiB"):
            ADict.from_file(tmp_path / "a.yaml")

    def test_a_link_to_itself_is_one_error(self, tmp_path):
        os.symlink("a.yaml", str(tmp_path / "a.yaml"))
        with pytest.raises(ConfigFileError, match="cannot be read"):
            ADict.from_file(tmp_path / "a.yaml")
        with pytest.raises(ConfigFileError, match="cannot be written"):
            ADict(a=1).dump(tmp_path / "a.yaml")

    def test_a_link_to_a_device_is_written_to_and_stays(self, tmp_path):
        os.symlink("/dev/null", str(tmp_path / "a.yaml"))
        ADict(a=1).dump(tmp_path / "a.yaml")
        assert os.readlink(str(tmp_path / "a.yaml")) == "/dev/null"
        assert not os.path.isfile("/dev/null")


class TestInterpolation:
    def test_references_that_multiply_are_refused(self):
        config = ADict(a0="x" * 10)
        for number in range(1, 10):
            config[f"a{number}"] = f"${{a{number - 1}}}" * 10
        with pytest.raises(InterpolationError, match="stand for more than"):
            config.resolve()

    def test_references_to_lists_that_multiply_are_refused(self):
        config = ADict(a0=[1] * 10)
        for number in range(1, 10):
            config[f"a{number}"] = [f"${{a{number - 1}}}"] * 10
        with pytest.raises(InterpolationError, match="stand for more than"):
            config.resolve()

    def test_braces_in_braces_have_a_limit(self):
        with pytest.raises(InterpolationError, match="nested too deeply"):
            ADict(a="${" * 20_000 + "}" * 20_000).resolve()


class TestBases:
    @pytest.mark.parametrize("value", ["base.yaml", "[base.yaml, other.yaml]"])
    def test_one_that_is_not_followed_is_told(self, tmp_path, value):
        (tmp_path / "own.yaml").write_text(f"_base_: {value}\nlr: 1")
        with pytest.warns(UserWarning, match=r"own\.yaml: its _base_ is not followed; .*from_mm_"):
            assert ADict.from_file(tmp_path / "own.yaml").lr == 1

    @pytest.mark.parametrize("value", ["7", "{a: 1}", "[]", "null"])
    def test_a_key_of_that_name_that_names_no_file_is_any_key(self, tmp_path, value):
        (tmp_path / "own.yaml").write_text(f"_base_: {value}")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert list(ADict.from_file(tmp_path / "own.yaml")) == ["_base_"]

    def test_bases_that_share_bases_are_read_once(self, tmp_path):
        (tmp_path / "a0.yaml").write_text("n: 1\nlist: [1, {x: 2}]")
        for number in range(1, 40):
            base = f"a{number - 1}.yaml"
            (tmp_path / f"a{number}.yaml").write_text(f"_base_: [{base}, {base}]\nk{number}: 1")
        read = ADict.from_mm_config(tmp_path / "a39.yaml")
        assert read["list"] == [1, {"x": 2}]
        assert len(read) == 41

    @pytest.mark.parametrize("name", ["../x.py", "x.py", "./X.PY"])
    def test_data_does_not_build_on_a_program(self, tmp_path, name):
        (tmp_path / "configs").mkdir()
        for place in ("x.py", "X.PY", "configs/x.py", "configs/X.PY"):
            (tmp_path / place).write_text("open('ran', 'w')\n")
        (tmp_path / "configs" / "a.yaml").write_text(f"_base_: {name}")
        with pytest.raises(ConfigFileError, match="is a program"):
            ADict.from_mm_config(tmp_path / "configs" / "a.yaml")
        assert not os.path.exists("ran")

    @pytest.mark.parametrize("option", ["../../x", "../x", "a/../../x", "a\0b"])
    def test_what_is_selected_lies_below_the_root(self, tmp_path, option):
        (tmp_path / "x.py").write_text("raise SystemExit('ran')\n")
        (tmp_path / "root").mkdir()
        (tmp_path / "root" / "config.yaml").write_text("a: 1")
        with pytest.raises(ConfigFileError, match="below"):
            ADict.compose_hierarchy(tmp_path / "root", select={"model": option})


EXACT = [1 + 2j, complex("inf"), complex(-0.0, 1), complex(0.0, -0.0), {1, 2}, set(), {math.inf}]
EXACT += [{(math.inf, 1)}, {1 + 2j}, -0.0, math.inf, -math.inf, {1j: 2}, {frozenset({1})}, b"x"]
EXACT += [-1j, 1j, 3 - 2j, complex(0, math.inf), complex(0, -math.inf), complex(-0.0, -1)]
LOCAL = datetime.timezone(datetime.timedelta(seconds=-1172))
EXACT += [datetime.datetime(1880, 1, 1, tzinfo=LOCAL), datetime.datetime(2020, 1, 1, 0, 0, 0, 1)]


@pytest.mark.parametrize("suffix", [".py", ".xyz", ".yaml", ".toml"])
@pytest.mark.parametrize("value", EXACT, ids=repr)
def test_a_value_comes_back_as_it_was_or_is_refused_first(tmp_path, suffix, value):
    path = tmp_path / f"a{suffix}"
    ADict(old=1).dump(path)
    before = path.read_bytes()
    try:
        ADict(v=value).dump(path)
    except ConversionError:
        assert path.read_bytes() == before
    else:
        back = ADict.from_file(path)["v"]
        assert (back, repr(back)) == (value, repr(value)) or len(value) > 1


@pytest.mark.parametrize("text", ["infj", "-infj", "nanj", "1j", "-1j"])
def test_a_text_that_looks_like_a_complex_number_stays_a_text(tmp_path, text):
    ADict(v=text).dump(tmp_path / "a.xyz")
    assert ADict.from_file(tmp_path / "a.xyz") == {"v": text}


@pytest.mark.parametrize("suffix", [".py", ".xyz", ".yaml"])
def test_not_a_number_comes_back_in_complex_numbers_and_sets(tmp_path, suffix):
    for value in ({math.nan}, complex(math.nan, 1), complex(0, math.nan)):
        path = tmp_path / f"a{suffix}"
        try:
            ADict(v=value).dump(path)
        except ConversionError:
            continue
        assert repr(ADict.from_file(path)["v"]) == repr(value)
