"""Paths, names and texts that are none: one line of ours that names them, in every place."""

import json
import pathlib
import pickle

import pytest

from ato_adict import (
    ADict,
    AtoError,
    ConfigFileError,
    ConversionError,
    ValidationError,
    xyz,
)


class FailingPath:
    def __fspath__(self):
        raise RuntimeError("of another's code")


class NumberPath:
    def __fspath__(self):
        return 5


READERS_AND_WRITERS = {
    "from_file": ADict.from_file,
    "from_mm_config": ADict.from_mm_config,
    "load": lambda path: ADict().load(path),
    "load_mm_config": lambda path: ADict().load_mm_config(path),
    "dump": lambda path: ADict(a=1).dump(path),
    "dump by force": lambda path: ADict(a=1).dump(path, force=True),
    "xyz.load": xyz.load,
    "xyz.dump": lambda path: xyz.dump({"a": 1}, path),
    "root": ADict.compose_hierarchy,
}
NO_NAMES = ["a\0.yaml", "a\0/b.yaml", "\ud800.yaml", "\ud800/b.yaml"]
LONG = ["x" * 5000 + ".yaml", "x/" * 2500 + "a.yaml", "a." + "y" * 5000]
NO_BASES = ["a\0.yaml", "~\0/a.yaml", "~a\0.yaml", "\ud800.yaml"]
NO_PATHS = [5, None, 1.5, b"a.yaml", ["a.yaml"], object(), FailingPath(), NumberPath()]


def type_name(value):
    return type(value).__name__


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "config.yaml").write_text("a: 1\n")
    monkeypatch.chdir(tmp_path)
    return "root"


def refused(call, *given, match=None, **named):
    """Return the one short line by which something is refused."""
    with pytest.raises(AtoError, match=match) as error:
        call(*given, **named)
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 1000
    return text


@pytest.mark.parametrize("way", READERS_AND_WRITERS)
class TestPaths:
    @pytest.mark.parametrize("path", NO_NAMES, ids=ascii)
    def test_with_what_no_name_holds_are_refused(self, root, way, path):
        text = refused(READERS_AND_WRITERS[way], path, match="is no path")
        assert repr(path) in text
        assert ("root:" in text) == (way == "root")
        refused(READERS_AND_WRITERS[way], pathlib.PurePath(path), match="is no path")

    @pytest.mark.parametrize("path", NO_PATHS, ids=type_name)
    def test_of_a_wrong_type_are_refused(self, root, way, path):
        call = READERS_AND_WRITERS[way]
        text = refused(call, path, match=f"of type {type(path).__name__} is no path; write a text")
        assert text.startswith("root: ") == (way == "root")
        with pytest.raises(ConfigFileError):
            call(path)
        with pytest.raises(TypeError):  # as Python says it
            call(path)

    @pytest.mark.parametrize(
        "path", ["x" * 5000 + ".yaml", "x/" * 2500 + "a.yaml", "a." + "y" * 5000]
    )
    def test_that_are_long_are_shown_without_their_middle(self, root, way, path):
        text = refused(READERS_AND_WRITERS[way], path)
        assert path[-20:] in text


@pytest.mark.parametrize("way", ["from_file", "from_mm_config", "load", "xyz.load"])
def test_a_path_with_a_line_break_is_shown_in_one_line(root, way):
    text = refused(READERS_AND_WRITERS[way], "a\nb.yaml", match="there is no such file")
    assert r"a\nb.yaml" in text


def test_the_error_of_a_long_path_has_all_of_it_and_can_be_pickled(root):
    path = "x" * 300 + "/a.yaml"
    for wrong in (path, 5):
        with pytest.raises(ConfigFileError) as error:
            ADict.from_file(wrong)
        again = pickle.loads(pickle.dumps(error.value))
        assert str(again) == str(error.value)
        assert error.value.path == (path if wrong == path else None)


