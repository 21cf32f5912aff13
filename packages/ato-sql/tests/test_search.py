"""Which runs a search finds, by each kind of field."""

import datetime as dt
import math
import operator

import pytest

from ato_adict import UserError
from ato_sql import SQLFinder, SQLLogger


def ids(finder, *arguments, **options):
    return [run.id for run in finder.search(*arguments, **options)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, [0, 1, 2]),
        (None, [0, 1, 2]),
        ({"config.lr": 0.01}, [1]),
        ({"config.lr": ("=", 0.01)}, [1]),
        ({"config.lr": ("<", 0.05)}, [1, 2]),
        ({"config.lr": ("<=", 0.01)}, [1, 2]),
        ({"config.lr": (">=", 0.01)}, [0, 1]),
        ({"config.lr": [(">", 0.001), ("<=", 0.1)]}, [0, 1]),
        ({"config.lr": ("in", [0.1, 0.001])}, [0, 2]),
        ({"config.lr": ("in", [])}, []),
        ({"config.lr": ("not in", [0.1])}, [1, 2]),
        ({"config.lr": ("not in", [])}, [0, 1, 2]),
        ({"config.lr": ("!=", 0.1)}, [1, 2]),
        ({"config.lr": ("exists", True)}, [0, 1, 2]),
        ({"config.model.name": "mlp"}, [0, 1, 2]),
        ({"config.model.name": ("<", "n")}, [0, 1, 2]),
        ({"config.model.name": (">", "n")}, []),
        ({"config.model.layers": [64, 32]}, [0, 1, 2]),
        ({"config.name": ("contains", "0.01")}, [1]),
        ({"config.name": ("contains", "TRIAL")}, []),
        ({"config.name": ("contains", '"')}, []),
        ({"config.nothing": ("exists", False)}, [0, 1, 2]),
        ({"metric.acc.max": (">", 0.6)}, [1, 2]),
        ({"metric.acc.min": ("<", 0.6)}, [0]),
        ({"metric.acc.last": 0.6}, [0, 1, 2]),
        ({"metric.acc": 0.6}, [0, 1, 2]),
        ({"metric.acc": ("in", [0.5, 0.6])}, [0, 1, 2]),
        ({"metric.acc": ("not in", [0.6])}, []),
        ({"metric.acc.count": (">=", 3)}, []),
        ({"metric.acc.count": 2}, [0, 1, 2]),
        ({"metric.acc.max_step": 1}, [0]),
        ({"metric.acc.min_step": 0}, [0]),
        ({"metric.acc": ("exists", True)}, [0, 1, 2]),
        ({"config.lr": ("<", 0.05), "metric.acc.max": ("<", 0.8)}, [2]),
        ({"status": "completed", "project": "digits"}, [0, 1, 2]),
        ({"status": ("in", ["completed", "failed"])}, [0, 1, 2]),
        ({"status": ("!=", "completed")}, []),
        ({"project": ("contains", "igit")}, [0, 1, 2]),
        ({"project": ("in", ["other"])}, []),
        ({"parent_uuid": None}, [0, 1, 2]),
        ({"parent_uuid": ("!=", None)}, []),
        ({"parent_uuid": ("exists", True)}, []),
        ({"error": ("exists", False)}, [0, 1, 2]),
    ],
)
def test_conditions(finder, trials, where, expected):
    assert ids(finder, where) == [trials[i] for i in expected]
    assert finder.count(where) == len(expected)


def test_a_field_cannot_smuggle_sql(finder, trials):
    for field in ("config.lr' OR 1=1 --", "metric.acc' OR 1=1 --"):
        assert ids(finder, {field: ("exists", True)}) == []
    assert ids(finder, {"project": "x' OR '1'='1"}) == []
    assert ids(finder, tags=["x' OR '1'='1"]) == []


