"""Where every value comes from."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ato_scope
from ato_adict import ADict
from ato_scope import Scope, ScopeError, describe_source


@pytest.fixture
def scope():
    scope = Scope({"seed": 0})

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1
        config.model.depth = 18
        config.layers = [1]

    @scope.observe()
    def deep(config):
        config.model = ADict(depth=101, width=64)

    @scope.observe(lazy=True, default=True)
    def late(config):
        config.steps = config.lr * 10

    return scope


def trail(scope, key):
    """Return (value, kind, name or token) of each event of a key."""
    return [
        (e["value"], e["source"]["kind"], e["source"]["token"] or e["source"]["name"])
        for e in scope.history
        if e["key"] == key
    ]


def test_nothing_is_known_before_a_config_is_built(scope):
    assert scope.history == []
    with pytest.raises(ScopeError, match="nothing to explain yet"):
        scope.explain("lr")


def test_each_value_is_told_with_who_set_it_in_order(scope):
    scope.apply(["lr=0.5"])
    assert trail(scope, "lr") == [(0.1, "view", "defaults"), (0.5, "cli", "lr=0.5")]
    assert trail(scope, "seed") == [(0, "base", "")]
    assert trail(scope, "steps") == [(5.0, "lazy", "late")]


def test_a_view_is_told_with_its_file_and_line(scope):
    scope.apply([])
    location = scope.explain("lr").source.location
    assert location.startswith(f"{__file__}:")
    line = int(location.rpartition(":")[2])
    with open(__file__) as file:
        assert "scope.observe(default=True)" in file.read().splitlines()[line - 1]


def test_a_level_that_is_replaced_overrides_its_keys(scope):
    scope.apply(["deep", "model.depth=50"])
    assert trail(scope, "model.depth") == [
        (18, "view", "defaults"),
        (101, "view", "deep"),
        (50, "cli", "model.depth=50"),
    ]
    assert trail(scope, "model.width") == [(64, "view", "deep")]


def test_a_file_is_told(scope, tmp_path):
    path = tmp_path / "c.json"
    path.write_text('{"lr": 3}')
    scope.apply([f"@{path}"])
    assert trail(scope, "lr")[-1] == (3, "file", f"@{path}")


def test_an_empty_level_is_told(scope):
    scope.apply(["x={}", "y={'a': {}}"])
    assert trail(scope, "x") == [({}, "cli", "x={}")]
    assert trail(scope, "y.a") == [({}, "cli", "y={'a': {}}")]


def test_steps_after_the_command_line_are_told_again(scope, tmp_path):
    path = tmp_path / "c.json"
    path.write_text('{"model": {"depth": 3}}')
    scope.observe("later", lazy=True, default=True)(lambda config: config.model.update(depth=9))
    scope.apply(["model.depth=1", f"@{path}", "model.depth=2", "model.width=5"])
    assert [value for value, _, _ in trail(scope, "model.depth")] == [18, 1, 3, 2, 9]


def test_a_deleted_key_is_told(scope):
    scope.apply(["~seed"])
    events = [e for e in scope.history if e["key"] == "seed"]
    assert [e.get("deleted", False) for e in events] == [False, True]


def test_the_history_is_plain_json(scope):
    scope.apply(["x=1e999", "y={1,2}", "z=(1,)", "w={'a': [None]}", "f=1j"])
    assert json.loads(json.dumps(scope.history)) == json.loads(json.dumps(scope.history))
    values = {e["key"]: e["value"] for e in scope.history}
    assert values["x"] == "inf"
    assert values["z"] == [1]
    assert values["w.a"] == [None]
    assert values["f"] == "1j"


def test_what_has_no_text_or_cannot_be_walked_is_told_too(monkeypatch):
    class Rows(list):
        def __iter__(self):
            raise RuntimeError

    class Broken:
        def __repr__(self):
            raise RuntimeError

    scope, huge = Scope(), Fraction(10**5000, 3)

    @scope.observe(default=True)
    def defaults(config):
        config.rows, config.broken = Rows([1]), Broken()
        config.huge = {huge: huge}

    @scope
    def main(config):
        return scope.history

    monkeypatch.setattr("sys.argv", ["train.py"])
    told = {event["key"]: event["value"] for event in main()}
    assert str(scope.explain("broken")).startswith("broken = <Broken")
    assert told["rows"] == [1]
    assert told["broken"] == "<Broken, its repr failed: RuntimeError>"
    assert "Fraction(0x" in json.dumps(told)


def test_explain_tells_the_value_its_source_and_what_it_overrode(scope):
    scope.apply(["lr=0.5"])
    explanation = scope.explain("lr")
    assert explanation.value == 0.5
    assert explanation.source.kind == "cli"
    lines = str(explanation).splitlines()
    assert lines[0] == "lr = 0.5"
    assert lines[1] == "  set by command line: lr=0.5"
    assert lines[2].startswith("  overrode 0.1 from view 'defaults' (")


def test_explanations_are_a_public_type(scope):
    scope.apply([])
    assert isinstance(scope.explain("lr"), ato_scope.Explanation)
    with pytest.raises(AttributeError, match="has no attribute 'Explain'"):
        ato_scope.Explain  # noqa: B018


def test_explain_of_a_level_explains_what_is_below(scope):
    scope.apply(["deep"])
    assert [child.key for child in scope.explain("model").children] == [
        "model.depth",
        "model.width",
    ]


def test_explain_suggests_a_key(scope):
    scope.apply([])
    with pytest.raises(ScopeError, match="no key 'model.dpth'; did you mean 'model.depth'"):
        scope.explain("model.dpth")


def test_a_value_modified_in_place_is_said_to_be(scope):
    @scope.observe()
    def grow(config):
        config.layers.append(2)

    scope.apply(["grow"])
    explanation = scope.explain("layers")
    assert explanation.value == [1, 2]
    assert explanation.is_modified_in_place
    assert "modified in place" in str(explanation)
    assert not scope.explain("lr").is_modified_in_place


def test_what_a_later_step_does_to_a_level_does_not_change_what_was_told(scope):
    @scope.observe()
    def shared(config):
        config.model.depth = 1
        config.copy_of = {"depth": config.model.depth}

    scope.apply(["shared", "copy_of.depth=9"])
    assert trail(scope, "copy_of.depth") == [(1, "view", "shared"), (9, "cli", "copy_of.depth=9")]


def test_the_history_goes_on_when_the_entry_changes_its_config(scope):
    @scope
    def train(config):
        config.lr = 99

    train()
    assert trail(scope, "lr") == [(0.1, "view", "defaults")]


def test_arrays_that_refuse_comparison_are_explained(scope):
    class Array:
        def __eq__(self, other):
            raise ValueError("ambiguous")

        __hash__ = None

    array = Array()
    scope.observe("arrays", config={"x": array})
    scope.apply(["arrays"])
    assert scope.explain("x").value is array
    assert not scope.explain("x").is_modified_in_place


keys = st.sampled_from(["a", "b", "c.d", "c.e", "c.f.g"])
steps = st.lists(st.tuples(keys, st.integers()), max_size=12)


@given(steps, steps)
def test_the_last_event_of_every_key_is_its_value(first, second):
    scope = Scope()

    @scope.observe(default=True)
    def view(config):
        for key, value in first:
            config.set_by_name(key, value)

    config = scope.apply([f"{key}={value}" for key, value in second])
    last = {event["key"]: event["value"] for event in scope.history}
    assert last == config.flatten()


def test_a_source_of_the_history_can_be_told_in_words():
    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1

    scope.apply(args=["lr=0.2"])
    by_view, by_token = [describe_source(event["source"]) for event in scope.history]
    assert by_view.startswith("view 'defaults' (")
    assert by_token == "command line: lr=0.2"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"kind": "cli", "name": "lr", "token": "lr=1"}, "command line: lr=1"),
        ({"kind": "assign", "name": "lr", "token": "lr=1"}, "scope.assign: lr=1"),
        ({"kind": "lazy", "name": "late", "location": "/t.py:3"}, "lazy view 'late' (/t.py:3)"),
        ({"kind": "file", "name": "c.yaml"}, "file c.yaml"),
        ({"kind": "base"}, "the config that the scope was made with"),
        ({"kind": "argparse", "name": "default"}, "argparse: default"),
        ({"kind": "argparse", "name": "lr", "token": "--lr"}, "argparse: --lr"),
        ({"kind": "override", "name": "search"}, "search"),
        ({"kind": "other"}, "other"),
    ],
)
def test_every_kind_of_source_has_its_words(source, words):
    assert describe_source(source) == words


def test_an_explanation_is_data_too(scope):
    scope.apply(["model.depth=3", "model.width=4"])
    depth = scope.explain("model.depth")
    assert depth.source.to_dict()["token"] == "model.depth=3"
    assert depth.to_dict()["history"][-1]["value"] == 3
    model = scope.explain("model").to_dict()
    assert [child["key"] for child in model["children"]] == ["model.depth", "model.width"]
