"""`with Scope.lazy():` in a view."""

import contextlib
import functools
import importlib.util
import sys
import textwrap
import traceback

import pytest

import ato_scope
from ato_scope import LazyError, Scope

scope = None


@pytest.fixture(autouse=True)
def fresh_scope():
    global scope
    scope = Scope()


def view(function):
    scope.observe("view")(function)
    return function


def test_the_body_runs_after_the_command_line_and_the_rest_before():
    @view
    def my_config(config):
        config.model = "resnet50"
        with Scope.lazy():
            config.seen = config.model
        config.early = "seen" in config

    config = scope.apply(["view", "model:=resnet101"])
    assert config.to_dict() == {"model": "resnet101", "early": False, "seen": "resnet101"}


def test_each_part_runs_exactly_once():
    calls = []

    @view
    def my_config(config):
        calls.append("before")
        with Scope.lazy():
            calls.append("body")
        calls.append("after")

    scope.apply(["view"])
    assert calls == ["before", "after", "body"]


def test_the_body_has_the_local_variables_it_had():
    @view
    def my_config(config):
        width = 1
        with Scope.lazy():
            config.width = width
        width = 2
        config.after = width

    assert scope.apply(["view"]) == {"after": 2, "width": 1}


def test_in_a_loop_each_turn_keeps_its_own_values():
    @view
    def my_config(config):
        for i, name in enumerate("abc"):
            with Scope.lazy():
                config[name] = i

    assert scope.apply(["view"]) == {"a": 0, "b": 1, "c": 2}


def test_a_block_in_a_branch_not_taken_does_not_run():
    @view
    def my_config(config):
        if config.get("big"):
            with Scope.lazy():
                config.size = "big"
        else:
            with Scope.lazy():
                config.size = "small"

    assert scope.apply(["view"]).size == "small"
    scope.observe("big", config={"big": True})
    assert scope.apply(["big", "view"]).size == "big"


def test_a_block_that_can_never_be_reached_is_no_obstacle():
    @view
    def my_config(config):
        with Scope.lazy():
            config.size = 1
        return
        with Scope.lazy():
            config.size = 2

    assert scope.apply(["view"]).size == 1


def test_several_blocks_run_in_order():
    @view
    def my_config(config):
        with Scope.lazy():
            config.trail = [1]
        with Scope.lazy():
            config.trail = [*config.trail, 2]

    assert scope.apply(["view"]).trail == [1, 2]


def test_a_variable_that_the_body_changes_stays_its_own():
    @view
    def my_config(config):
        n = 1
        with Scope.lazy():
            n += 10
            config.inside = n
        config.outside = n

    assert scope.apply(["view"]) == {"outside": 1, "inside": 11}


def test_a_variable_without_a_value_has_none_in_the_body_either():
    @view
    def my_config(config):
        if config.get("never"):
            x = 1
        with Scope.lazy():
            config.x = x

    with pytest.raises(NameError, match="x"):
        scope.apply(["view"])


def test_a_variable_without_a_value_may_be_set_in_the_body():
    @view
    def my_config(config):
        for x in ():
            config.loop = x
        with Scope.lazy():
            x = 3
            config.x = x

    assert scope.apply(["view"]).x == 3


def test_closures_defaults_and_keyword_defaults_are_kept():
    outer = "closure"

    @view
    def my_config(config, a="default", *, b="keyword"):
        with Scope.lazy():
            config.found = [outer, a, b]

    outer = "rebound"
    assert scope.apply(["view"]).found == ["rebound", "default", "keyword"]


def test_nonlocal_and_global_variables_are_reached():
    count = 0

    @view
    def my_config(config):
        nonlocal count
        global lazy_global
        with Scope.lazy():
            count += 1
            lazy_global = count

    scope.apply(["view"])
    scope.apply(["view"])
    assert count == 2
    assert lazy_global == 2  # noqa: F821


def test_functions_comprehensions_and_lambdas_in_the_body_see_the_variables():
    @view
    def my_config(config):
        factor = 3
        with Scope.lazy():

            def scaled(x):
                return x * factor

            config.found = [scaled(i) for i in range(3)]
            config.more = [(lambda y: y + factor + i)(i) for i in range(2)]

    assert scope.apply(["view"]) == {"found": [0, 3, 6], "more": [3, 5]}


def test_a_parameter_may_have_any_name():
    @view
    def my_config(c):
        with Scope.lazy():
            c.lr = 1

    assert scope.apply(["view"]).lr == 1


def test_a_node_of_the_config_may_be_kept_in_a_variable():
    scope.observe("base", config={"model": {"depth": 3}}, default=True)

    @view
    def my_config(config):
        model = config.model
        with Scope.lazy():
            model.width = model.depth * 2

    assert scope.apply(["view", "model.depth=5"]).model == {"depth": 5, "width": 10}
    draft = scope.draft(["view"])
    assert [draft.complete({"model.depth": n}).model.width for n in (1, 2)] == [2, 4]


