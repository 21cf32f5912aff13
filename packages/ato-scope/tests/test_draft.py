"""A config before its lazy views, completed any number of times."""

import pytest

from ato_adict import ADict
from ato_scope import Scope


@pytest.fixture
def scope():
    scope = Scope({"model": {"depth": 3}, "layers": [1]})

    @scope.observe(lazy=True, default=True)
    def late(config):
        config.model.width = config.model.depth * 2
        config.layers.append(9)

    return scope


def test_a_draft_has_the_command_line_but_not_the_lazy_views(scope):
    draft = scope.draft(["model.depth=5", "seed=1"])
    assert draft.config == {"model": {"depth": 5}, "layers": [1], "seed": 1}
    assert draft.assigned == {"model.depth", "seed"}


def test_each_completion_is_independent(scope):
    draft = scope.draft([])
    first, second = draft.complete(), draft.complete({"model.depth": 7, "new.key": 1})
    assert first == {"model": {"depth": 3, "width": 6}, "layers": [1, 9]}
    assert second == {"model": {"depth": 7, "width": 14}, "layers": [1, 9], "new": {"key": 1}}
    first.layers.append(0)
    assert draft.complete().layers == [1, 9]
    assert draft.config == {"model": {"depth": 3}, "layers": [1]}


def test_completions_share_no_override(scope):
    draft, layers = scope.draft([]), [5]
    first, second = draft.complete({"layers": layers}), draft.complete({"layers": layers})
    assert (first.layers, second.layers, layers) == ([5, 9], [5, 9], [5])


def test_completions_share_no_variable_of_a_view(scope):
    @scope.observe(default=True)
    def view(config):
        found, nodes, own = [], [config.model], ADict(n=0)
        with Scope.lazy():
            found.append(len(found))
            own.n += 1
            nodes[0].seen = config.model.depth
            config.found, config.own = found, own

    draft = scope.draft([])
    for depth in (1, 2):
        config = draft.complete({"model.depth": depth})
        assert (config.found, config.own.n, config.model.seen) == ([0], 1, depth)


def test_overrides_win_over_the_command_line(scope):
    assert scope.draft(["model.depth=5"]).complete({"model.depth": 6}).model.depth == 6


def test_a_completed_config_is_strict(scope):
    assert not hasattr(scope.draft([]).complete(), "nothing")


def test_a_draft_is_not_the_scopes_config(scope):
    before = scope.config.to_dict()
    scope.draft(["seed=1"]).complete()
    assert scope.config == before
    assert scope.history == []


def test_the_origin_of_overrides_is_told(scope):
    draft = scope.draft(["model.depth=5"])
    config, recorder = draft.complete_with_history({"model.depth": 6}, source="trial 3")
    told = [e.to_dict() for e in recorder.events() if e.key == "model.depth"]
    assert [(e["value"], e["source"]["kind"]) for e in told] == [
        (3, "base"),
        (5, "cli"),
        (6, "override"),
    ]
    assert told[-1]["source"]["name"] == "trial 3"
    assert config.model.depth == 6


def test_a_program_that_only_drafts_has_the_words_and_the_errors_of_a_command_line(program):
    program.write("""
        from ato_scope import Scope

        scope = Scope({"lr": 0.1})
        scope.observe("late", config={"x": 1}, lazy=True, default=True)
        draft = scope.draft()
        print('drafted', draft.complete())
    """)
    assert program.run("lr=3").out == "drafted {'lr': 3, 'x': 1}\n"
    assert program.run("print").out == "lr: 0.1\nx: 1\n"
    assert program.run("lr=").fails_with("'lr=' has no value")
