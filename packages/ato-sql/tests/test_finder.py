"""Questions about runs."""

import math
import threading

import pytest

from ato_adict import ADict
from ato_sql import NotFound, NotFoundError, SQLFinder, SQLLogger


@pytest.fixture
def trials(config, logger):
    """Three runs: learning rates 0.1, 0.01, 0.001, accuracies 0.5, 0.9, 0.7."""
    runs = []
    for lr, accuracy in ((0.1, 0.5), (0.01, 0.9), (0.001, 0.7)):
        trial = config.clone()
        trial.lr = lr
        trial.name = f"trial-{lr}"
        with logger.start(tags=["sweep", f"lr{lr}"], config=trial) as run:
            run.log_metric("acc", accuracy, 0)
            run.log_metric("acc", 0.6, 1)
        runs.append(run)
    return [run.id for run in runs]


class TestFinding:
    def test_unknown_things_are_none_or_empty(self, finder):
        assert finder.find_project("nope") is None
        assert finder.find_run(99) is None
        assert finder.get_runs_in_project("nope") == []
        assert finder.find_similar_runs(99) == []
        assert finder.find_similar_runs_by_trace(99, "train") == []

    def test_a_run_is_found_by_id_and_by_uuid(self, finder, trials):
        run = finder.find_run(trials[0])
        assert finder.find_run(run.uuid).id == run.id

    def test_runs_come_in_the_order_they_started(self, finder, trials):
        assert [run.id for run in finder.get_runs_in_project("digits")] == trials

    def test_objects_are_read_after_the_session_is_closed_and_in_other_threads(
        self, finder, trials
    ):
        run = finder.find_run(trials[0])
        finder.close()
        seen = []
        thread = threading.Thread(
            target=lambda: seen.extend([run.config["lr"], run.project.name, len(run.metrics)])
        )
        thread.start()
        thread.join()
        assert seen == [0.1, "digits", 2]
        assert run.metrics[0].run.id == run.id

    def test_similar_runs_have_the_same_keys_and_types(self, config, finder, trials):
        other = config.clone()
        other.another = 1
        SQLLogger(other).run()
        assert [run.id for run in finder.find_similar_runs(trials[0])] == trials[1:]


class TestBest:
    def test_the_best_value_counts(self, finder, trials):
        assert finder.find_best_run("digits", "acc").id == trials[1]
        assert finder.find_best_run("digits", "acc", mode="min").id == trials[0]

    def test_of_equals_the_first(self, finder, trials):
        assert finder.find_best_run("digits", "acc", at="last").id == trials[0]

    def test_nan_and_infinity_never_win(self, finder, trials, logger):
        for value in (math.nan, math.inf, -math.inf):
            with logger.start() as run:
                run.log_metric("acc", value, 0)
        assert finder.find_best_run("digits", "acc").id == trials[1]
        assert finder.find_best_run("digits", "acc", mode="min").id == trials[0]

    def test_nothing_is_a_false_result_that_reads_like_the_old_one(self, finder, trials):
        nothing = finder.find_best_run("digits", "accuracy")
        assert isinstance(nothing, NotFound)
        assert not nothing
        assert nothing == {"error": "Run not found"}
        assert finder.find_best_run("nope", "acc") == {"error": "Project not found"}

    def test_an_unknown_mode_is_an_error(self, finder):
        with pytest.raises(NotFoundError, match="'max' or 'min', not 'maximum'"):
            finder.find_best_run("digits", "acc", mode="maximum")