def test_loops_inside_the_body_may_break_and_continue():
    @view
    def my_config(config):
        with Scope.lazy():
            for i in range(9):
                if i == 1:
                    continue
                if i == 3:
                    break
                config[f"k{i}"] = i
            while True:
                break

    assert scope.apply(["view"]) == {"k0": 0, "k2": 2}


def test_a_block_within_a_block_runs_in_place():
    @view
    def my_config(config):
        with Scope.lazy():
            config.a = 1
            with Scope.lazy():
                config.b = config.a + 1
            config.c = config.b + 1

    assert scope.apply(["view"]) == {"a": 1, "b": 2, "c": 3}


def test_a_block_in_a_lazy_view_runs_in_place():
    @scope.observe(lazy=True, default=True)
    def late(config):
        config.a = config.lr
        with Scope.lazy():
            config.b = config.a

    assert scope.apply(["lr=3"]) == {"lr": 3, "a": 3, "b": 3}


def test_a_block_within_try_and_with_is_found():
    @view
    def my_config(config):
        try:
            with contextlib.suppress(KeyError):
                with Scope.lazy():
                    config.lr = 1
                raise KeyError
        finally:
            config.done = True

    assert scope.apply(["view"]) == {"done": True, "lr": 1}


@pytest.mark.parametrize("spelling", ["scope.lazy()", "Scope.lazy()", "ato_scope.Scope.lazy()"])
def test_the_block_may_be_spelled_in_any_way(spelling, module):
    made = module(f"""
        import ato_scope
        from ato_scope import Scope

        scope = Scope()

        @scope.observe(default=True)
        def view(config):
            with {spelling}:
                config.lr = 1
            config.early = 'lr' in config
    """)
    assert made.scope.apply([]) == {"early": False, "lr": 1}


@pytest.mark.parametrize(
    ("statement", "spelling"),
    [
        ("from ato_scope import Scope", "Scope.lazy()"),
        ("from ato_scope import Scope as S", "S.lazy()"),
        ("import ato_scope", "ato_scope.Scope.lazy()"),
        ("import ato_scope as a", "a.MultiScope.lazy()"),
    ],
)
def test_the_scope_may_be_imported_in_the_view(statement, spelling, module):
    made = module(f"""
        def view(config):
            {statement}
            with {spelling}:
                config.lr = 1
            config.early = 'lr' in config
    """)
    scope.observe(default=True)(made.view)
    assert scope.apply([]) == {"early": False, "lr": 1}


def test_a_lazy_of_something_else_is_left_alone():
    class Other:
        @staticmethod
        @contextlib.contextmanager
        def lazy():
            yield

    @view
    def my_config(config):
        with Other.lazy():
            config.lr = 1
        config.done = "lr" in config

    assert scope.apply(["view"]).done


def test_a_view_that_only_has_an_attribute_lazy_is_left_alone():
    @view
    def my_config(config):
        config.lazy = True

    assert scope.apply(["view"]).lazy is True


def test_lazy_blocks_run_in_the_order_of_their_views():
    @scope.observe(priority=2)
    def second(config):
        with Scope.lazy():
            config.trail = [*config.trail, "second"]

    @scope.observe(lazy=True, priority=1)
    def first(config):
        config.trail = ["first"]

    assert scope.apply(["second", "first"]).trail == ["first", "second"]


def test_a_body_that_raises_points_at_its_true_line():
    @view
    def my_config(config):
        with Scope.lazy():
            config.x = 1
            raise ValueError("here")  # the line

    with pytest.raises(ValueError, match="here") as caught:
        scope.apply(["view"])
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert last.filename == __file__
    assert last.line.endswith("# the line")


def test_code_around_a_block_that_raises_points_at_its_true_line():
    @view
    def my_config(config):
        with Scope.lazy():
            config.x = 1
        raise ValueError("here")  # the other line

    with pytest.raises(ValueError, match="here") as caught:
        scope.apply(["view"])
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert last.line.endswith("# the other line")
    assert last.name == "my_config"


