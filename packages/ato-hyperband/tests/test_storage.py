"""What a storage may be, and what is said when it cannot be."""

import itertools
import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_adict import ADict
from ato_hyperband import HyperBand, SearchError, SettingsError, StudyMismatchError

SPACES = {
    "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"},
    "kind": {"param_type": "CATEGORY", "categories": [len, [64, 64], None]},
}


def search(storage, spaces=SPACES, **options):
    options = {"resource": "epochs", "max_resource": 9, "seed": 0, "study_name": "s", **options}
    return HyperBand(None, spaces, storage=storage, **options)


def story(result):
    return [
        (t.number, t.params, [(e.rung, e.resource, e.outcome.metric) for e in t.evaluations])
        for t in result.trials
    ]


class Killed(BaseException):
    pass


def killed_after(evaluations, calls=None):
    calls = [] if calls is None else calls

    def train(config):
        if len(calls) == evaluations:
            raise Killed
        calls.append((config.trial.number, config.trial.rung))
        if config.trial.seed % 5 == 1:
            raise RuntimeError("on purpose")
        return config.trial.seed / 2**32 * config.epochs

    return train


def uninterrupted(**options):
    calls = []
    return search(None, **options).run(killed_after(None, calls), []), calls


class TestAnyInterruption:
    """Wherever it is interrupted, a search ends as if it had not been."""

    @pytest.mark.parametrize("scheduler", ["sync", "async"])
    @pytest.mark.parametrize("sampler", ["random", "tpe"])
    @given(
        limits=st.lists(st.integers(0, 60), max_size=4),
        budget=st.sampled_from([{}, {"max_trials": 30}, {"max_total_resource": 100}]),
        seed=st.integers(0, 99),
    )
    @settings(max_examples=8, deadline=None)
    def test_the_same_trials_are_asked_once_in_the_same_order(
        self, tmp_path_factory, sampler, scheduler, limits, budget, seed
    ):
        options = {"sampler": sampler, "scheduler": scheduler, "seed": seed, **budget}
        expected, whole = uninterrupted(**options)
        storage = f"sqlite:///{tmp_path_factory.mktemp('s')}/s.db"
        calls = []
        for limit in sorted(limits):
            try:
                search(storage, **options).run(killed_after(limit, calls), [])
            except Killed:
                pass
        result = search(storage, **options).run(killed_after(None, calls), [])
        assert calls == whole
        assert story(result) == story(expected)
        assert result.total_resource == expected.total_resource
        assert result.history() == expected.history()
        assert result.best.number == expected.best.number
        assert result.metric == expected.metric

    def test_curves_errors_and_failures_are_remembered(self, tmp_path):
        def train(config):
            for epoch in itertools.count(1):
                if config.trial.number == 2:
                    raise RuntimeError("on purpose")
                yield config.lr * epoch

        storage = f"sqlite:///{tmp_path}/s.db"
        first = search(storage).run(train, [])
        again = search(storage).run(train, [])
        assert [t.evaluations for t in again.trials] == [t.evaluations for t in first.trials]
        assert "RuntimeError: on purpose" in again.failed[0].error

    def test_a_budget_in_seconds_is_of_all_sessions_together(self, tmp_path):
        def train(config):
            calls.append(config.trial.number)
            time.sleep(0.05)
            return config.lr

        calls, storage = [], f"sqlite:///{tmp_path}/s.db"
        search(storage, max_seconds=0.3).run(train, [])
        calls.clear()
        again = search(storage, max_seconds=0.3).run(train, [])
        assert len(calls) <= 1
        assert again.trials

    def test_a_greater_budget_goes_on_where_the_smaller_ended(self, tmp_path):
        options = {"sampler": "random", "max_resource": 27}
        storage = f"sqlite:///{tmp_path}/s.db"
        small = search(storage, max_total_resource=200, **options).run(killed_after(None), [])
        more = search(storage, max_total_resource=400, **options).run(killed_after(None), [])
        assert 200 < more.total_resource <= 400
        assert story(more)[: len(small.trials)] == story(small)

    def test_a_smaller_budget_adds_nothing(self, tmp_path):
        storage = f"sqlite:///{tmp_path}/s.db"
        whole = search(storage, max_trials=20).run(killed_after(None), [])
        calls = []
        again = search(storage, max_trials=5).run(killed_after(None, calls), [])
        assert calls == []
        assert story(again) == story(whole)

    def test_a_generator_is_run_again_up_to_where_it_was(self, tmp_path):
        epochs = []

        def train(config):
            for epoch in itertools.count(1):
                if len(epochs) == limit:
                    raise Killed
                epochs.append(epoch)
                yield config.lr * epoch

        storage, limit = f"sqlite:///{tmp_path}/s.db", 13
        with pytest.raises(Killed):
            search(storage, sampler="random").run(train, [])
        limit = None
        result = search(storage, sampler="random").run(train, [])
        assert result.total_resource == 69
        # The rung that was under way was lost with the process: it is no resource of the search.
        lost = len(epochs) - result.total_resource - result.recomputed_resource
        assert result.recomputed_resource > 0
        assert 0 <= lost < 9


