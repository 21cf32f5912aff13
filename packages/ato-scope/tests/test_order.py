"""The order in which views are applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ato_scope import ChainError, Scope, UnknownViewError


def applied(scope, *args):
    """Return the names of the views in the order they run."""
    return scope.apply(list(args)).get("trail", [])


def add(scope, name, **options):
    def view(config):
        config.trail = [*config.get("trail", []), name]

    scope.observe(name, **options)(view)


@pytest.fixture
def scope():
    return Scope()


def test_default_views_come_before_named_ones_whatever_their_priorities(scope):
    add(scope, "named", priority=-100)
    add(scope, "default", default=True, priority=100)
    assert applied(scope, "named") == ["default", "named"]


def test_lower_priority_runs_first(scope):
    for name, priority in (("high", 1), ("base", -1), ("mid", 0)):
        add(scope, name, priority=priority)
    assert applied(scope, "high", "mid", "base") == ["base", "mid", "high"]


def test_at_equal_priority_the_order_of_request_counts(scope):
    add(scope, "a")
    add(scope, "b")
    assert applied(scope, "b", "a") == ["b", "a"]


def test_the_same_view_runs_once(scope):
    add(scope, "a")
    add(scope, "b", chain_with="a")
    add(scope, "c", chain_with="a")
    assert applied(scope, "a", "b", "c", "a") == ["a", "b", "c"]


def test_a_chain_applies_what_it_names_first(scope):
    add(scope, "base")
    add(scope, "gpu")
    add(scope, "multi", chain_with=["base", "gpu"])
    assert applied(scope, "multi") == ["base", "gpu", "multi"]


def test_a_chain_holds_when_only_the_named_view_has_a_priority(scope):
    add(scope, "base", priority=5)
    add(scope, "top", chain_with="base")
    assert applied(scope, "top") == ["base", "top"]


def test_a_chain_holds_when_only_the_chained_view_has_a_priority(scope):
    add(scope, "base")
    add(scope, "top", priority=-5, chain_with="base")
    assert applied(scope, "top") == ["base", "top"]


def test_explicit_priorities_on_both_win_over_a_chain(scope):
    add(scope, "base", priority=5)
    add(scope, "top", priority=1, chain_with="base")
    assert applied(scope, "top") == ["top", "base"]


def test_a_default_view_brings_what_it_is_chained_with(scope):
    add(scope, "base")
    add(scope, "defaults", default=True, chain_with="base")
    assert applied(scope) == ["base", "defaults"]


def test_lazy_views_run_after_the_command_line_in_their_own_order(scope):
    add(scope, "late", lazy=True, priority=2)
    add(scope, "later", lazy=True, priority=3)
    add(scope, "early")
    assert applied(scope, "later", "late", "trail=['cli']", "early") == ["cli", "late", "later"]


def test_default_lazy_views_run_before_named_lazy_views(scope):
    add(scope, "named", lazy=True, priority=-9)
    add(scope, "default", lazy=True, default=True)
    assert applied(scope, "named") == ["default", "named"]


def test_a_cycle_is_named_from_where_it_starts(scope):
    add(scope, "a", chain_with="b")
    add(scope, "b", chain_with="c")
    add(scope, "c", chain_with="b")
    with pytest.raises(ChainError, match="b -> c -> b$"):
        scope.apply(["a"])


def test_a_view_chained_with_itself_is_a_cycle(scope):
    add(scope, "a", chain_with="a")
    with pytest.raises(ChainError, match="a -> a$"):
        scope.apply(["a"])


def test_a_chain_to_nothing_names_the_view_and_suggests(scope):
    add(scope, "base_setup")
    add(scope, "top", chain_with="base_setpu")
    with pytest.raises(ChainError, match="'top'.*'base_setpu'; did you mean 'base_setup'"):
        scope.apply(["top"])


def test_a_broken_chain_of_a_view_nobody_asks_for_does_no_harm(scope):
    add(scope, "broken", chain_with="nothing")
    add(scope, "fine")
    assert applied(scope, "fine") == ["fine"]


def test_an_unknown_view_is_suggested(scope):
    add(scope, "high_lr")
    with pytest.raises(UnknownViewError, match="unknown view 'high_rl'; did you mean 'high_lr'"):
        scope.apply(["high_rl"])


def test_a_chain_of_ten_thousand_views_does_not_overflow(scope):
    add(scope, "v0")
    for n in range(1, 10_000):
        scope.observe(f"v{n}", chain_with=f"v{n - 1}", config={"last": n})
    assert scope.apply(["v9999"]).last == 9999


@st.composite
def graphs(draw):
    """Views, each chained with earlier ones; no cycles."""
    count = draw(st.integers(1, 12))
    chains = [
        draw(st.sets(st.integers(0, n - 1), max_size=3)) if n else set() for n in range(count)
    ]
    requested = draw(st.lists(st.integers(0, count - 1), max_size=6))
    return chains, requested


@given(graphs(), st.data())
def test_without_explicit_priorities_every_view_comes_after_its_chain(graph, data):
    chains, requested = graph
    scope = Scope()
    for n, chain in enumerate(chains):
        default = data.draw(st.booleans())
        add(scope, f"v{n}", chain_with=[f"v{c}" for c in chain], default=default)
    trail = applied(scope, *(f"v{n}" for n in requested))
    assert len(trail) == len(set(trail))
    for position, name in enumerate(trail):
        for dependency in chains[int(name[1:])]:
            assert trail.index(f"v{dependency}") < position
