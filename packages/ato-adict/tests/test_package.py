"""The package as a whole: its names, errors, start-up, notebooks."""

import subprocess
import sys

import pytest

import ato_adict
from ato_adict import (
    ADict,
    AtoError,
    ConfigFileNotFoundError,
    UserError,
    did_you_mean,
    did_you_mean_file,
)


def test_all_names_exist():
    for name in ato_adict.__all__:
        assert hasattr(ato_adict, name)


def test_public_classes_name_the_package_as_their_module():
    classes = [getattr(ato_adict, name) for name in ato_adict.__all__]
    classes = [each for each in classes if isinstance(each, type)]
    assert ADict in classes
    assert {each.__module__ for each in classes} == {"ato_adict"}


def test_a_name_that_does_not_exist_is_an_error_with_a_suggestion():
    with pytest.raises(AttributeError, match="'ato_adict' has no attribute 'mergee'.*'merge'"):
        ato_adict.mergee


def test_every_error_is_an_ato_error():
    errors = [getattr(ato_adict, name) for name in ato_adict.__all__ if name.endswith("Error")]
    assert len(errors) >= 10
    assert all(issubclass(error, AtoError) for error in errors)
    assert issubclass(ato_adict.ConfigFileError, UserError)
    assert issubclass(ato_adict.ValidationError, UserError)


def test_errors_survive_pickling():
    import pickle

    with pytest.raises(AttributeError) as caught:
        ADict(lr=1).strict().lrr
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value)
    assert str(again) == str(caught.value) == "no key 'lrr' in this config; did you mean 'lr'?"
    with pytest.raises(ato_adict.ConfigFileError) as malformed:
        ADict.loads("a: [", "yaml")
    error, again = malformed.value, pickle.loads(pickle.dumps(malformed.value))
    assert (str(again), again.line, again.column) == (str(error), error.line, error.column)


def test_a_traceback_has_one_suggestion():
    program = "from ato_adict import ADict; ADict(depth=1).strict().dept"
    run = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE)
    assert run.stderr.lower().count(b"did you mean") == 1


@pytest.mark.parametrize(
    ("name", "candidates", "hint"),
    [
        ("high_lrr", ["high_lr", "long_run"], "; did you mean 'high_lr'?"),
        ("LR", ["lr", "epochs"], "; did you mean 'lr'?"),
        ("maximum", ["min", "max"], "; did you mean 'max'?"),
        ("batch", ["lr", "batch_size_per_device"], "; did you mean 'batch_size_per_device'?"),
        ("l", ["lr_of_the_model"], ""),
        ("xyz", ["lr", "epochs"], ""),
        ("lr", [], ""),
        ("lr", [1, None, "lrr"], "; did you mean 'lrr'?"),
        (3, ["3"], ""),
    ],
)
def test_did_you_mean(name, candidates, hint):
    assert did_you_mean(name, candidates) == hint


def test_did_you_mean_a_file_of_the_same_folder(tmp_path):
    (tmp_path / "base.yaml").touch()
    assert did_you_mean_file(str(tmp_path / "bse.yaml")) == "; did you mean 'base.yaml'?"
    assert did_you_mean_file(str(tmp_path / "other.json")) == ""
    assert did_you_mean_file(str(tmp_path / "none" / "bse.yaml")) == ""
    with pytest.raises(ConfigFileNotFoundError, match="no such file; did you mean 'base.yaml'"):
        ADict.from_file(tmp_path / "bse.yaml")


def test_importing_it_imports_nothing_a_program_does_not_need():
    program = (
        "import sys; before = set(sys.modules); import ato_adict;"
        "print(*sorted(set(sys.modules) - before))"
    )
    output = subprocess.run(
        [sys.executable, "-S", "-c", _with_path(program)], stdout=subprocess.PIPE
    )
    loaded = set(output.stdout.decode().split())
    assert "ato_adict" in loaded
    assert {name for name in loaded if not name.startswith("ato_adict")} <= {"__future__"}


def _with_path(program):
    """Return a program that finds the package without `site`, which imports modules of its own."""
    import pathlib

    folder = str(pathlib.Path(ato_adict.__file__).parent.parent)
    return f"import sys; sys.path.insert(0, {folder!r}); {program}"


class TestNotebooks:
    def test_a_config_is_a_collapsible_tree(self):
        html = ADict(lr=0.1, model={"layers": [1, 2], "deep": {"x": 1}})._repr_html_()
        assert html.count("<details") == 3
        assert html.count("<details open") == 2
        assert "lr" in html
        assert "[1, 2]" in html

    def test_names_and_values_are_escaped(self):
        html = ADict({"<b>": "<script>alert(1)</script>"})._repr_html_()
        assert "<script>" not in html
        assert "<b>&lt;b&gt;" in html or "&lt;b&gt;" in html

    def test_long_values_are_cut(self):
        assert len(ADict(a="x" * 10_000)._repr_html_()) < 1_000


def test_repr_is_that_of_a_dict():
    config = ADict(a={"b": [1, "x"]})
    assert repr(config) == str(config) == "{'a': {'b': [1, 'x']}}"


def test_the_type_annotations_are_shipped():
    import pathlib

    assert (pathlib.Path(ato_adict.__file__).parent / "py.typed").exists()