class TestRunsThemselves:
    def test_by_id_and_uuid(self, finder, trials):
        uuid = finder.get_run(trials[1]).uuid
        assert ids(finder, {"uuid": uuid}) == [trials[1]]
        assert ids(finder, {"id": (">", trials[0])}) == trials[1:]

    def test_by_the_moment_they_started(self, finder, trials):
        second = finder.get_run(trials[1]).start_time
        assert ids(finder, {"start_time": ("<", second)}) == trials[:1]
        assert ids(finder, {"start_time": ("<=", second)}) == trials[:2]
        assert ids(finder, {"start_time": ("in", [second])}) == [trials[1]]

    def test_a_moment_of_another_zone_is_the_same_moment(self, finder, trials):
        zone = dt.timezone(dt.timedelta(hours=9))
        second = finder.get_run(trials[1]).start_time.astimezone(zone)
        assert ids(finder, {"start_time": second}) == [trials[1]]

    def test_a_moment_without_zone_is_utc(self, finder, trials):
        second = finder.get_run(trials[1]).start_time.replace(tzinfo=None)
        assert ids(finder, {"start_time": second}) == [trials[1]]

    def test_by_parent(self, finder, logger):
        parent = logger.start()
        child = logger.start(parent=parent)
        assert ids(finder, {"parent_uuid": parent.uuid}) == [child.id]

    def test_by_what_went_wrong(self, finder, logger):
        with pytest.raises(ValueError), logger.start() as run:
            raise ValueError("diverged at step 7")
        logger.start().finish()
        assert ids(finder, {"error": ("contains", "diverged")}) == [run.id]

    def test_by_a_status_of_ones_own(self, finder, logger):
        run = logger.start()
        run.finish("pruned")
        logger.start().finish()
        assert ids(finder, {"status": "pruned"}) == [run.id]

    @pytest.mark.parametrize(
        "where", ["name=calm-owl", "run_name=calm-owl", "name:OWL", "calm-owl"]
    )
    def test_by_name(self, finder, logger, where):
        for name in ("calm-owl", "calm-fox"):
            logger.start(name=name).finish()
        assert [run.name for run in finder.search(where)] == ["calm-owl"]

    def test_by_name_in_order(self, finder, logger):
        for name in ("b", "c", "a"):
            logger.start(name=name).finish()
        assert [run.name for run in finder.search(order_by="name")] == ["a", "b", "c"]

    def test_a_config_key_called_name_goes_before_the_name_of_a_run(self, finder, trials):
        assert ids(finder, {"name": "trial-0.1"}) == trials[:1]
        named = finder.get_run(trials[1]).name
        assert ids(finder, {"run_name": named}) == [trials[1]]

    def test_by_process_and_folder(self, finder, trials):
        run = finder.get_run(trials[0])
        where = {"pid": run.pid, "host": run.host, "directory": run.directory}
        assert ids(finder, where) == trials


