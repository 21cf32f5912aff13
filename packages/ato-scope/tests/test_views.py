"""Views: functions and config objects that change the config under construction."""

import pytest

from ato_adict import ADict
from ato_scope import LazyError, Scope, ScopeError, UnknownViewError, ViewError


@pytest.fixture
def scope():
    return Scope()


def test_a_default_view_is_applied_without_being_asked_for(scope):
    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1

    assert scope.apply([]) == {"lr": 0.1}


def test_a_named_view_is_applied_when_asked_for(scope):
    @scope.observe()
    def fast(config):
        config.lr = 1.0

    assert scope.apply([]) == {}
    assert scope.apply(["fast"]) == {"lr": 1.0}


def test_observe_works_without_parentheses(scope):
    @scope.observe
    def fast(config):
        config.lr = 1.0

    assert scope.apply(["fast"]).lr == 1.0


def test_observe_returns_the_function_itself(scope):
    def fast(config):
        config.lr = 1.0

    assert scope.observe()(fast) is fast


def test_a_view_may_be_named_differently_from_its_function(scope):
    @scope.observe("quick")
    def fast(config):
        config.lr = 1.0

    assert scope.apply(["quick"]).lr == 1.0
    with pytest.raises(UnknownViewError):
        scope.apply(["fast"])


def test_the_keys_of_a_config_object_replace_those_of_the_config(scope):
    scope.observe("base", default=True)(
        lambda config: config.update(lr=1, model=ADict(depth=18, width=64))
    )
    scope.observe("vit", config=ADict(model=ADict(patch=16)))
    assert scope.apply(["vit"]) == {"lr": 1, "model": {"patch": 16}}


def test_what_a_run_changes_never_reaches_the_config_object_of_a_view(scope):
    values = ADict(layers=[1, 2], model=ADict(depth=18))
    scope.observe("values", config=values, default=True)
    config = scope.apply([])
    config.layers.append(3)
    config.model.depth = 99
    assert values == {"layers": [1, 2], "model": {"depth": 18}}
    assert scope.apply([]) == values


def test_the_scope_starts_with_its_own_config_and_never_changes_it():
    base = {"lr": 0.1, "model": {"depth": 18}}
    scope = Scope(base)
    config = scope.apply(["model.depth=34"])
    assert config == {"lr": 0.1, "model": {"depth": 34}}
    assert base == {"lr": 0.1, "model": {"depth": 18}}


def test_a_base_of_nodes_is_never_changed_either():
    base = ADict(model=ADict(depth=18), layers=[ADict(n=1)])
    scope = Scope(base)
    config = scope.apply(["model.depth=34"])
    config.layers[0].n = 2
    assert base == {"model": {"depth": 18}, "layers": [{"n": 1}]}
    assert scope.apply([]) == base


def test_a_view_made_of_a_config_needs_a_name_and_a_mapping(scope):
    with pytest.raises(ViewError, match="needs a name"):
        scope.observe(config={"lr": 1})
    with pytest.raises(ViewError, match="'big' is made of a mapping, not of 3"):
        scope.observe("big", config=3)


def test_a_lambda_needs_a_name(scope):
    with pytest.raises(ViewError, match="needs one: scope.observe.'name'."):
        scope.observe(default=True)(lambda config: None)


def test_views_create_levels_by_assigning_below_them(scope):
    @scope.observe(default=True)
    def defaults(config):
        config.model.backbone.layers = [64, 128]

    assert scope.apply([]) == {"model": {"backbone": {"layers": [64, 128]}}}


def test_the_built_config_is_strict(scope):
    config = scope.apply([])
    assert not hasattr(config, "lr")
    assert getattr(config, "lr", 7) == 7


def test_each_apply_builds_a_config_of_its_own(scope):
    scope.observe("base", default=True)(lambda config: config.update(layers=[1]))
    first = scope.apply([])
    first.layers.append(2)
    assert scope.apply([]).layers == [1]


def test_the_last_built_config_is_kept(scope):
    scope.observe("fast", config={"lr": 1.0})
    assert scope.config == {}
    assert scope.apply(["fast"]) is scope.config


def test_a_view_without_parameters_is_refused(scope):
    with pytest.raises(ViewError, match=r"'nothing' .*test_views.py:\d+.* takes no parameter"):

        @scope.observe()
        def nothing():
            pass


def test_a_view_that_needs_more_than_the_config_is_refused(scope):
    with pytest.raises(ViewError, match="must be callable with the config alone"):

        @scope.observe()
        def greedy(config, other):
            pass


def test_a_view_may_have_parameters_with_defaults(scope):
    @scope.observe(default=True)
    def scaled(config, factor=3):
        config.lr = 0.1 * factor

    assert scope.apply([]).lr == pytest.approx(0.3)


def test_a_generator_is_no_view(scope):
    with pytest.raises(ViewError, match="without yield"):

        @scope.observe()
        def stepwise(config):
            yield config


def test_what_is_no_function_is_no_view(scope):
    with pytest.raises(ViewError, match="not a function"):
        scope.observe("x")(42)


def test_a_bound_method_can_be_a_view(scope):
    class Defaults:
        lr = 0.5

        def fill(self, config):
            config.lr = self.lr

    scope.observe(default=True)(Defaults().fill)
    assert scope.apply([]).lr == 0.5


@pytest.mark.parametrize("word", ["manual", "print", "explain", "views"])
def test_a_view_with_the_name_of_a_built_in_word_is_refused(scope, word):
    with pytest.raises(ViewError, match=f"{word}.*built-in word; rename it"):
        scope.observe(word)(lambda config: None)


def test_a_view_that_cannot_be_typed_is_refused(scope):
    with pytest.raises(ViewError, match="rename it"):
        scope.observe("a=b")(lambda config: None)


def test_a_view_is_replaced_by_one_of_the_same_module_as_when_a_cell_is_run_again(scope):
    for lr in (1, 2):

        @scope.observe(default=True)
        def defaults(config, lr=lr):
            config.lr = lr

    assert scope.apply([]).lr == 2


def make_view_in(module):
    namespace = {"__name__": module}
    exec("def fast(config): config.origin = __name__", namespace)
    return namespace["fast"]


def test_a_view_of_another_module_may_not_take_a_name_that_is_taken(scope):
    scope.observe()(make_view_in("one"))
    with pytest.raises(ViewError, match="'fast'.*another view.*rename one"):
        scope.observe()(make_view_in("two"))


def test_enable_override_lets_a_view_of_another_module_replace_one():
    scope = Scope(enable_override=True)
    scope.observe()(make_view_in("one"))
    scope.observe()(make_view_in("two"))
    assert scope.apply(["fast"]).origin == "two"


def test_chain_with_takes_names_only(scope):
    with pytest.raises(ViewError, match="names of views"):
        scope.observe("x", chain_with=[3])(lambda config: None)


def test_the_name_of_a_scope_is_a_parameter_name():
    with pytest.raises(ScopeError, match="parameter name"):
        Scope(name="my config")


def test_lazy_outside_of_a_view_says_where_it_works():
    with pytest.raises(LazyError, match="lazy=True"), Scope.lazy():
        pass