class TestCompose:
    @pytest.mark.parametrize("name", NO_NAMES, ids=ascii)
    @pytest.mark.parametrize("on_missing", ["error", "warn", "ignore"])
    def test_names_that_no_file_has_are_refused_whatever_is_done_about_missing(
        self, root, name, on_missing
    ):
        for given in (
            {"config_filename": name},
            {"select": {"model": name}},
            {"select": {"model": [name]}},
            {"select": {name: "x"}},
        ):
            text = refused(ADict.compose_hierarchy, root, on_missing=on_missing, **given)
            assert "is no name of a file below root" in text
            assert repr(name)[1:-1] in text

    @pytest.mark.parametrize("name", NO_PATHS, ids=type_name)
    def test_a_name_of_the_base_file_is_a_text(self, root, name):
        call = ADict.compose_hierarchy
        refused(call, root, config_filename=name, match="config_filename: .* is no name of a file")

    def test_an_option_in_bytes_is_no_list_of_numbers(self, root):
        given = {"model": b"vit"}
        refused(ADict.compose_hierarchy, root, select=given, match="select: {'model': b'vit'}")

    @pytest.mark.parametrize("name", [5, None, 1.5, b"a", ["a"], object()], ids=type_name)
    def test_a_required_name_is_a_text(self, root, name):
        refused(ADict.compose_hierarchy, root, required=[name], match="required: .* no dotted name")
        refused(
            ADict.compose_hierarchy, root, overrides=[name], match="overrides must be a mapping"
        )

    @pytest.mark.parametrize("names", [5, 1.5, b"a", object()], ids=type_name)
    def test_required_names_are_one_or_several(self, root, names):
        refused(
            ADict.compose_hierarchy, root, required=names, match="required must be a dotted name"
        )

    def test_required_names_may_be_any_iterable(self, root):
        for names in ("a", ("a",), iter(["a"]), {"a": 1}, None, []):
            assert ADict.compose_hierarchy(root, required=names) == {"a": 1}

    def test_long_names_are_shown_without_their_middle(self, root):
        name = "x" * 5000
        for given in (
            {"required": [name]},
            {"select": {"m": name}},
            {"overrides": {f"a.{name}": 1}},
        ):
            refused(ADict.compose_hierarchy, root, **given)
        with pytest.raises(ValidationError, match="'xxx.*xxx' is not set"):
            ADict.compose_hierarchy(root, required=name)

    @pytest.mark.parametrize("word", ["a\0", 5, None, "x" * 5000], ids=type_name)
    def test_what_is_done_about_missing_is_a_known_word(self, root, word):
        refused(ADict.compose_hierarchy, root, on_missing=word, match="on_missing must be one of")


class TestBases:
    @pytest.mark.parametrize("suffix", ["json", "py"])
    @pytest.mark.parametrize(
        "name", ["a\0.yaml", "~\0/a.yaml", "~a\0.yaml", "\ud800.yaml"], ids=ascii
    )
    def test_that_no_file_is_called_are_refused_with_their_file(self, root, name, suffix):
        text = json.dumps({"_base_": name}) if suffix == "json" else f"_base_ = {ascii(name)}\n"
        pathlib.Path(f"mm.{suffix}").write_text(text)
        refused(ADict.from_mm_config, f"mm.{suffix}", match=rf"mm\.{suffix}: _base_ .* is no path")

    @pytest.mark.parametrize("names", [5, [5], ["a.py", None], {"x" * 5000: 1}], ids=type_name)
    def test_that_are_no_paths_are_refused(self, root, names):
        pathlib.Path("mm.py").write_text(f"_base_ = {names!r}\n")
        refused(ADict.from_mm_config, "mm.py", match="_base_ must be a path or a list of paths")

    def test_that_are_long_are_shown_without_their_middle(self, root):
        for suffix in ("yaml", "py", "txt"):
            pathlib.Path("mm.yaml").write_text(f"_base_: {'x' * 5000}.{suffix}\n")
            refused(ADict.from_mm_config, "mm.yaml")


@pytest.mark.parametrize("format", [5, None, b"yaml", ["yaml"], "x" * 5000, "a\nb"], ids=type_name)
def test_a_format_that_is_none_is_refused(format):
    refused(ADict(a=1).dumps, format, match="unknown format .*; known are yaml")
    refused(ADict.loads, "a: 1", format, match="unknown format")


@pytest.mark.parametrize("text", [5, None, ["a: 1"], object()], ids=type_name)
def test_what_is_no_text_is_not_read(text):
    refused(ADict.loads, text, "yaml", match=f"of type {type(text).__name__} is no text")
    refused(xyz.loads, text, match=f"of type {type(text).__name__} is no text")


def test_an_open_file_is_no_text_and_told_what_takes_it(root):
    with open("root/config.yaml", encoding="utf-8") as file:
        refused(ADict.loads, file, "yaml", match="from_file and load take paths and files")


@pytest.mark.parametrize("name", [5, None, b"a", ["a"]], ids=type_name)
def test_a_dotted_name_is_a_text(name):
    for call in (ADict(a=1).has, lambda name: ADict().set_by_name(name, 1)):
        with pytest.raises(ConversionError, match="is no dotted name"):
            call(name)