class TestConfigs:
    @pytest.fixture
    def run_of(self, logger):
        def run_of(**config):
            with logger.start(config=config) as run:
                pass
            return run.id

        return run_of

    def test_true_is_not_one(self, run_of, finder):
        run_id = run_of(flag=True)
        assert ids(finder, {"config.flag": True}) == [run_id]
        assert ids(finder, {"config.flag": 1}) == []

    def test_one_and_one_point_zero_are_equal(self, run_of, finder):
        found = [run_of(n=1), run_of(n=1.0)]
        assert ids(finder, {"config.n": 1}) == found
        assert ids(finder, {"config.n": 1.0}) == found

    def test_a_number_is_not_its_text(self, run_of, finder):
        number, text = run_of(n=5), run_of(n="5")
        assert ids(finder, {"config.n": 5}) == [number]
        assert ids(finder, {"config.n": "5"}) == [text]
        assert ids(finder, {"config.n": (">", 4)}) == [number]
        assert ids(finder, {"config.n": (">", "4")}) == [text]

    def test_none_is_a_value_and_not_the_lack_of_one(self, run_of, finder):
        none, _ = run_of(x=None), run_of(y=1)
        assert ids(finder, {"config.x": None}) == [none]
        assert ids(finder, {"config.x": ("exists", True)}) == [none]

    def test_nan_and_infinity_are_found_by_equality(self, run_of, finder):
        nan, inf = run_of(x=float("nan")), run_of(x=float("inf"))
        assert ids(finder, {"config.x": float("nan")}) == [nan]
        assert ids(finder, {"config.x": float("inf")}) == [inf]
        assert ids(finder, {"config.x": (">", 0)}) == [inf]

    def test_an_empty_mapping_and_an_empty_list_are_values(self, run_of, finder):
        mapping, empty = run_of(x={}), run_of(x=[])
        assert ids(finder, {"config.x": {}}) == [mapping]
        assert ids(finder, {"config.x": []}) == [empty]

    def test_a_tuple_is_found_as_the_list_that_it_is_stored_as(self, run_of, finder):
        run_id = run_of(betas=(0.9, 0.99))
        assert ids(finder, {"config.betas": [0.9, 0.99]}) == [run_id]

    def test_long_texts_are_told_apart_by_their_ends(self, run_of, finder):
        first, second = run_of(text="x" * 1000 + "a"), run_of(text="x" * 1000 + "b")
        assert ids(finder, {"config.text": "x" * 1000 + "a"}) == [first]
        assert ids(finder, {"config.text": "x" * 1000 + "b"}) == [second]

    def test_long_keys_are_found(self, run_of, finder):
        key = "k" * 400
        run_id = run_of(**{key: 1, key + "x": 2})
        assert ids(finder, {f"config.{key}": 1}) == [run_id]
        assert ids(finder, {f"config.{key}": 2}) == []

    @pytest.mark.parametrize("text", ["naïve 日本 🙂", 'say "hi"', "back\\slash", "a\nb", "50%_x"])
    def test_text_of_any_letters_is_found_whole_and_in_part(self, run_of, finder, text):
        run_id, _ = run_of(name=f"<{text}>"), run_of(name="other")
        assert ids(finder, {"config.name": f"<{text}>"}) == [run_id]
        assert ids(finder, {"config.name": ("contains", text)}) == [run_id]

    def test_integers_too_large_for_a_float_are_found_by_equality(self, run_of, finder):
        run_id = run_of(n=10**400)
        assert ids(finder, {"config.n": 10**400}) == [run_id]

    def test_a_text_stands_before_the_longer_ones_that_begin_with_it(self, run_of, finder):
        run_id = run_of(name="cnn")
        assert ids(finder, {"config.name": ("<", "cnn 2")}) == [run_id]

    def test_letters_beyond_ascii_stand_after_it(self, run_of, finder):
        run_id = run_of(name="é")
        assert ids(finder, {"config.name": (">", "z")}) == [run_id]


class TestMetrics:
    def test_a_dot_in_a_metric_name_is_no_statistic(self, logger, finder):
        with logger.start() as run:
            run.log_metric("val.acc", 0.5, 0)
            run.log_metric("val.max", 0.7, 0)
        assert ids(finder, {"metric.val.acc": 0.5}) == [run.id]
        assert ids(finder, {"metric.val.acc.max": 0.5}) == [run.id]
        assert ids(finder, {"metric.val.max.last": 0.7}) == [run.id]

    def test_nan_is_neither_above_nor_below(self, logger, finder):
        with logger.start() as run:
            run.log_metric("loss", float("nan"), 0)
        assert (
            ids(finder, {"metric.loss": (">", 0)}) == ids(finder, {"metric.loss": ("<", 0)}) == []
        )
        assert ids(finder, {"metric.loss": ("exists", True)}) == [run.id]
        assert ids(finder, {"metric.loss.count": 1}) == [run.id]

    def test_a_run_without_the_metric_meets_no_condition_on_it(self, logger, finder):
        logger.start().finish()
        assert ids(finder, {"metric.loss": ("!=", 1)}) == []
        assert finder.count({"metric.loss": ("exists", False)}) == 1


class TestTracesAndTags:
    def test_by_a_fingerprint(self, logger, finder):
        with logger.start(fingerprints={"train": "abc"}) as first:
            pass
        with logger.start(fingerprints={"train": "abd"}) as second:
            pass
        with logger.start() as bare:
            pass
        assert ids(finder, {"fingerprint.train": "abc"}) == [first.id]
        assert ids(finder, {"fingerprint.train": ("in", ["abd"])}) == [second.id]
        assert ids(finder, {"fingerprint.train": ("contains", "ab")}) == [first.id, second.id]
        assert ids(finder, {"fingerprint.train": ("exists", False)}) == [bare.id]

    def test_all_tags_must_be_there(self, finder, trials):
        assert ids(finder, tags=["sweep", "lr0.1"]) == trials[:1]
        assert ids(finder, tags=["lr0.1", "lr0.01"]) == []
        assert finder.count(tags=["sweep"]) == 3

    def test_a_tag_is_found_whole_only(self, finder, trials):
        assert ids(finder, tags=["swee"]) == []
        assert ids(finder, tags=["Sweep"]) == []
        with pytest.raises(UserError, match=r"tags are a list of texts; write \['sweep'\]"):
            finder.search(tags="sweep")

    @pytest.mark.parametrize("tag", ['"', "a,b", "日本", "%", "[]", "x'y", "", " "])
    def test_a_tag_may_be_any_text(self, logger, finder, tag):
        with logger.start(tags=[tag]) as run:
            pass
        with logger.start(tags=["other"]):
            pass
        assert ids(finder, tags=[tag]) == [run.id]


