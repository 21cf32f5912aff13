"""OpenMMLab configs."""

import re

import pytest

from ato_adict import ADict, ConfigFileError, ConfigFileNotFoundError, FrozenError


@pytest.fixture
def folder(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


def test_a_base_is_merged_first(folder):
    folder("base/model.py", "import os\nmodel = dict(type='A', head=dict(n=1, m=2))\nlr = 0.1\n")
    path = folder("c.py", "_base_ = 'base/model.py'\nmodel = dict(head=dict(n=5))\nlr = 0.2\n")
    assert ADict.from_mm_config(path) == {
        "model": {"type": "A", "head": {"n": 5, "m": 2}},
        "lr": 0.2,
    }


def test_delete_replaces_what_the_base_says(folder):
    folder("base.py", "model = dict(type='A', head=dict(n=1, m=2))\n")
    path = folder("c.py", "_base_ = './base.py'\nmodel = dict(head=dict(_delete_=True, k=3))\n")
    assert ADict.from_mm_config(path) == {"model": {"type": "A", "head": {"k": 3}}}


def test_several_bases_and_bases_of_bases(folder):
    folder("a.yaml", "x: 1\ny: 1\n")
    folder("b.yaml", "_base_: a.yaml\ny: 2\nz: 2\n")
    folder("c.json", '{"z": 3}')
    path = folder("d.py", "_base_ = ['b.yaml', 'c.json']\n")
    assert ADict.from_mm_config(path) == {"x": 1, "y": 2, "z": 3}


def test_a_chain_of_bases_that_closes_is_named(folder):
    folder("a.py", "_base_ = 'b.py'\n")
    folder("b.py", "_base_ = ['c.py']\n")
    path = folder("c.py", "_base_ = 'a.py'\n")
    with pytest.raises(ConfigFileError, match=r"c\.py -> a\.py -> b\.py -> c\.py"):
        ADict.from_mm_config(path)


def test_one_base_may_be_reached_twice(folder):
    folder("a.py", "x = 1\n")
    folder("b.py", "_base_ = 'a.py'\n")
    assert ADict.from_mm_config(folder("c.py", "_base_ = ['a.py', 'b.py']\n")) == {"x": 1}


def test_a_missing_base_is_named(folder):
    path = folder("c.py", "_base_ = 'no.py'\n")
    with pytest.raises(ConfigFileNotFoundError, match=r"no\.py: there is no such file"):
        ADict.from_mm_config(path)


@pytest.mark.parametrize(
    "text",
    [
        "_base_ = 'base.py'\n",
        "_base_ = ['base.py']\nx = _base_.lr\n",
        "_base_ = 'base.py'\nx = {{_base_.lr}}\n",
        "if True:\n    _base_ = 'base.py'\n",
    ],
)
def test_a_file_that_builds_on_others_is_not_read_without_them(folder, text):
    folder("base.py", "lr = 1\n")
    with pytest.raises(ConfigFileError, match=r"_base_; read it with ADict.from_mm_config"):
        ADict.from_file(folder("child.py", text))


@pytest.mark.parametrize("name", ["child.yaml", "child.json"])
def test_data_that_builds_on_a_program_says_how_to_go_on(folder, name):
    folder("base.py", "lr = 1\n")
    text = '{"_base_": "base.py", "lr": 2}'
    with pytest.raises(ConfigFileError, match=r"or the base as data, base\.yaml"):
        ADict.from_mm_config(folder(name, text))


@pytest.mark.parametrize("base", ["3", "[1]", "None"])
def test_a_base_that_is_no_path_is_an_error(base, folder):
    with pytest.raises(ConfigFileError, match="_base_ must be a path or a list of paths"):
        ADict.from_mm_config(folder("c.py", f"_base_ = {base}\n"))


def test_predefined_variables_are_replaced(folder):
    path = folder(
        "my.exp.py",
        "name = '{{ fileBasenameNoExtension }}'\nfile = '{{fileBasename}}'\n"
        "suffix = '{{ fileExtname }}'\nout = '{{ fileDirname }}/out'\n",
    )
    assert ADict.from_mm_config(path) == {
        "name": "my.exp",
        "file": "my.exp.py",
        "suffix": ".py",
        "out": f"{path.parent.as_posix()}/out",
    }


def test_values_of_the_base_can_be_used(folder):
    folder("base.py", "model = dict(depth=50, sizes=[1, 2])\n")
    path = folder(
        "c.py",
        "_base_ = 'base.py'\ndepth = {{ _base_.model.depth }}\nsizes = {{_base_.model.sizes}}\n"
        "name = 'resnet{{ _base_.model.depth }}'\n",
    )
    config = ADict.from_mm_config(path)
    assert config.depth == 50
    assert config.name == "resnet50"
    assert config.sizes == [1, 2]
    assert config.sizes is not config.model.sizes


def test_values_of_the_base_can_be_used_in_yaml(folder):
    folder("base.yaml", "lr: 0.1\n")
    path = folder("c.yaml", "_base_: base.yaml\nrate: '{{ _base_.lr }}'\n")
    assert ADict.from_mm_config(path).rate == 0.1


def test_a_value_the_base_does_not_have_is_named(folder):
    folder("base.py", "depth = 50\n")
    path = folder("c.py", "_base_ = 'base.py'\nx = {{ _base_.dept }}\n")
    with pytest.raises(ConfigFileError, match=r"_base_\.dept.*did you mean 'depth'"):
        ADict.from_mm_config(path)


@pytest.mark.parametrize("name", ["", "./", ".", "..", "/dev/zero", "base.ini"])
@pytest.mark.parametrize(
    ("own", "text"),
    [
        ("c.yaml", "_base_: {}"),
        ("c.yaml", "_base_: [{}]"),
        ("c.json", '{{"_base_": {}}}'),
        ("c.toml", "_base_ = {}"),
        ("c.py", "_base_ = {}"),
    ],
)
def test_a_base_whose_suffix_is_unknown_is_named_with_the_file(folder, name, own, text):
    path = folder(own, text.format(f'"{name}"'))
    with pytest.raises(ConfigFileError, match=f"_base_ '{re.escape(name)}': unknown suffix '") as e:
        ADict.from_mm_config(path)
    assert e.value.path == str(path)


def test_a_base_of_another_suffix_is_suggested_from_beside_the_file(folder):
    folder("base.yaml", "a: 1")
    path = folder("c.yaml", "_base_: base.yam")
    with pytest.raises(ConfigFileError, match="_base_ 'base.yam': .*did you mean 'base.yaml'"):
        ADict.from_mm_config(path)


def test_private_variables_stay_but_functions_do_not(folder):
    path = folder("c.py", "_hidden = 3\ndef f(): pass\nclass C: pass\nx = [i for i in range(2)]\n")
    config = ADict.from_mm_config(path)
    assert config["_hidden"] == 3
    assert config.x == [0, 1]
    assert "f" not in config
    assert "C" not in config


def test_load_replaces_the_keys_that_it_has(folder):
    path = folder("c.py", "model = dict(head=dict(n=1))\nlr = 1\n")
    config = ADict(seed=0, model={"head": {"m": 2}})
    assert config.load_mm_config(path) is None
    assert config == {"seed": 0, "model": {"head": {"n": 1}}, "lr": 1}


class TestMmLikeUpdate:
    def test_merges(self):
        config = ADict(a={"b": 1, "c": 2}, d=1)
        config.mm_like_update(a={"b": 5}, e=6)
        assert config == {"a": {"b": 5, "c": 2}, "d": 1, "e": 6}

    def test_replaces_on_request(self):
        config = ADict(a={"b": {"x": 1}, "c": 2})
        config.mm_like_update(a={"b": {"_delete_": True, "y": 2}})
        assert config == {"a": {"b": {"y": 2}, "c": 2}}

    def test_replaces_a_value_by_a_mapping(self):
        config = ADict(a=1)
        config.mm_like_update(a={"x": 1})
        assert config.a.x == 1

    def test_takes_mappings_too(self):
        config = ADict()
        config.mm_like_update({"not a name": 1}, b=2)
        assert config == {"not a name": 1, "b": 2}

    def test_respects_freezing(self):
        with pytest.raises(FrozenError):
            ADict(a=1).freeze().mm_like_update(a=2)
