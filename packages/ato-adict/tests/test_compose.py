"""Composing a config from a directory."""

import os

import pytest

from ato_adict import ADict, ConfigFileError, ConfigFileNotFoundError, ValidationError


@pytest.fixture
def root(tmp_path):
    files = {
        "config.yaml": "lr: 0.1\nmodel: {depth: 18, name: base}\n",
        "model/resnet.json": '{"model": {"depth": 50}}',
        "model/vit.toml": "[model]\nname = 'vit'\n",
        "data/aug/flip.xyz": "flip: True\n",
        "default.yaml": "lr: 5\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_the_base_file_alone(root):
    config = ADict.compose_hierarchy(root)
    assert type(config) is ADict
    assert config == {"lr": 0.1, "model": {"depth": 18, "name": "base"}}


def test_another_base_file(root):
    assert ADict.compose_hierarchy(root, config_filename="default") == {"lr": 5}
    assert ADict.compose_hierarchy(root, config_filename="default.yaml") == {"lr": 5}


def test_selected_options_are_merged_in_order(root):
    config = ADict.compose_hierarchy(root, select={"model": ["resnet", "vit"], "data/aug": "flip"})
    assert config == {"lr": 0.1, "model": {"depth": 50, "name": "vit"}, "flip": True}


def test_overrides_come_last(root):
    config = ADict.compose_hierarchy(
        root, select={"model": "resnet"}, overrides={"model.depth": 101, "seed": 1}
    )
    assert config.model.depth == 101
    assert config.seed == 1


def test_a_missing_option_is_an_error_with_a_suggestion(root):
    with pytest.raises(ConfigFileNotFoundError, match="model/resnt.*did you mean 'resnet'"):
        ADict.compose_hierarchy(root, select={"model": "resnt"})


def test_a_missing_directory_is_an_error(root):
    with pytest.raises(ConfigFileNotFoundError, match="there is no config"):
        ADict.compose_hierarchy(root / "no")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes and links")
@pytest.mark.parametrize("name", ["device", "pipe", "loop"])
def test_what_is_there_and_is_no_file_is_refused_and_not_missing(root, name):
    folder = root / "model"
    (folder / "device.yaml").symlink_to("/dev/null")
    os.mkfifo(str(folder / "pipe.yaml"))
    (folder / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(
        ConfigFileError, match=rf"model/{name}\.yaml.*(is a device or a pipe|links)"
    ):
        ADict.compose_hierarchy(root, select={"model": name}, on_missing="ignore")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links")
def test_a_link_to_nothing_is_missing(root):
    (root / "model" / "gone.yaml").symlink_to("nothing.yaml")
    with pytest.raises(ConfigFileNotFoundError, match="there is no model/gone"):
        ADict.compose_hierarchy(root, select={"model": "gone"})


def test_a_missing_file_can_be_a_warning_or_ignored(root):
    with pytest.warns(UserWarning, match="there is no model/x"):
        config = ADict.compose_hierarchy(root, select={"model": "x"}, on_missing="warn")
    assert config.lr == 0.1
    for word in ("ignore", "skip"):
        assert ADict.compose_hierarchy(root / "no", on_missing=word) == {}
    with pytest.raises(ValueError, match="on_missing"):
        ADict.compose_hierarchy(root, on_missing="explode")


def test_two_files_for_one_name_are_an_error(root):
    (root / "config.json").write_text("{}")
    with pytest.raises(ConfigFileError, match=r"ambiguous: config\.yaml and config\.json"):
        ADict.compose_hierarchy(root)


def test_every_required_name_that_is_not_set_is_named(root):
    assert ADict.compose_hierarchy(root, required=["lr", "model.depth"]).lr == 0.1
    with pytest.raises(ValidationError) as error:
        ADict.compose_hierarchy(root, required=["lr", "seed", "model.width"])
    assert error.value.problems == [
        "required key 'seed' is not set",
        "required key 'model.width' is not set",
    ]
