"""What a trial that was asked for is and does, and what may come between an ask and its tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_hyperband import HyperBand, ObjectiveError
from ato_scope import MultiScope, Scope

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


def hyperband(scope=None, **options):
    options = {"resource": "epochs", "max_resource": 9, "sampler": "random", "seed": 0, **options}
    return HyperBand(scope, LR, **options)


def first_rung(search, worth):
    """The nine trials of the first rung, told."""
    trials = [search.ask() for _ in range(9)]
    for trial in trials:
        search.tell(trial, worth(trial))
    return trials


class TestAnAskedTrial:
    def test_its_repr_names_number_goal_and_parameters(self):
        trial = hyperband().ask()
        assert repr(trial) == f"<AskedTrial 0 to 1: {{'lr': {trial.params['lr']!r}}}>"

    def test_its_config_is_made_once(self):
        trial = hyperband().ask()
        trial.config.trial.note = "mine"
        assert trial.config.trial.note == "mine"

    def test_its_config_is_no_others(self):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.lr, config.epochs, config.layers = 0.1, 9, [64]

        search = hyperband(scope)
        one, other = search.ask([]), search.ask()
        one.config.layers.append(32)
        assert other.config.layers == [64]

    def test_a_promoted_one_says_where_it_was_left(self):
        search = hyperband()
        first_rung(search, lambda trial: trial.number)
        trial = search.ask()
        assert (trial.number, trial.previous_resource, trial.resource) == (6, 1, 3)
        assert trial.config.trial.previous_resource == 1
        assert trial.config.trial.rung == 1

    def test_the_loop_trains_it_so_it_is_said_to_go_on_from_there(self):
        assert hyperband().ask().config.trial.continues is True

    def test_it_can_be_told_by_itself(self):
        search = hyperband()
        search.ask().tell(0.25)
        assert (search.result().metric, search.result().best.number) == (0.25, 0)

    def test_a_second_tell_changes_nothing(self):
        search = hyperband()
        trial = search.ask()
        search.tell(trial, 0.25)
        search.tell(trial, 99.0)
        assert [e.outcome.metric for e in search.result().trials[0].evaluations] == [0.25]

    def test_a_report_after_the_tell_changes_nothing(self):
        search = hyperband()
        trial = search.ask()
        search.tell(trial, 0.25)
        trial.report(1, float("nan"))
        assert [e.outcome.metric for e in search.result().trials[0].evaluations] == [0.25]

    def test_it_need_not_stop_before_its_goal(self):
        trial = hyperband(min_resource=3).ask()
        trial.report(1, 0.1)
        trial.report(2, 0.2)
        assert not trial.should_stop()

    def test_what_was_reported_on_the_way_is_its_curve(self):
        search = hyperband(min_resource=3)
        trial = search.ask()
        trial.report(1, 0.1)
        trial.report(3, 0.3)
        (evaluation,) = search.result().trials[0].evaluations
        assert evaluation.outcome.curve == ((1, 0.1), (3, 0.3))

    def test_a_report_that_is_no_number_is_an_error(self):
        trial = hyperband().ask()
        with pytest.raises(ObjectiveError, match=r"reported 'high' \(str\).* not a number"):
            trial.report(1, "high")
        assert not trial.should_stop()

    def test_one_that_failed_is_not_asked_for_again(self):
        search = hyperband()
        for trial in [search.ask() for _ in range(9)]:
            if trial.number == 4:
                search.tell(trial, error="out of memory")
            else:
                search.tell(trial, -abs(trial.number - 4))
        assert {search.ask().number for _ in range(3)} == {3, 5, 2}

    def test_an_error_counts_more_than_a_metric(self):
        search = hyperband()
        search.tell(search.ask(), 0.5)
        search.tell(search.ask(), 99.0, error="diverged")
        assert [trial.error for trial in search.result().failed] == ["diverged"]
        assert search.result().metric == 0.5


class TestASearchThatIsAsked:
    def test_the_tokens_of_the_first_ask_are_those_of_all(self):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.lr, config.epochs, config.width = 0.1, 9, 64

        search = hyperband(scope)
        configs = [search.ask(["width=32"]).config, search.ask(["width=16"]).config]
        assert [config.width for config in configs] == [32, 32]

    def test_what_the_tokens_fix_is_not_asked_for(self):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.lr, config.epochs = 0.1, 9

        trial = hyperband(scope).ask(["lr=0.05"])
        assert (trial.params, trial.config.lr) == ({}, 0.05)

    def test_each_config_of_several_scopes_says_which_trial_it_is_of(self):
        model, data = Scope(name="model"), Scope(name="data")

        @model.observe(default=True)
        def of_model(model):
            model.lr = 0.1

        @data.observe(default=True)
        def of_data(data):
            data.size = 16

        spaces = {"model": LR, "data.size": {"param_type": "INTEGER", "param_range": (1, 9)}}
        search = HyperBand(MultiScope(model, data), spaces, sampler="random", max_trials=2)
        search.ask([])
        config = search.ask().config
        assert (config["model"].trial.number, config["data"].trial.number) == (1, 1)

    def test_it_is_finished_when_the_last_trial_was_told(self):
        search = hyperband(max_resource=1, max_trials=2)
        states = [search.finished]
        for trial in iter(search.ask, None):
            states.append(search.finished)
            search.tell(trial, 1.0)
        assert (states, search.finished) == ([False, False, False], True)

    def test_asking_one_that_is_over_gives_nothing_even_after_its_result(self):
        search = hyperband(max_resource=1, max_trials=1)
        for trial in iter(search.ask, None):
            search.tell(trial, 1.0)
        search.result()
        assert search.ask() is None

    def test_what_was_found_so_far_can_be_asked_at_any_time(self):
        search = hyperband()
        best = []
        for worth in (1.0, 3.0, 2.0):
            search.tell(search.ask(), worth)
            best.append(search.result().metric)
        assert best == [1.0, 3.0, 3.0]
        assert len(search.result().trials) == 3

    def test_closing_twice_or_before_the_first_ask_is_harmless(self):
        search = hyperband()
        search.close()
        search.tell(search.ask(), 1.0)
        search.close()
        search.close()
        assert search.result().metric == 1.0

    @given(order=st.permutations(range(9)), seed=st.integers(0, 99))
    @settings(max_examples=25, deadline=None)
    def test_who_goes_on_does_not_depend_on_the_order_of_the_tells(self, order, seed):
        search = hyperband(seed=seed)
        trials = [search.ask() for _ in range(9)]
        for number in order:
            search.tell(trials[number], trials[number].params["lr"])
        best = sorted(trials, key=lambda trial: -trial.params["lr"])[:3]
        assert [search.ask().number for _ in range(3)] == sorted(trial.number for trial in best)

    @given(
        scheduler=st.sampled_from(["sync", "async"]),
        seed=st.integers(0, 999),
        fails=st.sets(st.integers(0, 16), max_size=8),
    )
    @settings(max_examples=25, deadline=None)
    def test_a_trial_that_comes_again_goes_further_from_where_it_was(self, scheduler, seed, fails):
        search = hyperband(scheduler=scheduler, seed=seed)
        reached = {}
        for trial in iter(search.ask, None):
            assert trial.previous_resource == reached.get(trial.number, 0)
            assert trial.previous_resource < trial.resource <= 9
            reached[trial.number] = trial.resource
            error = "no" if trial.number in fails else None
            search.tell(trial, trial.params["lr"], error=error)
        assert max(reached.values()) == 9


class TestGivenBetweenAsks:
    def test_nested_names_are_joined_by_dots(self):
        spaces = {"model": {"lr": LR["lr"], "n": {"param_type": "INTEGER", "param_range": (1, 9)}}}
        search = HyperBand(None, spaces, sampler="random", max_trials=3)
        search.enqueue({"model": {"lr": 0.01, "n": 2}})
        assert search.ask().params == {"model.lr": 0.01, "model.n": 2}

    def test_numbers_become_what_the_parameter_is(self):
        spaces = {**LR, "n": {"param_type": "INTEGER", "param_range": (1, 9)}}
        spaces["x"] = {"param_type": "FLOAT", "param_range": (0, 2)}
        search = HyperBand(None, spaces, sampler="random", max_trials=3)
        search.enqueue({"n": 4.0, "x": 1})
        params = search.ask().params
        assert [(type(params[name]), params[name]) for name in ("n", "x")] == [(int, 4), (float, 1)]

    def test_the_same_configuration_in_other_words_is_one_trial(self):
        spaces = {**LR, "only": {"param_type": "INTEGER", "param_range": (7, 7)}}
        search = HyperBand(None, spaces, sampler="random", max_trials=3)
        search.enqueue({"lr": 0.01, "only": 7})
        search.enqueue({"lr": 0.01})
        assert [search.ask().params["lr"] == 0.01 for _ in range(3)] == [True, False, False]

    def test_several_come_in_the_order_in_which_they_were_given(self):
        search = hyperband()
        for lr in (0.03, 0.01, 0.02):
            search.enqueue({"lr": lr})
        assert [search.ask().params["lr"] for _ in range(3)] == [0.03, 0.01, 0.02]

    def test_one_that_the_constraint_forbids_is_left_out(self):
        search = hyperband(constraint=lambda config: config.lr < 0.05)
        search.enqueue({"lr": 0.09})
        search.enqueue({"lr": 0.04})
        assert search.ask().params == {"lr": 0.04}

    def test_what_is_left_out_is_drawn_as_the_constraint_wants(self):
        spaces = {n: {"param_type": "INTEGER", "param_range": (1, 50)} for n in ("low", "high")}
        search = HyperBand(
            None, spaces, sampler="random", max_trials=3, constraint=lambda c: c.low < c.high
        )
        search.enqueue({"low": 48})
        assert search.ask().params in ({"low": 48, "high": 49}, {"low": 48, "high": 50})

    def test_on_a_grid_it_changes_the_order_alone(self):
        search = HyperBand(None, {"n": {"param_type": "INTEGER", "param_range": (1, 5)}})
        search.enqueue({"n": 4})
        assert [search.ask().params["n"] for _ in range(5)] == [4, 1, 2, 3, 5]

    def test_what_the_command_line_fixed_is_left_out_of_it(self):
        scope = Scope()

        @scope.observe(default=True)
        def defaults(config):
            config.lr, config.n = 0.1, 1

        spaces = {**LR, "n": {"param_type": "INTEGER", "param_range": (1, 9)}}
        search = HyperBand(scope, spaces, sampler="random", max_trials=3)
        search.enqueue({"lr": 0.01, "n": 4})
        trial = search.ask(["n=7"])
        assert (trial.params, trial.config.n) == ({"lr": 0.01}, 7)

    @pytest.mark.parametrize("resource", [0, -3, "all"])
    def test_a_known_result_has_a_positive_resource(self, resource):
        with pytest.raises(ValueError, match=f"resource must be a positive number: {resource!r}"):
            hyperband(sampler="tpe").add_result({"lr": 0.01}, 1.0, resource)

    def test_a_known_result_is_worth_a_number(self):
        with pytest.raises(ObjectiveError, match=r"known is worth 'good' \(str\)"):
            hyperband(sampler="tpe").add_result({"lr": 0.01}, "good")

    def test_a_known_result_out_of_range_is_refused(self):
        with pytest.raises(ValueError, match=r"lr=0.5 is outside its range \(1e-05, 0.1\)"):
            hyperband(sampler="tpe").add_result({"lr": 0.5}, 1.0)

    def test_a_random_search_learns_nothing_from_one(self):
        taught = hyperband()
        taught.add_result({"lr": 0.01}, 1.0)
        plain = hyperband()
        assert [taught.ask().params for _ in range(5)] == [plain.ask().params for _ in range(5)]


class TestNamesOfWhatIsGiven:
    NESTED = {"model": LR}

    @pytest.mark.parametrize("given", [{"model.lr": 0.01}, {"model": {"lr": 0.01}}])
    def test_a_nested_parameter_may_be_dotted(self, given):
        search = HyperBand(None, self.NESTED, sampler="tpe", max_trials=2)
        search.enqueue(given)
        search.add_result(given, 1.0)
        assert search.ask().params == {"model.lr": 0.01}

    def test_the_best_of_one_search_is_the_first_of_the_next(self):
        first = HyperBand(None, self.NESTED, sampler="random", max_trials=2)
        best = first.run(lambda config: config.model.lr, []).ranking()[0]
        again = HyperBand(None, self.NESTED, sampler="random", max_trials=1)
        again.enqueue(best.params)
        assert again.ask().params == best.params

    def test_a_name_that_is_none_is_told_as_it_was_given(self):
        search = HyperBand(None, self.NESTED, sampler="random", max_trials=1)
        with pytest.raises(ValueError, match="'model.lrr' is no parameter .* mean 'model.lr'"):
            search.enqueue({"model.lrr": 0.01})

    def test_a_category_that_is_a_mapping_may_be_given(self):
        categories = [{"width": 1}, {"width": 2}]
        spaces = {"x": {"param_type": "CATEGORY", "categories": categories}, **LR}
        search = HyperBand(None, spaces, sampler="tpe", max_trials=1)
        search.enqueue({"x": {"width": 2}})
        search.add_result({"x": {"width": 2}, "lr": 0.01}, 1.0)
        assert search.ask().params["x"] == {"width": 2}

    @pytest.mark.parametrize("seed", range(6))
    def test_what_exists_beside_one_category_alone_brings_it_along(self, seed):
        kind = {"param_type": "CATEGORY", "categories": ["a", "b"]}
        width = {"param_type": "INTEGER", "param_range": (1, 9), "when": {"kind": "b"}}
        spaces = {"kind": kind, "width": width}
        search = HyperBand(None, spaces, sampler="random", max_trials=2, seed=seed)
        search.enqueue({"width": 3})
        assert search.ask().params == {"kind": "b", "width": 3}
