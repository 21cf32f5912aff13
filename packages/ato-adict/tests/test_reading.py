"""Reading: attributes, items, what is not set."""

import pytest

from ato_adict import ADict, MissingKeyError, UnsetKeyError


def test_attributes_and_items_are_the_same_values():
    config = ADict(lr=0.1, model={"depth": 50})
    assert config.lr == config["lr"] == config.get("lr") == 0.1
    assert config.model.depth == config["model"]["depth"] == 50


def test_reading_again_after_a_write_sees_the_new_value():
    config = ADict(lr=0.1)
    assert config.lr == config["lr"] == 0.1
    config.lr = 0.2
    assert config.lr == config["lr"] == config.get("lr") == 0.2


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(lr=2),
        lambda c: c.update({"lr": 2}, recurrent=True),
        lambda c: c.__ior__({"lr": 2}),
        lambda c: c.__setitem__("lr", 2),
        lambda c: c.set_by_name("lr", 2),
    ],
)
def test_no_way_of_writing_leaves_an_old_value_to_read(change):
    config = ADict(lr=1)
    assert config.lr == config["lr"] == 1
    change(config)
    assert config.lr == config["lr"] == config.get("lr") == 2


def test_reading_after_a_deletion_is_an_error():
    config = ADict(lr=1).strict()
    assert config.lr == 1
    del config.lr
    with pytest.raises(AttributeError):
        config.lr
    with pytest.raises(KeyError):
        config["lr"]
    assert config.get("lr") is None


def test_several_keys_are_read_as_a_list():
    assert ADict(a=1, b=2)["b", "a"] == [2, 1]


def test_a_key_that_is_a_tuple_is_found_as_one_key():
    assert ADict({("a", "b"): 3})["a", "b"] == 3


def test_a_missing_item_is_a_key_error_with_a_suggestion():
    config = ADict(epochs=3)
    with pytest.raises(MissingKeyError, match="^no key 'epoch' .*; did you mean 'epochs'") as error:
        config["epoch"]
    assert isinstance(error.value, KeyError)


def test_a_nested_missing_item_is_named_in_full():
    config = ADict(model={"depth": 3})
    with pytest.raises(KeyError, match="no key 'model.dept' .*did you mean 'model.depth'"):
        config["model"]["dept"]


def test_get_of_a_missing_key_is_the_default():
    config = ADict(a=1)
    assert config.get("b") is None
    assert config.get("b", 5) == 5
    assert config == {"a": 1}


class TestStrict:
    def test_an_unset_attribute_is_an_error_at_once(self):
        config = ADict(model={"lr": 1}).strict()
        with pytest.raises(UnsetKeyError, match="no key 'model.lrr' .*did you mean 'model.lr'"):
            config.model.lrr

    def test_hasattr_and_getattr_mean_what_they_say(self):
        config = ADict(model={"lr": 1}).strict()
        assert not hasattr(config, "depth")
        assert getattr(config.model, "depth", 18) == 18

    def test_it_holds_for_lists_and_for_what_is_added_later(self):
        config = ADict(layers=[{"n": 1}]).strict()
        config.head = {"n": 2}
        config.other = ADict(n=3)
        for node in (config.layers[0], config.head, config.other):
            assert not hasattr(node, "m")

    def test_new_keys_may_still_be_set(self):
        config = ADict().strict()
        config.lr = 1
        assert config.lr == 1


class TestDefaults:
    def test_a_factory_makes_the_value_of_a_missing_key(self):
        config = ADict(default=list)
        config.a.append(1)
        config["b"].append(2)
        assert config == {"a": [1], "b": [2]}

    def test_a_plain_value_is_the_default_too(self):
        assert ADict(default=3).anything == 3

    def test_nested_configs_do_not_inherit_it(self):
        config = ADict({"nested": {}}, default=list)
        with pytest.raises(AttributeError):
            bool(config.nested.missing)

    def test_get_does_not_use_it(self):
        config = ADict(default=list)
        assert config.get("a") is None
        assert config == {}

    def test_it_can_be_set_read_and_removed(self):
        config = ADict()
        config.set_default(int)
        assert config.n == 0
        assert config.get_default() is int
        config.remove_default()
        with pytest.raises(KeyError):
            config["m"]
        with pytest.raises(ValueError, match="no default"):
            config.get_default()

    def test_auto_always_nests(self):
        config = ADict.auto(a=1)
        config["b"]["c"].d = 2
        assert config == {"a": 1, "b": {"c": {"d": 2}}}
        assert config.read_only == {}


def test_private_and_special_names_are_never_made_up():
    config = ADict()
    for name in ("_repr_html", "__array__", "_ipython_display_"):
        assert not hasattr(config, name)


def test_dir_lists_keys_for_completion():
    names = dir(ADict({"lr": 1, "not a name": 2}))
    assert "lr" in names
    assert "freeze" in names
    assert "not a name" not in names


def test_dir_copes_with_keys_that_are_no_strings():
    config = ADict({1: 2, ("a", "b"): 3, "lr": 4})
    assert (config[1], config["a", "b"], config.lr) == (2, 3, 4)
    assert "lr" in dir(config)


def test_reads_from_many_threads_agree():
    from concurrent.futures import ThreadPoolExecutor

    config = ADict({f"k{n}": n for n in range(200)})

    def read_all(_):
        return [getattr(config, f"k{n}") + config[f"k{n}"] for n in range(200)]

    with ThreadPoolExecutor(8) as pool:
        assert all(r == [2 * n for n in range(200)] for r in pool.map(read_all, range(40)))
    assert len(config.accessed_keys) == 200


def test_a_reader_never_keeps_a_value_that_was_overwritten():
    import threading

    for _ in range(200):
        config = ADict(x=0)
        threads = [
            threading.Thread(target=lambda: config.x),
            threading.Thread(target=config.__setitem__, args=("x", 1)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert config.x == config["x"] == dict.get(config, "x") == 1
