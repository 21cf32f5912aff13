"""Several objectives, and promotion that minds what trials cost."""

import time

import pytest

from ato_hyperband import HyperBand, ObjectiveError, SettingsError

XY = {name: {"param_type": "FLOAT", "param_range": (0.0, 1.0)} for name in ("x", "y")}
MODE = ["max", "min"]


def hyperband(**options):
    options = {"resource": "epochs", "max_resource": 9, "sampler": "random", "seed": 0, **options}
    return HyperBand(None, XY, **{"mode": MODE, **options})


def gain_and_cost(config):
    return config.x, config.x**2 + config.y


def dominates(one, other):
    return one != other and one[0] >= other[0] and one[1] <= other[1]


class TestSeveralObjectives:
    @pytest.mark.parametrize("scheduler", ["sync", "async"])
    @pytest.mark.parametrize("sampler", ["random", "tpe"])
    def test_the_front_holds_who_is_dominated_by_no_other_trained_as_far(self, scheduler, sampler):
        options = {"scheduler": scheduler, "sampler": sampler, "max_trials": 60}
        result = hyperband(**options).run(gain_and_cost, [])
        far = [t for t in result.trials if t.resource == result.resource == 9]
        front = result.pareto_front()
        assert front == [
            t for t in far if not any(dominates(other.metrics, t.metrics) for other in far)
        ]
        assert result.best in front
        assert result.metric == max(t.metric for t in front)
        assert result.metrics == result.best.metrics == gain_and_cost(result.config)

    def test_who_goes_on_is_dominated_by_no_one_who_does_not(self):
        result = hyperband().run(gain_and_cost, [])
        for bracket in range(3):
            trials = [t for t in result.trials if t.bracket == bracket]
            for rung in range(2):
                here = [t for t in trials if t.rung >= rung]
                stay = [t for t in here if t.rung == rung]
                on = [t for t in here if t.rung > rung]
                for t in on:
                    at = t.evaluations[rung].outcome.metrics
                    assert not any(dominates(s.evaluations[rung].outcome.metrics, at) for s in stay)

    def test_workers_and_restarts_change_nothing(self, tmp_path):
        def story(result):
            return [(t.params, [e.outcome.metrics for e in t.evaluations]) for t in result.trials]

        options = {"sampler": "tpe", "max_trials": 40}
        whole = story(hyperband(**options).run(gain_and_cost, []))
        assert story(hyperband(n_jobs=2, **options).run(gain_and_cost, [])) == whole
        stored = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
        hyperband(sampler="tpe", max_trials=20, **stored).run(gain_and_cost, [])
        again = hyperband(sampler="tpe", max_trials=20, **stored).run(gain_and_cost, [])
        assert story(again) == story(hyperband(sampler="tpe", max_trials=20).run(gain_and_cost, []))

    def test_a_generator_yields_several(self):
        def train(config):
            for epoch in range(1, 10):
                yield config.x * epoch, config.y

        result = hyperband().run(train, [])
        assert result.metrics == (result.config.x * 9, result.config.y)

    def test_asked_and_told(self):
        search = hyperband(max_trials=9)
        for trial in iter(search.ask, None):
            search.tell(trial, (trial.params["x"], trial.params["y"]))
        assert search.result().metrics == search.result().best.metrics

    def test_one_that_is_not_finite_fails_the_trial(self):
        def train(config):
            return config.x, float("nan") if config.trial.number == 1 else config.y

        result = hyperband().run(train, [])
        assert [t.number for t in result.failed] == [1]

    @pytest.mark.parametrize("value", [1.0, (1.0,), (1.0, 2.0, 3.0), "ab", {"a": 1, "b": 2}])
    def test_another_number_of_them_is_an_error_at_once(self, value):
        with pytest.raises(ObjectiveError, match="as mode names 2 objectives"):
            hyperband().run(lambda config: value, [])

    @pytest.mark.parametrize(
        ("mode", "message"),
        [
            (["max", "mim"], "unknown mode 'mim'; did you mean 'min'"),
            ([], "mode is empty"),
        ],
    )
    def test_a_mode_that_is_wrong_is_refused(self, mode, message):
        with pytest.raises(SettingsError, match=message):
            hyperband(mode=mode)


class TestCostAware:
    """With `cost_aware` the best third is one of seconds."""

    def promoted(self, scheduler, cost_aware):
        def train(config):
            if config.trial.rung == 0 and config.trial.number in (0, 1):
                time.sleep(0.05)
            return -config.trial.number

        options = {"scheduler": scheduler, "brackets": "one", "max_trials": 9}
        search = hyperband(mode="max", cost_aware=cost_aware, **options)
        return {t.number for t in search.run(train, []).trials if len(t.evaluations) > 1}

    @pytest.mark.parametrize("scheduler", ["sync", "async"])
    def test_fewer_go_on_where_the_best_take_longest(self, scheduler):
        plain, aware = self.promoted(scheduler, False), self.promoted(scheduler, True)
        assert {0, 1} <= plain
        assert len(aware) < len(plain)


def test_without_vertices_the_first_draws_are_inside():
    def ends(vertices):
        search = hyperband(mode="max", sampler="tpe", vertices=vertices, max_trials=8)
        result = search.run(lambda config: config.x, [])
        return sum(value in (0.0, 1.0) for t in result.trials for value in t.params.values())

    assert ends(vertices=True) > ends(vertices=False) == 0


def test_a_study_from_before_there_were_choices_goes_on(tmp_path):
    import json
    import sqlite3

    options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s", "mode": "max"}
    first = hyperband(max_total_resource=30, **options).run(lambda config: config.x, [])
    with sqlite3.connect(f"{tmp_path}/s.db") as db:
        (settings,) = db.execute("SELECT settings FROM ato_study").fetchone()
        old = {k: v for k, v in json.loads(settings).items() if k not in ("vertices", "cost_aware")}
        db.execute("UPDATE ato_study SET settings = ?", (json.dumps(old),))
        for seq, text in db.execute("SELECT seq, body FROM ato_event").fetchall():
            event = json.loads(text)
            if event["kind"] == "told":
                event["outcome"] = event["outcome"][:5]
                change = (json.dumps(event), seq)
                db.execute("UPDATE ato_event SET body = ? WHERE seq = ?", change)
    more = hyperband(max_total_resource=60, **options).run(lambda config: config.x, [])
    assert len(more.trials) > len(first.trials)