class TestWhatCanBeOne:
    def test_memory_is_one_that_ends_with_the_process(self):
        first = search("sqlite:///:memory:").run(killed_after(None), [])
        calls = []
        search("sqlite:///:memory:").run(killed_after(None, calls), [])
        assert len(calls) == sum(len(t.evaluations) for t in first.trials)

    def test_whatever_names_an_sqlite_database_in_its_config_is_one(self, tmp_path):
        class Tracker:
            config = ADict(experiment=ADict(sql=ADict(db_path=f"sqlite:///{tmp_path}/t.db")))

        search(Tracker()).run(killed_after(None), [])
        calls = []
        search(f"sqlite:///{tmp_path}/t.db").run(killed_after(None, calls), [])
        assert calls == []

    @pytest.mark.parametrize("config", [None, {}, {"experiment": {}}, {"experiment": {"sql": 3}}])
    def test_a_tracker_that_names_none_is_refused(self, config):
        class Tracker:
            def __repr__(self):
                return "<my tracker>"

        tracker = Tracker()
        tracker.config = config
        with pytest.raises(SettingsError, match="storage is <my tracker>; give 'sqlite:///"):
            search(tracker)

    def test_a_study_is_named_after_its_objective(self, tmp_path):
        def train(config):
            return config.lr

        def other(config):
            return -config.lr

        storage = f"sqlite:///{tmp_path}/s.db"
        one = search(storage, study_name=None).run(train, [])
        two = search(storage, study_name=None).run(other, [])
        assert one.metric > 0 > two.metric

    def test_nothing_is_written_before_the_search_runs(self, tmp_path):
        search(f"sqlite:///{tmp_path}/s.db")
        assert list(tmp_path.iterdir()) == []


class TestWhatCannotGoOn:
    def test_another_space_under_the_same_name(self, tmp_path):
        storage = f"sqlite:///{tmp_path}/s.db"
        search(storage).run(killed_after(None), [])
        spaces = {**SPACES, "lr": {"param_type": "FLOAT", "param_range": (1e-5, 1)}}
        with pytest.raises(StudyMismatchError, match="study 's' was begun with space=") as caught:
            search(storage, spaces).run(killed_after(None), [])
        message = str(caught.value)
        assert message.endswith("give the same, or another study_name or storage")
        assert "\n" not in message

    def test_a_generator_in_place_of_a_function(self, tmp_path):
        def train(config):
            while True:
                yield config.lr

        storage = f"sqlite:///{tmp_path}/s.db"
        search(storage).run(killed_after(None), [])
        with pytest.raises(StudyMismatchError, match="continues=false, this search has true"):
            search(storage).run(train, [])

    def test_a_long_difference_is_cut(self, tmp_path):
        storage = f"sqlite:///{tmp_path}/s.db"
        many = {f"x{i}": {"param_type": "FLOAT", "param_range": (0, 1)} for i in range(50)}
        search(storage, many).run(lambda config: 1.0, [])
        with pytest.raises(StudyMismatchError) as caught:
            search(storage).run(lambda config: 1.0, [])
        assert len(str(caught.value)) < 700

    def test_a_log_that_other_code_has_written(self, tmp_path):
        storage = f"sqlite:///{tmp_path}/s.db"
        search(storage).run(killed_after(None), [])
        with sqlite3.connect(str(tmp_path / "s.db")) as db:
            db.execute("UPDATE ato_event SET body = replace(body, '\"lr\": ', '\"lr\": 9')")
        with pytest.raises(StudyMismatchError, match="it was made by another version or other"):
            search(storage).run(killed_after(None), [])

    def test_a_database_that_cannot_be_written(self, tmp_path):
        def train(config):
            if config.trial.number == 2:
                with sqlite3.connect(str(tmp_path / "s.db")) as db:
                    db.execute("DROP TABLE ato_event")
            return config.lr

        with pytest.raises(SearchError, match=r"s\.db' cannot be written: no such table"):
            search(f"sqlite:///{tmp_path}/s.db").run(train, [])

    @pytest.mark.parametrize("fields", [{"halving_rate": 0.5}, {"min_resource": 3}])
    def test_another_schedule_under_the_same_name(self, tmp_path, fields):
        storage = f"sqlite:///{tmp_path}/s.db"
        search(storage).run(killed_after(None), [])
        with pytest.raises(StudyMismatchError, match=f"begun with {next(iter(fields))}="):
            search(storage, **fields).run(killed_after(None), [])
