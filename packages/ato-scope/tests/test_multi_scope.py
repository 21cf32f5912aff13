"""Several scopes in one program."""

import pytest

from ato_scope import EntryError, MultiScope, Scope, ScopeError, UnknownScopeError, UnknownViewError


@pytest.fixture
def model():
    scope = Scope(name="model")

    @scope.observe(default=True)
    def model_config(model):
        model.backbone = "resnet50"
        model.lr = 0.1

    scope.observe("small", config={"backbone": "resnet18"})
    scope.observe("debug", config={"verbose": True})
    return scope


@pytest.fixture
def data():
    scope = Scope(name="data")

    @scope.observe(default=True)
    def data_config(data):
        data.dataset = "cifar10"
        data.lr = 0.001
        with Scope.lazy():
            data.classes = 10 if data.dataset == "cifar10" else 1000

    scope.observe("debug", config={"workers": 0})
    return scope


@pytest.fixture
def both(model, data):
    return MultiScope(model, data)


def test_configs_are_passed_by_the_names_of_the_scopes(both):
    @both
    def train(data, n, model):
        return model.lr, data.lr, n

    assert train(5) == (0.1, 0.001, 5)


def test_keys_start_with_the_name_of_their_scope(both):
    configs = both.apply(["model.backbone:=resnet101", "data.dataset:=imagenet", "data.a.b=1"])
    assert configs["model"] == {"backbone": "resnet101", "lr": 0.1}
    assert configs["data"].to_dict() == {
        "dataset": "imagenet",
        "lr": 0.001,
        "a": {"b": 1},
        "classes": 1000,
    }


def test_a_view_is_applied_in_every_scope_that_has_it(both):
    configs = both.apply(["debug"])
    assert configs["model"].verbose
    assert configs["data"].workers == 0


def test_a_qualified_view_is_applied_in_its_scope_only(both):
    configs = both.apply(["data.debug", "model.small"])
    assert configs["data"].workers == 0
    assert configs["model"] == {"backbone": "resnet18", "lr": 0.1}


def test_an_expression_may_refer_to_any_scope(both):
    assert both.apply(["data.lr=model.lr*2"])["data"].lr == 0.2


def test_a_function_may_take_some_of_the_scopes(both):
    @both
    def evaluate(data):
        return data.lr

    assert evaluate() == 0.001


def test_a_function_that_takes_none_is_refused_when_its_call_lacks_it(both):
    @both
    def train(config):
        pass

    with pytest.raises(EntryError, match="no parameter 'model'"):
        train()


def test_one_config_may_be_given_by_the_caller(both):
    @both
    def train(model, data):
        return model, data.lr

    assert train(model="mine") == ("mine", 0.001)


def test_a_scope_may_be_in_several_multi_scopes_and_have_entries_of_its_own(model, data):
    @model
    def only_model(model):
        return model.lr

    first, second = MultiScope(model, data), MultiScope(model)
    assert first.apply(["model.lr=5"])["model"].lr == 5
    assert second.apply([])["model"].lr == 0.1
    assert only_model.with_args(["lr=3"])() == 3


def test_a_file_has_the_scopes_at_its_top(both, tmp_path):
    path = tmp_path / "both.yaml"
    path.write_text("model: {lr: 7}\ndata: {lr: 8}\n")
    configs = both.apply([f"@{path}", "data.lr=9"])
    assert (configs["model"].lr, configs["data"].lr) == (7, 9)


def test_a_file_with_another_key_at_its_top_is_refused_before_anything_is_merged(both, tmp_path):
    path = tmp_path / "both.yaml"
    path.write_text("model: {lr: 7}\nlr: 8\n")
    with pytest.raises(UnknownScopeError, match=r"top level must be the scopes model, data.*'lr'"):
        both.apply([f"@{path}"])


def test_an_unknown_scope_is_suggested(both):
    with pytest.raises(UnknownScopeError, match="unknown scope 'modle'; did you mean 'model'"):
        both.apply(["modle.lr=1"])


def test_a_key_without_a_scope_is_refused_with_the_fix(both):
    with pytest.raises(UnknownScopeError, match="'lr=1': .* write model.lr or data.lr"):
        both.apply(["lr=1"])


def test_an_unknown_view_is_suggested_with_its_scope(both):
    with pytest.raises(UnknownViewError, match="did you mean 'model.small'"):
        both.apply(["model.smal"])


def test_two_scopes_of_one_name_are_refused(model):
    with pytest.raises(ScopeError, match="two scopes have the name 'model'"):
        MultiScope(model, Scope(name="model"))


def test_a_scope_made_to_override_replaces_one_of_its_name(model):
    other = Scope({"lr": 7}, name="model", enable_override=True)
    assert MultiScope(model, other).apply([])["model"] == {"lr": 7}


def test_no_scope_is_refused():
    with pytest.raises(ScopeError, match="needs scopes"):
        MultiScope()


def test_history_and_explain_use_the_qualified_keys(both):
    both.apply(["model.lr=3"])
    assert [e["value"] for e in both.history if e["key"] == "model.lr"] == [0.1, 3]
    assert both.explain("model.lr").source.token == "model.lr=3"
    with pytest.raises(UnknownScopeError, match="did you mean 'model'"):
        both.explain("modl.lr")


def test_assign_of_one_scope_needs_no_prefix(model, both):
    model.assign(["small", "lr=5"])
    assert both.apply([])["model"] == {"backbone": "resnet18", "lr": 5}


def test_draft_completes_all_scopes(both):
    draft = both.draft(["model.lr=3"])
    assert draft.assigned == {"model.lr"}
    first = draft.complete({"data.dataset": "imagenet"})
    second = draft.complete()
    assert (first["data"].classes, second["data"].classes) == (1000, 10)
    assert first["model"].lr == 3
    with pytest.raises(UnknownScopeError, match="starts with no name of a scope"):
        draft.complete({"lr": 1})


def test_call_injects_given_configs(both):
    assert both.call(lambda data, model: (model, data), {"model": 1, "data": 2}) == (1, 2)


def test_it_can_be_used_as_a_context(both):
    with both as configs:
        assert configs["model"].lr == 0.1
    assert both.configs["model"].lr == 0.1