class TestTraces:
    @pytest.fixture
    def versions(self, logger):
        class Print(str):
            source = "def train(): ..."

        ids = []
        for static, runtime in (("a", "1"), ("b", "1"), ("a", "2")):
            prints = {"static": {"train": Print(static)}, "runtime": {"predict": runtime}}
            ids.append(logger.run(fingerprints=prints))
            logger.finish()
        return ids

    def test_runs_of_the_same_code_are_similar(self, finder, versions):
        first, second, third = versions
        assert [r.id for r in finder.find_similar_runs_by_trace(first, "train")] == [third]
        same_output = finder.find_similar_runs_by_trace(first, "predict", "runtime")
        assert [r.id for r in same_output] == [second]

    def test_versions_are_counted(self, finder, versions):
        assert finder.get_trace_statistics("digits", "train") == {
            "project_name": "digits",
            "trace_id": "train",
            "static_trace_versions": 2,
            "runtime_trace_versions": 0,
        }
        assert finder.get_trace_statistics("nope", "train") == {"error": "Project not found"}

    def test_the_history_of_a_function_names_the_runs_of_each_version(self, finder, versions):
        first, second, third = versions
        history = finder.history("train")
        assert [(v.fingerprint, v.runs) for v in history] == [
            ("a", [first, third]),
            ("b", [second]),
        ]
        assert history[0].source == "def train(): ..."

    def test_an_unknown_trace_suggests_a_known_one(self, finder, versions):
        with pytest.raises(NotFoundError, match="'trian'; did you mean 'train'"):
            finder.history("trian")


class TestSearch:
    def ids(self, finder, *arguments, **options):
        return [run.id for run in finder.search(*arguments, **options)]

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ({"config.lr": 0.01}, [1]),
            ({"config.lr": ("<", 0.05)}, [1, 2]),
            ({"config.lr": [(">", 0.001), ("<=", 0.1)]}, [0, 1]),
            ({"config.lr": ("in", [0.1, 0.001])}, [0, 2]),
            ({"config.lr": ("not in", [0.1])}, [1, 2]),
            ({"config.lr": ("!=", 0.1)}, [1, 2]),
            ({"config.model.name": "mlp"}, [0, 1, 2]),
            ({"config.model.layers": [64, 32]}, [0, 1, 2]),
            ({"config.name": ("contains", "0.01")}, [1]),
            ({"config.name": ("contains", "TRIAL")}, []),
            ({"config.nothing": ("exists", False)}, [0, 1, 2]),
            ({"metric.acc.max": (">", 0.6)}, [1, 2]),
            ({"metric.acc": 0.6}, [0, 1, 2]),
            ({"metric.acc.count": (">=", 3)}, []),
            ({"config.lr": ("<", 0.05), "metric.acc.max": ("<", 0.8)}, [2]),
            ({"status": "completed", "project": "digits"}, [0, 1, 2]),
            ({"parent_uuid": None}, [0, 1, 2]),
            ({"config.lr' OR 1=1 --": 0.1}, []),
        ],
    )
    def test_conditions(self, finder, trials, where, expected):
        assert self.ids(finder, where) == [trials[i] for i in expected]
        assert finder.count(where) == len(expected)

    def test_order(self, finder, trials):
        first, second, third = trials
        assert self.ids(finder, order_by="config.lr") == [third, second, first]
        assert self.ids(finder, order_by="-metric.acc.max") == [second, third, first]

    def test_runs_without_the_value_come_last(self, finder, trials, logger):
        bare = logger.run()
        assert self.ids(finder, order_by="metric.acc.max")[-1] == bare
        assert self.ids(finder, order_by="-metric.acc.max")[-1] == bare

    def test_all_tags_must_be_there(self, finder, trials):
        assert self.ids(finder, tags=["sweep", "lr0.1"]) == trials[:1]
        assert self.ids(finder, tags=["swee"]) == []

    def test_pages(self, finder, trials):
        assert self.ids(finder, limit=2) == trials[:2]
        assert self.ids(finder, limit=2, offset=2) == trials[2:]

    def test_true_is_not_one(self, config, finder):
        config.flag = True
        run_id = SQLLogger(config).run()
        assert self.ids(finder, {"config.flag": True}) == [run_id]
        assert self.ids(finder, {"config.flag": 1}) == []

    def test_an_unknown_field_suggests_a_known_one(self, finder):
        with pytest.raises(NotFoundError, match="'staus'; did you mean 'status'"):
            finder.search({"staus": "failed"})

    def test_an_unknown_operator_names_the_known(self, finder):
        with pytest.raises(NotFoundError, match="unknown operator '=<'"):
            finder.search({"config.lr": ("=<", 1)})


