"""Stored searches: killed anywhere, started again, the same in the end."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from ato_hyperband import HyperBand, SettingsError, StudyMismatchError

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


def hyperband(path, **options):
    options = {"resource": "epochs", "max_resource": 27, "seed": 0, **options}
    return HyperBand(None, LR, storage=f"sqlite:///{path}", **options)


def story(result):
    return [
        (t.number, t.params, [(e.rung, e.resource, e.outcome.metric) for e in t.evaluations])
        for t in result.trials
    ]


class Killed(BaseException):
    pass


def train_until(limit, calls):
    """An objective that is killed at its `limit`-th call."""

    def train(config):
        if len(calls) == limit:
            raise Killed
        calls.append((config.trial.number, config.trial.rung))
        return (config.lr * 7919) % 1 * config.epochs

    return train


@pytest.mark.parametrize("scheduler", ["sync", "async"])
@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_killed_search_goes_on_and_ends_as_if_it_had_not_been(tmp_path, scheduler, sampler):
    options = {"scheduler": scheduler, "sampler": sampler, "max_total_resource": 250}
    whole = []
    expected = hyperband(tmp_path / "whole.db", **options).run(train_until(None, whole), [])

    calls = []
    for limit in (0, 1, 20, 47, None):
        search = hyperband(tmp_path / "killed.db", study_name="s", **options)
        try:
            result = search.run(train_until(limit, calls), [])
        except Killed:
            continue
    assert calls == whole
    assert story(result) == story(expected)
    assert (result.metric, result.total_resource) == (expected.metric, expected.total_resource)


def test_a_finished_search_started_again_only_tells_its_result(tmp_path):
    first = hyperband(tmp_path / "s.db").run(train_until(None, []), [])
    calls = []
    again = hyperband(tmp_path / "s.db", study_name="train_until.<locals>.train").run(
        train_until(None, calls), []
    )
    assert calls == []
    assert story(again) == story(first)


def test_a_greater_budget_is_a_total(tmp_path):
    hyperband(tmp_path / "s.db", max_total_resource=100).run(train_until(None, []), [])
    calls = []
    result = hyperband(tmp_path / "s.db", max_total_resource=200).run(train_until(None, calls), [])
    assert 150 < result.total_resource <= 200
    assert len(set(calls)) == len(calls)
    assert len(calls) < sum(len(t.evaluations) for t in result.trials)


def test_a_seed_that_was_not_given_is_the_stored_one(tmp_path):
    first = hyperband(tmp_path / "s.db", seed=None).run(train_until(None, []), [])
    again = hyperband(tmp_path / "s.db", seed=None).run(train_until(None, []), [])
    assert again.seed == first.seed


def test_two_studies_share_a_file(tmp_path):
    one = hyperband(tmp_path / "s.db", study_name="one", seed=1).run(train_until(None, []), [])
    two = hyperband(tmp_path / "s.db", study_name="two", seed=2).run(train_until(None, []), [])
    assert story(one) != story(two)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, "seed=0, this search has 1"),
        ({"mode": "min"}, 'mode="max", this search has "min"'),
        ({"max_resource": 81}, "max_resource=27, this search has 81"),
        ({"sampler": "random"}, 'sampler="tpe", this search has "random"'),
    ],
)
def test_another_search_under_the_same_name_is_refused(tmp_path, change, named):
    hyperband(tmp_path / "s.db", study_name="s").run(train_until(None, []), [])
    with pytest.raises(StudyMismatchError, match=named):
        hyperband(tmp_path / "s.db", study_name="s", **change).run(train_until(None, []), [])


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, not a database" * 100)
    with pytest.raises(SettingsError, match=r"notes\.txt' cannot be used"):
        hyperband(path).run(train_until(None, []), [])
    assert path.read_text().startswith("these are my notes")


def test_a_search_begun_again_in_the_same_process_goes_on_without_the_first(tmp_path):
    def train(config):
        if config.trial.number == 3 and config.trial.rung == 0:
            inner.append(search().run(lambda c: c.lr, []))
        return config.lr

    def search():
        return hyperband(tmp_path / "s.db", study_name="s", max_trials=9)

    inner = []
    outer = search().run(train, [])
    assert [(t.params, t.metric) for t in outer.trials] == [
        (t.params, t.metric) for t in inner[0].trials
    ]


PROGRAM = """
import sys, time
from ato_hyperband import HyperBand

hyperband = HyperBand(
    None,
    {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}},
    resource="epochs", max_resource=27, max_total_resource=400, seed=5, sampler="tpe",
    storage=sys.argv[1], n_jobs=int(sys.argv[2]),
)

@hyperband.main
def train(config):
    with open(sys.argv[3], "a") as log:
        log.write(f"{config.trial.number} {config.trial.rung}\\n")
    time.sleep(0.002)
    return (config.lr * 7919) % 1 * config.epochs

if __name__ == "__main__":
    result = train([])
    print(result.metric, result.total_resource, [t.params["lr"] for t in result.trials])
"""


class TestKillNine:
    def run(self, tmp_path, name, n_jobs, kill_after=None):
        program = tmp_path / "program.py"
        program.write_text(PROGRAM)
        command = [sys.executable, str(program), f"sqlite:///{tmp_path}/{name}.db", str(n_jobs)]
        process = subprocess.Popen(
            [*command, str(tmp_path / f"{name}.log")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        if kill_after is not None:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=120)
        assert kill_after is not None or process.returncode == 0, err
        return out

    def check(self, tmp_path, kills, n_jobs, longest):
        expected = self.run(tmp_path, "whole", n_jobs)
        pick = random.Random(7)
        for _ in range(kills):
            self.run(tmp_path, "killed", n_jobs, kill_after=pick.uniform(0, longest))
        assert self.run(tmp_path, "killed", n_jobs) == expected
        self.no_trial_is_lost_or_doubled(tmp_path / "killed.db", tmp_path / "whole.db")

    def no_trial_is_lost_or_doubled(self, killed, whole):
        told = []
        for path in (killed, whole):
            with sqlite3.connect(str(path)) as db:
                query = "SELECT body FROM ato_event WHERE body LIKE '%told%' ORDER BY seq"
                events = [json.loads(body) for (body,) in db.execute(query)]
                told.append(sorted((e["trial"], e["rung"], e["outcome"][0]) for e in events))
        assert told[0] == told[1]
        assert len(told[0]) == len(set(told[0]))

    @pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
    def test_a_search_killed_three_times(self, tmp_path):
        self.check(tmp_path, kills=3, n_jobs=1, longest=0.9)

    @pytest.mark.slow
    @pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
    @pytest.mark.parametrize("n_jobs", [1, 2])
    def test_a_search_killed_at_twenty_random_moments(self, tmp_path, n_jobs):
        self.check(tmp_path, kills=20, n_jobs=n_jobs, longest=1.2)
