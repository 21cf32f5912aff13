"""Interpolation."""

import json

import pytest

from ato_adict import ADict, FrozenError, InterpolationError


def test_a_text_that_is_one_reference_takes_the_type_of_its_value():
    config = ADict(a={"b": 1}, c="${a.b}", d="${a}").resolve()
    assert config.c == 1
    assert config.d == {"b": 1}
    assert type(config.d) is ADict
    assert config.d is not config.a


def test_references_inside_a_text_are_written_out():
    config = ADict(name="exp", lr=0.1, out="runs/${name}-${lr}").resolve()
    assert config.out == "runs/exp-0.1"


def test_references_may_refer_to_references():
    config = ADict(a="${b}", b="${c.d}!", c={"d": "x"}).resolve()
    assert config.a == "x!"


def test_relative_references():
    config = ADict(lr=3, opt={"lr": 1, "min": "${.lr}", "deep": {"top": "${..lr}", "x": "${lr}"}})
    assert config.resolve().opt == {"lr": 1, "min": 1, "deep": {"top": 1, "x": 3}}


def test_references_in_lists_and_to_elements():
    config = ADict(sizes=[1, "${sizes[0]}", ("${sizes.0}",)], first="${sizes[1]}").resolve()
    assert config.sizes == [1, 1, (1,)]
    assert config.first == 1


def test_a_name_may_be_made_of_references():
    config = ADict(kind="small", sizes={"small": 1, "large": 9}, size="${sizes.${kind}}")
    assert config.resolve().size == 1


def test_environment_variables(monkeypatch):
    monkeypatch.setenv("ATO_X", "from outside")
    monkeypatch.delenv("ATO_Y", raising=False)
    config = ADict(
        x="${oc.env:ATO_X}",
        y="${oc.env:ATO_Y,fallback}",
        n="${oc.env:ATO_Y,null}",
        z="${oc.env:ATO_Y,}",
    )
    assert config.resolve() == {"x": "from outside", "y": "fallback", "n": None, "z": ""}


@pytest.mark.parametrize("name", ["\ud800", "A\ud800B", "A\0B", "A=B"])
@pytest.mark.parametrize("default", ["", ",x"])
@pytest.mark.parametrize("text", ["${oc.env:%s}", "x-${oc.env:%s}"])
def test_what_no_environment_variable_is_called_is_named_with_its_place(name, default, text):
    config = ADict.loads(json.dumps({"a": text % (name + default)}), "json")
    with pytest.raises(InterpolationError, match="'a': .* is no name of an environment variable"):
        config.resolve()


def test_a_backslash_keeps_a_reference_as_text():
    assert ADict(a=r"\${b}", c=r"x\${a}${d}", d=1).resolve() == {"a": "${b}", "c": "x${a}1", "d": 1}


def test_resolve_returns_the_config_and_keeps_its_nodes():
    config = ADict(a={"b": "${c}", "d": [1]}, c=2)
    inner = config.a
    assert config.resolve() is config
    assert config.a is inner
    assert inner.b == 2


def test_resolving_is_no_read():
    config = ADict(a={"b": 1}, c="${a.b}").resolve()
    assert config.accessed_keys == set()
    assert config.a.accessed_keys == set()


def test_nothing_to_resolve_is_fine_even_when_frozen():
    config = ADict(a="$5 {x}", b=[1]).freeze()
    assert config.resolve() == {"a": "$5 {x}", "b": [1]}
    with pytest.raises(FrozenError):
        ADict(a="${b}", b=1).freeze().resolve()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"a": "${b}", "b": "${a}"}, "refers to itself: a -> b -> a"),
        ({"a": "${a}"}, "refers to itself: a -> a"),
        ({"a": {"b": "x${a}"}}, "'a.b': it refers to 'a', which contains it"),
        ({"a": "${b}", "b": {"c": "${d.e}"}, "d": "${b}"}, "refers to itself"),
        ({"a": "${dept}", "depth": 1}, "'a': no key 'dept' .*did you mean 'depth'"),
        ({"a": "${b.c}", "b": 1}, "no key 'b.c'"),
        ({"a": "${l.5}", "l": [1]}, "no key 'l"),
        ({"a": "${oc.env:ATO_NOT_SET}"}, "environment variable ATO_NOT_SET is not set"),
        ({"a": "${b"}, "no closing brace"),
        ({"a": "${foo:1}"}, "unknown resolver .*known is oc.env"),
        ({"a": "${}"}, "names nothing"),
        ({"a": "${..}"}, r"'\$\{\.\.}' names nothing"),
        ({"a": "${oc.env:}"}, "'' is no name of an environment variable"),
        ({"a": "${..b}"}, "goes above the root"),
    ],
)
def test_what_cannot_be_resolved_is_named_and_changes_nothing(data, problem):
    config = ADict(data, ok="${one}", one=1)
    with pytest.raises(InterpolationError, match=problem):
        config.resolve()
    assert config == ADict(data, ok="${one}", one=1)