def test_only_one_project(config, open_logger, finder, trials):
    config.experiment.project_name = "other"
    with open_logger(config).start(tags=["sweep"]) as run:
        pass
    assert ids(finder, project_name="other") == [run.id]
    assert ids(finder, {"status": "completed"}, project_name="digits", tags=["sweep"]) == trials
    assert finder.count(project_name="nope") == 0


class TestMistakes:
    def test_an_unknown_field_suggests_a_known_one(self, finder, trials):
        with pytest.raises(UserError, match="'staus'; did you mean 'status'"):
            finder.search({"staus": "failed"})

    @pytest.mark.parametrize(
        "field", ["config", "config.", "metric", "metric.", "fingerprint.", ""]
    )
    def test_a_field_without_its_name_is_refused(self, finder, trials, field):
        with pytest.raises(UserError):
            finder.search({field: 1})

    def test_an_unknown_operator_names_the_known(self, finder, trials):
        with pytest.raises(UserError, match="unknown operator '=<'"):
            finder.search({"config.lr": ("=<", 1)})

    def test_counting_refuses_what_searching_refuses(self, finder, trials):
        with pytest.raises(UserError, match="did you mean 'status'"):
            finder.count({"staus": "failed"})

    def test_an_unknown_order_is_refused(self, finder, trials):
        with pytest.raises(UserError, match="start"):
            finder.search(order_by="-start_tim")


NUMBERS = [math.inf, -math.inf, math.nan, 2**53, 2**53 + 1, 2**63, 1, 1.0, -(10**400), 10**400, -7]


class TestNumbersOfAnySize:
    @pytest.fixture(scope="class")
    def numbers(self, tmp_path_factory):
        path = str(tmp_path_factory.mktemp("numbers") / "runs.sqlite")
        experiment = {"project_name": "p", "sql": {"db_path": path}}
        logger = SQLLogger({"experiment": experiment})
        for number in NUMBERS:
            with logger.start(config={"x": number}) as run:
                run.log_metric("x", number, 0)
        logger.close()
        finder = SQLFinder({"experiment": experiment})
        yield finder
        finder.close()

    @pytest.mark.parametrize("field", ["config.x", "metric.x"])
    @pytest.mark.parametrize(
        ("sign", "holds"),
        [
            ("=", operator.eq),
            ("<", operator.lt),
            ("<=", operator.le),
            (">", operator.gt),
            (">=", operator.ge),
            ("!=", operator.ne),
        ],
    )
    def test_they_compare_as_in_python(self, numbers, field, sign, holds):
        for wanted in NUMBERS:
            if not isinstance(wanted, float) or not math.isnan(wanted):  # NaN is asked for with =
                expected = [i for i, n in enumerate(NUMBERS, 1) if holds(n, wanted)]
                assert ids(numbers, {field: (sign, wanted)}) == expected
                assert ids(numbers, f"{field}{sign}{wanted}") == expected

    @pytest.mark.parametrize("field", ["config.x", "metric.x"])
    def test_several_are_asked_for_at_once(self, numbers, field):
        assert ids(numbers, {field: ("in", [math.inf, math.nan, 2**53 + 1])}) == [1, 3, 5]
        assert ids(numbers, {field: ("not in", [1, -math.inf, 2**63])}) == [1, 3, 4, 5, 9, 10, 11]

    def test_they_are_ordered_as_in_python_with_nan_last(self, numbers):
        rising = [2, 9, 11, 7, 8, 4, 5, 6, 10, 1]
        assert ids(numbers, order_by="config.x") == [*rising, 3]
        falling = [1, 10, 6, 5, 4, 7, 8, 11, 9, 2]
        assert ids(numbers, order_by="-config.x") == [*falling, 3]
        assert ids(numbers, order_by="-metric.x")[-3:] == [9, 2, 3]