class TestMetrics:
    def test_thinning_keeps_every_spike(self, finder, logger):
        run_id = logger.run()
        for step in range(10_000):
            logger.log_metric("loss", 100.0 if step == 4321 else -7.0 if step == 77 else 0.0, step)
        thin = finder.get_metrics(run_id, "loss", max_points=100)
        assert len(thin) <= 100
        assert {(4321, 100.0), (77, -7.0)} <= {(p.step, p.value) for p in thin}
        assert [p.step for p in thin] == sorted(p.step for p in thin)

    def test_an_unknown_metric_suggests_a_known_one(self, finder, trials):
        with pytest.raises(NotFoundError, match="no metric 'ac'; did you mean 'acc'"):
            finder.get_metrics(trials[0], "ac")
        with pytest.raises(NotFoundError, match="no run 99"):
            finder.get_metrics(99, "acc")


class TestCompare:
    def test_config_code_outputs_and_metrics(self, config, finder):
        class Print(str):
            source = ""

        old, new = Print("1" * 64), Print("2" * 64)
        old.source, new.source = "def f():\n    return 1\n", "def f():\n    return 2\n"
        a, b = config.clone(), config.clone()
        b.lr, b.extra = 0.2, True
        ids = []
        for each, code, accuracy in ((a, old, 0.5), (b, new, 0.75)):
            logger = SQLLogger(each)
            run = logger.start(fingerprints={"static": {"f": code}, "runtime": {"o": code}})
            run.log_metric("acc", accuracy, 0)
            run.finish()
            ids.append(run.id)
        found = finder.compare(*ids)
        assert found.config["lr"] == (0.1, 0.2)
        assert "a" not in found.to_dict()["config"]["extra"]
        assert "-    return 1\n+    return 2" in found.code["f"].diff
        assert list(found.outputs) == ["o"]
        assert found.metrics["acc"].delta == 0.25

    def test_a_run_does_not_differ_from_itself(self, finder, trials):
        found = finder.compare(trials[0], trials[0])
        assert [found.config, found.code, found.outputs, found.environment] == [{}] * 4

    def test_an_unknown_run_is_an_error(self, finder, trials):
        with pytest.raises(NotFoundError, match="no run 99"):
            finder.compare(trials[0], 99)


class TestConfigs:
    def test_what_json_cannot_hold_is_kept_by_repr_with_a_mark(self, config, finder):
        class Device:
            def __repr__(self):
                return "device('cuda')"

        config.device = Device()
        config.limits = [math.inf, (1, 2), {3}]
        loop = []
        loop.append(loop)
        run_id = SQLLogger({**config, "loop": loop, "broken": Unprintable()}).run()
        stored = finder.find_run(run_id).config
        assert stored["device"]["value"] == "device('cuda')"
        assert stored["device"]["__ato__"] == "repr"
        assert "repr failed" in stored["broken"]["value"]
        assert finder.get_config(run_id).limits[0] == math.inf
        assert finder.get_config(run_id).limits[1] == [1, 2]


class Unprintable:
    def __repr__(self):
        raise RuntimeError("no")


def test_a_data_frame_has_a_row_for_each_run(finder, trials):
    pytest.importorskip("pandas")
    frame = finder.to_dataframe("digits")
    assert list(frame.index) == trials
    assert list(frame["config.lr"]) == [0.1, 0.01, 0.001]
    assert list(frame["metric.acc.max"]) == [0.6, 0.9, 0.7]


def test_a_finder_needs_no_project(tmp_path):
    config = ADict(experiment=ADict(sql=ADict(db_path=tmp_path / "runs.sqlite")))
    assert SQLFinder(config).get_projects() == []