def recording(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


def test_decorators_above_are_not_run_again():
    runs = []

    def counted(function):
        runs.append(function.__name__)
        return function

    @counted
    @scope.observe(default=True)
    def my_config(config):
        with Scope.lazy():
            config.lr = 1

    scope.apply([])
    assert runs == ["my_config"]


def test_a_decorator_that_wraps_below_is_refused():
    with pytest.raises(LazyError, match="put scope.observe right above def"):

        @scope.observe()
        @recording
        def my_config(config):
            with Scope.lazy():
                config.lr = 1


class TestRefused:
    """What cannot run later is refused when the view is registered."""

    def refuse(self, function, problem):
        with pytest.raises(LazyError, match=problem) as caught:
            scope.observe()(function)
        assert "test_lazy.py:" in str(caught.value)

    def test_return(self):
        def my_config(config):
            with Scope.lazy():
                if config.lr:
                    return
                config.x = 1

        self.refuse(my_config, "'return' cannot leave")

    def test_break_and_continue_out_of_the_block(self):
        def broken(config):
            for _ in range(3):
                with Scope.lazy():
                    break

        def continued(config):
            while config:
                with Scope.lazy():
                    for _ in ():
                        pass
                    else:
                        continue

        self.refuse(broken, "'break' cannot leave")
        self.refuse(continued, "'continue' cannot leave")

    def test_a_name_for_the_block(self):
        def my_config(config):
            with Scope.lazy() as block:
                config.x = block

        self.refuse(my_config, "exactly as 'with Scope.lazy.*:'")

    def test_another_context_in_the_same_statement(self):
        def my_config(config):
            with Scope.lazy(), contextlib.suppress(KeyError):
                config.x = 1

        self.refuse(my_config, "exactly as")

    def test_arguments(self):
        def my_config(config):
            with Scope.lazy(1):
                config.x = 1

        self.refuse(my_config, "exactly as")

    def test_a_variable_of_the_body_read_after_it(self):
        def my_config(config):
            with Scope.lazy():
                width = config.lr * 2
            config.width = width

        self.refuse(my_config, "'width' is set in a block that runs later, and read outside")

    def test_a_variable_of_the_body_read_in_another(self):
        def my_config(config):
            with Scope.lazy():
                width = config.lr * 2
            with Scope.lazy():
                config.width = width

        self.refuse(my_config, "'width' is set in a block")


def test_a_view_without_source_is_refused():
    namespace = {"Scope": Scope}
    text = "def view(config):\n    with Scope.lazy():\n        config.x = 1\n"
    exec(compile(text, "<nowhere>", "exec"), namespace)
    with pytest.raises(LazyError, match="source cannot be read; make it a view .* lazy=True"):
        scope.observe()(namespace["view"])


@pytest.fixture
def module(tmp_path):
    """Import a module from source."""

    def load(source, name="made"):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, str(path))
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    return load


def test_a_source_that_changed_is_refused(module, tmp_path):
    made = module("""
        from ato_scope import Scope

        def view(config):
            with Scope.lazy():
                config.x = 1
    """)
    (tmp_path / "made.py").write_text("# something else entirely\n")
    with pytest.raises(LazyError, match="source has changed"):
        scope.observe()(made.view)


def test_future_annotations_and_other_encodings_are_kept(module):
    made = module("""
        from __future__ import annotations
        from ato_scope import Scope

        scope = Scope()

        @scope.observe(
            default=True,
        )
        def view(config: Nowhere) -> None:
            'A docstring, with ünïcode.'
            with Scope.lazy():
                x: Nothing = 'ö'
                config.x = x
    """)
    assert made.scope.apply([]).x == "ö"


@pytest.mark.skipif(sys.version_info < (3, 8), reason="assignment expressions are new in 3.8")
def test_assignment_expressions_work_in_and_around_the_body(module):
    made = module("""
        from ato_scope import Scope

        scope = Scope()

        @scope.observe(default=True)
        def view(config):
            if (n := 3) > 2:
                with Scope.lazy():
                    if (m := n * 2) > 5:
                        config.m = [k := m, k]
    """)
    assert made.scope.apply([]).m == [6, 6]


@pytest.mark.skipif(sys.version_info < (3, 10), reason="match is new in 3.10")
def test_match_works_in_and_around_the_body(module):
    made = module("""
        from ato_scope import Scope

        scope = Scope()

        @scope.observe(default=True)
        def view(config):
            match {"a": 1}:
                case {"a": found}:
                    with Scope.lazy():
                        match found:
                            case int(number):
                                config.number = number
    """)
    assert made.scope.apply([]).number == 1


def test_a_view_in_a_class_body_works():
    class Experiment:
        scope = Scope()

        @scope.observe(default=True)
        def view(config):
            with Scope.lazy():
                config.lr = 1

    assert Experiment.scope.apply([]).lr == 1


def test_the_view_itself_is_left_as_it_was():
    def my_config(config):
        with Scope.lazy():
            config.lr = 1

    code = my_config.__code__
    view(my_config)
    assert my_config.__code__ is code


def test_lazy_is_found_on_a_multi_scope():
    model = Scope(name="model")
    both = ato_scope.MultiScope(model, Scope(name="data"))

    @model.observe(default=True)
    def defaults(model):
        with both.lazy():
            model.seen = model.lr

    assert both.apply(["model.lr=3"])["model"].seen == 3
