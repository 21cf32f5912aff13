"""What programs of ato 2.x do with a scope goes on working, or says what to write."""

import pytest

from ato_adict import ADict
from ato_scope import LazyError, MultiScope, Scope


@pytest.fixture
def scope():
    scope = Scope()
    scope.observe("base", config={"depth": 18}, default=True)
    return scope


class TestAValueSetBeforeTheFirstEntry:
    def test_is_one_that_the_config_starts_with(self, scope):
        scope.config.lr = 5
        scope.config.model.width = 64
        assert scope.apply([]) == {"lr": 5, "model": {"width": 64}, "depth": 18}

    def test_is_overridden_by_views_and_the_command_line(self, scope):
        scope.config.depth = 1
        scope.config["lr"] = 5
        assert scope.apply(["lr=6"]) == {"lr": 6, "depth": 18}

    def test_goes_to_the_config_that_the_scope_was_given(self):
        mine = ADict(lr=1)
        scope = Scope(mine)
        scope.config.k = 2
        mine.lr = 7
        assert scope.apply([]) == {"lr": 7, "k": 2}
        assert mine == {"lr": 7, "k": 2}

    def test_can_be_read_there(self):
        assert Scope({"lr": 1}).config.lr == 1

    def test_is_there_in_every_call(self, scope):
        scope.config.items_seen = [1]
        entry = scope(lambda config: config.items_seen.append(2) or list(config.items_seen))
        assert entry.with_args([])() == entry.with_args([])() == [1, 2]

    def test_works_for_each_scope_of_several(self):
        first, second = Scope(name="a"), Scope(name="b")
        second.config.x = 1
        assert MultiScope(first, second).apply([]) == {"a": {}, "b": {"x": 1}}

    def test_is_told(self, scope):
        scope.config.lr = 5
        scope.apply([])
        assert "set by the config that the scope was made with" in str(scope.explain("lr"))


class TestLazyBlocks:
    def test_with_compile_changes_nothing(self):
        scope = Scope()

        @scope.observe(default=True)
        def view(config):
            config.lr = 1
            with Scope.lazy(with_compile=True):
                config.twice = config.lr * 2

        assert scope.apply(["lr=5"]).twice == 10

    def test_a_priority_is_refused_with_what_to_write(self):
        scope = Scope()
        with pytest.raises(LazyError, match="make one with lazy=True, priority="):

            @scope.observe(default=True)
            def view(config):
                with Scope.lazy(priority=3):
                    config.x = 1


def test_assigned_views_are_told_with_those_they_are_chained_with(scope):
    scope.observe("first")(lambda config: None)
    scope.observe("second", chain_with="first")(lambda config: None)
    scope.observe("third", chain_with="second", lazy=True)(lambda config: None)
    scope.observe("late", lazy=True, default=True)(lambda config: None)
    scope.assign(["third", "lr=1"])
    assert scope.get_assigned_views() == {
        "default_views": ["base"],
        "default_lazy_views": ["late"],
        "views": ["first", "second"],
        "lazy_views": ["third"],
        "literals": ["lr=1"],
    }


def test_a_scope_is_a_context(scope):
    with scope as config:
        assert config is scope.config == {"depth": 18}
