"""`hasattr` and `getattr` answer by what is set, on open configs too; `config.x` may nest."""

import functools
import operator
import sys

import pytest

from ato_adict import ADict, UnsetKeyError

MISSING = object()

ASKED = {
    "hasattr": lambda c: not hasattr(c, "x"),
    "getattr with a default": lambda c: getattr(c, "x", MISSING) is MISSING,
    "getattr with None": lambda c: getattr(c, "x", None) is None,
    "hasattr below": lambda c: not hasattr(c.model, "x"),
    "getattr below what is unset": lambda c: getattr(c.a.b, "x", MISSING) is MISSING,
    "hasattr below what is unset": lambda c: not hasattr(c.a, "x"),
    "getattr of getattr": lambda c: getattr(getattr(c, "a", None), "b", MISSING) is MISSING,
    "a partial": lambda c: not functools.partial(hasattr, c)("x"),
    "map": lambda c: list(map(hasattr, [c], ["x"])) == [False],
    "a comprehension": lambda c: [hasattr(c, n) for n in ("x", "lr")] == [False, True],
    "a loop": lambda c: not any(hasattr(c, f"x{n}") for n in range(300)),
    "eval": lambda c: not eval("hasattr(c, 'x')", {"c": c}),
    "unpacked arguments": lambda c: getattr(*[c, "x", MISSING]) is MISSING,
    "a key of another type": lambda c: getattr(c, "items_", MISSING) is MISSING,
    "a method": lambda c: getattr(c, "x", dict)() == {},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
@pytest.mark.parametrize("make", [ADict, ADict.auto], ids=["open", "auto"])
def test_what_is_not_set_is_not_there(asked, make):
    config = make(lr=1, model={"depth": 1})
    if make is ADict.auto and "below what is unset" in str(asked):
        return
    assert asked(config)
    config.pop("a", None)
    assert config == {"lr": 1, "model": {"depth": 1}}


def test_what_is_set_is_there():
    config = ADict(lr=1, model={"depth": 1}, off=None)
    assert hasattr(config, "lr")
    assert hasattr(config.model, "depth")
    assert hasattr(config, "off")
    assert getattr(config, "lr", 5) == 1
    assert operator.attrgetter("model.depth")(config) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: getattr(c, "modle"),  # noqa: B009
        lambda c: operator.attrgetter("modle")(c),
        lambda c: c.__getattr__("modle"),
    ],
)
def test_getattr_without_a_default_suggests(ask):
    with pytest.raises(UnsetKeyError, match="no key 'modle' .*did you mean 'model'"):
        ask(ADict(model=1))


class Holder:
    def __init__(self):
        self.config = ADict()

    def nest(self):
        self.config.model.depth = 3
        return self.config


def nest_in_a_loop():
    config = ADict()
    for n in range(100):
        config.a.b[f"k{n}"] = n
        del config["a"]
    config.model.depth = 3
    return config


def nest_traced():
    config, before = ADict(), sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        config.model.depth = 3
    finally:
        sys.settrace(before)  # that of a coverage run
    return config


def nest_with_many_names():
    """Beyond 256 names an instruction needs a longer argument."""
    config = ADict()
    lines = [*(f"n{n} = {n}" for n in range(600)), "config.model.depth = 3"]
    exec("\n".join(lines), {"config": config})
    return config


def nest_by_async():
    config = ADict()

    async def view():
        config.model.depth = 3

    with pytest.raises(StopIteration):
        view().send(None)
    return config


def nest_in_a_generator():
    config = ADict()

    def steps():
        yield
        config.model.depth = 3

    list(steps())
    return config


def nest_by_item():
    config = ADict()
    config.model["depth"] = 3
    return config


def nest_by_setattr():
    config = ADict()
    setattr(config.model, "depth", 3)  # noqa: B010
    return config


def nest_later():
    config = ADict()
    model = config.model
    model.depth = 3
    return config


def nest_in_an_auto_config():
    config = ADict.auto()
    config.model.depth = 3
    return config


NESTING = [
    Holder().nest,
    nest_in_a_loop,
    nest_traced,
    nest_with_many_names,
    nest_by_async,
    nest_in_a_generator,
    nest_by_item,
    nest_by_setattr,
    nest_later,
    nest_in_an_auto_config,
]


@pytest.mark.parametrize("nest", NESTING)
def test_the_syntax_still_nests(nest):
    assert nest() == {"model": {"depth": 3}}


def test_a_default_is_what_a_missing_key_becomes():
    config = ADict(default=list)
    assert hasattr(config, "x")
    assert getattr(config, "y", None) == []


class Settings(ADict):
    """A subclass that hands on what it is given."""

    def __init__(this, *args, **kwargs):  # noqa: N805
        super().__init__(*args, **kwargs)


NAMES = [
    "default",
    "self",
    "recurrent",
    "cls",
    "mappings",
    "values",
    "other",
    "config",
    "key",
    "name",
]
WAYS = {
    "ADict(**d)": lambda d: ADict(**d),
    "ADict({}, **d)": lambda d: ADict({}, **d),
    "ADict(d)": ADict,
    "ADict.auto(**d)": lambda d: ADict.auto(**d),
    "update(**d)": lambda d: ADict().update(**d),
    "update(d)": lambda d: ADict().update(d),
    "update_if_absent(**d)": lambda d: ADict().update_if_absent(**d),
    "mm_like_update(**d)": lambda d: _after(lambda c: c.mm_like_update(**d)),
    "dict(**d) | ADict": lambda d: d | ADict() if sys.version_info >= (3, 9) else ADict(d),
    "a subclass": lambda d: Settings(**d),
}


def _after(change):
    config = ADict()
    change(config)
    return config


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_no_name_of_a_key_is_special(way, name):
    for values in ({name: False}, {name: 3, "lr": 1}, {"lr": 1, name: {"a": 1}}, {name: None}):
        config = way(values)
        assert config == values
        assert list(config) == list(values) or name == "recurrent"
        assert not hasattr(config, "missing")


def test_the_options_of_the_same_names_stay_options():
    assert ADict(default=3).anything == 3
    assert ADict({"a": 1}, default=None, b=2).anything is None
    assert ADict(default=list) == {}
    assert Settings(default=list).x == []
    merged = ADict(m={"a": 1}).update(m={"b": 2}, recurrent=True)
    assert merged == {"m": {"a": 1, "b": 2}}
    assert ADict(m={"a": 1}).update({"m": {"b": 2}}, recurrent=False) == {"m": {"b": 2}}
    assert ADict(m={}).update_if_absent({"m": {"b": 2}}, recurrent=False) == {"m": {}}
