"""Errors of what is not there name what is meant."""

import shlex

import pytest

from ato_adict import ADict, MissingKeyError, UnsetKeyError, did_you_mean

DOTTED = {
    "model.depth": "write config.model.depth, or config.get_value_by_name('model.depth')",
    "model.a.b": "write config.model.a.b",
    "model.odd-key": "write config.get_value_by_name('model.odd-key')",
    "model.dept": "did you mean 'model.depth'?",
    "model.a.bb": "did you mean 'model.a.b'?",
    "modle.depth": "did you mean 'model'?",
    "model.nothing": "no key",
    "lr.x": "no key",
    ".": "no key",
    "model.": "no key",
}


@pytest.mark.parametrize("name", DOTTED)
@pytest.mark.parametrize("make", [ADict, lambda d: ADict(d).strict(), lambda d: ADict(d).freeze()])
def test_a_dotted_item_names_how_to_read_it(name, make):
    config = make({"lr": 1, "model": {"depth": 1, "a": {"b": 2}, "odd-key": 3}})
    with pytest.raises(MissingKeyError) as caught:
        config[name]
    assert DOTTED[name] in str(caught.value)
    assert not config.accessed_keys


METHODS = {
    "to_yaml": "config.dumps('yaml')",
    "to_json": "config.dumps('json')",
    "to_toml": "config.dumps('toml')",
    "save": "config.dump(path)",
    "from_yaml": "config.from_file(path)",
    "merge": "config.update(other, recurrent=True)",
    "merge_with": "config.update(other, recurrent=True)",
    "deep_update": "config.update(other, recurrent=True)",
    "to_container": "config.to_dict()",
    "asdict": "config.to_dict()",
    "unfreeze": "config.defrost()",
    "lock": "config.freeze()",
    "is_frozen": "config.frozen",
    "has_key": "config.has(name)",
}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_of_another_library_names_ours(name):
    open_config, strict = ADict(lr=1), ADict(lr=1).strict()
    for call in (
        lambda: getattr(strict, name),
        lambda: getattr(open_config, name),
        lambda: eval(f"config.{name}()", {"config": open_config}),
    ):
        with pytest.raises(UnsetKeyError) as caught:
            call()
        assert str(caught.value).endswith(f"if the method is meant, write {METHODS[name]}")
    assert not hasattr(ADict, name)
    method = METHODS[name].partition(".")[2].partition("(")[0]
    assert hasattr(ADict, method)


def test_a_key_of_such_a_name_is_a_key():
    config = ADict()
    config.save.path = "x"
    assert config.save == {"path": "x"}


def test_two_letters_that_changed_places_are_close_however_short_the_name_is():
    assert did_you_mean("rl", ["lr", "seed"]) == "; did you mean 'lr'?"
    assert did_you_mean("ab", ["cd", "aa"]) == ""


def test_a_hint_is_one_word_for_a_shell_whatever_is_in_the_name():
    meant = "it's $(reboot)"
    hint = did_you_mean("its $(reboot)", [meant])
    assert shlex.split(hint[len("; did you mean ") : -1]) == [meant]
