"""What a search says on stderr: its plan, its seed, how far it is, and nothing where not wanted."""

import builtins
import re
import sys

import pytest

from ato_hyperband import HyperBand

LR = {"lr": {"param_type": "FLOAT", "param_range": (1e-5, 1e-1), "space_type": "LOG"}}


def search(**options):
    options = {"resource": "epochs", "max_resource": 9, "sampler": "random", "seed": 0, **options}
    return HyperBand(None, LR, **options)


def said(capsys, objective=lambda config: config.lr, **options):
    search(**options).run(objective, [])
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


class TestThePlan:
    def test_a_line_per_bracket_then_what_all_cost_and_the_seed(self, capsys):
        assert said(capsys) == [
            "search: bracket s=2: 9@1 → 3@3 → 1@9",
            "search: bracket s=1: 5@3 → 1@9",
            "search: bracket s=0: 3@9",
            "search: configurations@epochs per rung; 78 epochs for all brackets",
            "search: seed 0",
        ]

    def test_a_generator_costs_less_because_it_goes_on(self, capsys):
        def train(config):
            while True:
                yield config.lr

        text = "search: configurations@epochs per rung; 69 epochs for all brackets"
        assert text in said(capsys, train)

    @pytest.mark.parametrize(
        ("budget", "text"),
        [
            ({"max_trials": 20}, "20 trials"),
            ({"max_total_resource": 90}, "90 epochs"),
            ({"max_trials": 20, "max_total_resource": 90}, "20 trials or 90 epochs"),
        ],
    )
    def test_a_budget_is_told(self, capsys, budget, text):
        assert f"search: repeated until {text} are used" in said(capsys, **budget)

    def test_brackets_that_adapt_are_told(self, capsys):
        lines = said(capsys, brackets="adaptive", max_trials=20)
        assert "search: after the first time, the bracket that finds the best" in lines

    def test_a_grid_has_generations(self, capsys):
        spaces = {"n": {"param_type": "INTEGER", "param_range": (1, 20)}}
        HyperBand(None, spaces, 0.3, 3, seed=0).run(lambda config: config.n, [])
        first = capsys.readouterr().err.splitlines()[0]
        assert first == "search: generations of 20 → 6 configurations"

    def test_a_seed_that_was_drawn_is_told_too(self, capsys):
        result = search(seed=None).run(lambda config: config.lr, [])
        assert f"search: seed {result.seed}" in capsys.readouterr().err.splitlines()

    def test_a_resumed_search_says_what_it_took_from_the_storage(self, capsys, tmp_path):
        options = {"storage": f"sqlite:///{tmp_path}/s.db", "study_name": "s"}
        assert not any("resumed" in line for line in said(capsys, **options))
        again = said(capsys, **options)
        assert "search: resumed: 22 evaluations are taken from the storage" in again


def without_tqdm(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.split(".")[0] == "tqdm":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)


class Terminal:
    """A stderr that says it is a terminal."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def isatty(self):
        return True


class TestTheLine:
    """Without tqdm: one line, rewritten."""

    @pytest.fixture(autouse=True)
    def plain(self, monkeypatch):
        without_tqdm(monkeypatch)

    def shown(self, capsys, **options):
        search(progress=True, **options).run(lambda config: 0.25, [])
        err = capsys.readouterr().err
        return [line for line in re.split("[\r\n]", err) if line.endswith("\033[K")], err

    def test_it_tells_trials_rung_and_the_best(self, capsys):
        (first, *_), err = self.shown(capsys)
        assert first == "search: 1 trials, rung 0 (1), best 0.25\033[K"
        assert err.endswith("\n")

    def test_it_tells_what_is_left_of_the_budget(self, capsys):
        (first, *_), _ = self.shown(capsys, max_total_resource=90)
        assert first == "search: 1 trials, rung 0 (1), best 0.25, 89 epochs left\033[K"

    def test_before_a_trial_succeeds_there_is_no_best(self, capsys):
        def train(config):
            if config.trial.number == 0:
                raise RuntimeError("on purpose")
            return 1.0

        search(progress=True).run(train, [])
        assert "\rsearch: 1 trials, rung 0 (1)\033[K" in capsys.readouterr().err

    @pytest.mark.parametrize(("progress", "shows"), [(None, True), (True, True), (False, False)])
    def test_on_a_terminal_it_is_shown_unless_refused(self, monkeypatch, progress, shows):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        search(progress=progress).run(lambda config: 0.25, [])
        assert ("best 0.25" in terminal.text) == shows
        assert "search: seed 0" in terminal.text

    def test_elsewhere_it_is_shown_only_when_wanted(self, capsys):
        search().run(lambda config: 0.25, [])
        assert "best" not in capsys.readouterr().err


class FakeBar:
    made = []

    def __init__(self, total, unit, file, dynamic_ncols):
        self.total, self.unit, self.n, self.facts, self.closed = total, unit, 0, [], False
        FakeBar.made.append(self)

    def set_postfix_str(self, text, refresh):
        self.facts.append(text)

    def update(self, n):
        self.n += n

    def close(self):
        self.closed = True


class TestTheBar:
    """With tqdm: a bar over the resource."""

    @pytest.fixture
    def bar(self, monkeypatch):
        module = type(sys)("tqdm")
        module.tqdm = FakeBar
        monkeypatch.setitem(sys.modules, "tqdm", module)
        monkeypatch.setattr(FakeBar, "made", [])

        def bar(objective, **options):
            search(progress=True, **options).run(objective, [])
            (made,) = FakeBar.made
            return made

        return bar

    def test_it_counts_the_resource_to_the_end_and_is_closed(self, bar):
        made = bar(lambda config: config.lr, max_total_resource=78)
        assert (made.total, made.n, made.unit, made.closed) == (78, 78, " epochs", True)

    def test_without_a_budget_the_total_is_unknown(self, bar):
        made = bar(lambda config: config.lr)
        assert (made.total, made.n) == (None, 78)

    @pytest.mark.parametrize(("mode", "best"), [("max", 8), ("min", 0)])
    def test_the_best_is_that_of_the_mode(self, bar, mode, best):
        made = bar(lambda config: config.trial.number, mode=mode, max_trials=9)
        assert made.facts[-1].split(", ")[2] == f"best {best}"

    def test_the_last_best_is_that_of_the_result(self, bar):
        results = []

        def train(config):  # better the less it was trained
            results.append((config.epochs, config.lr / config.epochs))
            return results[-1][1]

        made = bar(train, mode="max")
        metric = max(metric for epochs, metric in results if epochs == 9)
        assert made.facts[-1].split(", ")[2] == f"best {metric:.6g}"

    def test_it_is_closed_when_the_search_is_interrupted(self, bar):
        def train(config):
            if config.trial.number == 3:
                raise KeyboardInterrupt
            return 1.0

        with pytest.raises(KeyboardInterrupt):
            bar(train)
        assert FakeBar.made[0].closed

    def test_the_real_one_is_drawn(self, capsys):
        pytest.importorskip("tqdm")
        search(progress=True, max_total_resource=78).run(lambda config: 0.25, [])
        err = capsys.readouterr().err
        assert "best 0.25" in err
        assert "78/78" in err
