"""Wrong kinds, numbers and texts as arguments: one error of ato names them, on every database."""

import argparse
import collections
import dataclasses
import io
import types
import uuid

import pytest

from ato_adict import AtoError
from ato_sql import MetricError, NotFoundError, QuestionError, SQLFinder, SQLLogger
from ato_sql.reading import read_curve

BEYOND = [2**63, 10**30, 10**5000]


class TestLimits:
    """Of runs, of metrics and of points: each is judged alike."""

    ASKS = {
        "search": lambda finder, number: finder.search(limit=number),
        "nested_runs": lambda finder, number: finder.nested_runs(limit=number),
        "nested_runs in order": lambda finder, n: finder.nested_runs(limit=n, order_by="id"),
        "get_latest_metrics": lambda finder, number: finder.get_latest_metrics(1, limit=number),
        "offset": lambda finder, number: finder.search(offset=number),
        "max_points": lambda finder, number: finder.get_metrics(1, "acc", max_points=number),
    }

    @pytest.fixture(params=ASKS)
    def ask(self, request, finder, trials):
        return lambda number: self.ASKS[request.param](finder, number)

    @pytest.mark.parametrize("number", [-1, True, False, 2.0, "3", [1]])
    def test_what_is_no_number_from_0_on_is_refused(self, ask, number):
        with pytest.raises(QuestionError, match=r"must be a whole number from 0 on, not "):
            ask(number)

    @pytest.mark.parametrize("number", BEYOND, ids=["2**63", "10**30", "10**5000"])
    def test_what_no_database_has_a_place_for_is_refused(self, ask, number):
        with pytest.raises(QuestionError, match=r"must be below 2\*\*63, not "):
            ask(number)

    def test_the_greatest_that_fits_is_one(self, ask):
        ask(2**63 - 1)

    def test_a_number_of_numpy_is_one(self, finder, trials):
        numpy = pytest.importorskip("numpy")
        two = numpy.int64(2)
        assert [run.id for run in finder.search(limit=two)] == trials[:2]
        assert [run.id for run in finder.search(offset=two)] == trials[2:]
        assert len(finder.nested_runs(limit=two)) == 2
        assert len(finder.get_latest_metrics(trials[0], limit=two)) == 2

    def test_of_nested_runs_none_is_no_limit(self, finder, trials):
        assert [one.run.id for one in finder.nested_runs(limit=None)] == trials

    @pytest.mark.parametrize("after", ["x", None, 1.5, True])
    def test_metrics_go_on_after_a_whole_number(self, finder, trials, after):
        with pytest.raises(QuestionError, match="after must be a whole number, not "):
            finder.get_latest_metrics(trials[0], after=after)

    def test_metrics_after_a_number_below_0_are_all(self, finder, trials):
        assert len(finder.get_latest_metrics(trials[0], after=-1)) == 2


class TestNames:
    @pytest.mark.parametrize("name", [5, b"digits", ["digits"], object()])
    @pytest.mark.parametrize(
        "ask",
        [
            lambda finder, name: finder.find_project(name),
            lambda finder, name: finder.get_project(name),
            lambda finder, name: finder.get_runs_in_project(name),
            lambda finder, name: finder.find_best_run(name, "acc"),
            lambda finder, name: finder.search(project_name=name),
            lambda finder, name: finder.count(project_name=name),
            lambda finder, name: finder.nested_runs(project_name=name),
            lambda finder, name: finder.known_metrics(name),
            lambda finder, name: finder.get_trace_statistics(name, "f"),
            lambda finder, name: finder.history("f", project_name=name),
            lambda finder, name: finder.export_to(io.StringIO(), name),
        ],
    )
    def test_a_project_is_named_by_a_text(self, finder, trials, ask, name):
        with pytest.raises(QuestionError, match="a project is named by a text, not "):
            ask(finder, name)

    @pytest.mark.parametrize("key", [5, None, b"acc", ["acc"]])
    @pytest.mark.parametrize(
        "ask",
        [
            lambda finder, key: finder.get_metrics(1, key),
            lambda finder, key: finder.find_best_run("digits", key),
            lambda finder, key: finder.get_latest_metrics(1, keys=[key]),
        ],
    )
    def test_a_metric_is_named_by_a_text(self, finder, trials, ask, key):
        with pytest.raises(QuestionError, match="a metric is named by a text, not "):
            ask(finder, key)

    def test_so_is_an_axis(self, finder, trials):
        with pytest.raises(QuestionError, match="a metric is named by a text, not 5"):
            finder.get_metrics(trials[0], "acc", axis=5)

    @pytest.mark.parametrize("trace_id", [5, None, b"f"])
    @pytest.mark.parametrize(
        "ask",
        [
            lambda finder, trace_id: finder.history(trace_id),
            lambda finder, trace_id: finder.find_similar_runs_by_trace(1, trace_id),
            lambda finder, trace_id: finder.get_trace_statistics("digits", trace_id),
        ],
    )
    def test_a_trace_is_named_by_a_text(self, finder, trials, ask, trace_id):
        with pytest.raises(QuestionError, match="a trace is named by a text, not "):
            ask(finder, trace_id)

    @pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["NUL", "surrogate"])
    def test_a_text_that_no_database_keeps_names_nothing(self, finder, trials, text):
        assert finder.find_run(text) is None
        assert finder.find_project(text) is None
        assert finder.known_metrics(text) == []
        assert finder.get_fingerprint_source(text) is None
        assert finder.search({"host": text, "config.lr": ("contains", text)}) == []
        with pytest.raises(QuestionError, match="there is no "):
            finder.search(order_by=text)


class TestSeveral:
    @pytest.mark.parametrize("tags", [5, b"sweep", "sweep"])
    def test_tags_are_a_list(self, finder, trials, tags):
        for ask in (finder.search, finder.count, finder.nested_runs):
            with pytest.raises(QuestionError, match=r"tags are a list of texts; write \["):
                ask(tags=tags)

    def test_tags_of_bytes_start_no_run(self, finder, logger, trials):
        with pytest.raises(MetricError, match=r"tags must be a list of strings; write \[b'good'\]"):
            logger.start(tags=b"good")
        assert finder.count() == len(trials)

    def test_names_of_metrics_are_a_list_or_one_text(self, finder, trials):
        with pytest.raises(QuestionError, match=r"metrics are a list of names; write \[5\]"):
            finder.get_latest_metrics(trials[0], keys=5)

    @pytest.mark.parametrize("runs", [5, "last", b"1"])
    def test_runs_are_a_list(self, finder, trials, here, runs):
        for ask in (
            lambda: finder.get_summaries(runs),
            lambda: finder.export("runs.jsonl", run_ids=runs),
            lambda: finder.export_metrics("metrics.csv", run_ids=runs),
        ):
            with pytest.raises(QuestionError, match=r"runs are a list of ids.*; write \["):
                ask()

    def test_none_is_no_list_of_runs(self, finder, trials):
        with pytest.raises(QuestionError, match="runs are a list of ids, not None"):
            finder.get_summaries(None)

    def test_summaries_are_of_ids(self, finder, trials):
        with pytest.raises(NotFoundError, match="by ids of runs, not 'last'"):
            finder.get_summaries(["last"])
        assert finder.get_summaries([2**70]) == {2**70: {}}

    def test_an_id_of_numpy_has_its_summaries(self, finder, trials):
        numpy = pytest.importorskip("numpy")
        found = finder.get_summaries(numpy.array(trials[:2]))
        assert [found[run_id]["acc"].count for run_id in trials[:2]] == [2, 2]


class TestRuns:
    def test_a_run_is_no_fraction(self, finder, trials):
        with pytest.raises(NotFoundError, match="a run is named by its id or UUID, not 1.5"):
            finder.get_run(trials[0] + 0.5)
        assert finder.get_run(float(trials[0])).id == trials[0]

    def test_a_uuid_as_python_has_it_names_one(self, finder, trials):
        named = uuid.UUID(finder.get_run(trials[0]).uuid)
        assert finder.get_run(named).id == finder.find_run(named).id == trials[0]
        assert len(finder.get_metrics(named, "acc")) == 2

    @pytest.mark.parametrize("run", [None, [1], object()])
    def test_what_names_no_run_is_not_compared(self, finder, trials, run):
        with pytest.raises(NotFoundError, match="a run is named by its id or UUID, not "):
            finder.compare(trials[0], run)

    def test_no_file_belongs_to_nobody_while_a_run_is_open(self, finder, logger):
        run = logger.start()
        with pytest.raises(NotFoundError, match="by its id or UUID, not None"):
            logger.log_artifact(None, __file__, "code")
        assert finder.artifacts(run.id) == []

    def test_a_parent_may_be_a_number_of_numpy(self, finder, logger, trials):
        numpy = pytest.importorskip("numpy")
        logger.start(parent=numpy.int64(trials[0])).finish()
        assert len(finder.children(trials[0])) == 1


class TestSwitches:
    """A text says neither yes nor no: `dry_run="no"` would be taken for yes."""

    ASKS = {
        "dry_run": lambda finder, flag: finder.gc(dry_run=flag),
        "force": lambda finder, flag: finder.delete_run(1, force=flag),
        "vacuum": lambda finder, flag: finder.delete_run(1, vacuum=flag),
        "force of an export": lambda finder, flag: finder.export("runs.jsonl", force=flag),
        "force of metrics": lambda finder, flag: finder.export_metrics("runs.csv", force=flag),
        "reruns": lambda finder, flag: finder.find_best_run("vision", "acc", reruns=flag),
        "only_one": lambda finder, flag: finder.named_run("last", only_one=flag),
        "archived": lambda finder, flag: finder.archive(1, flag),
        "archived or not": lambda finder, flag: finder.named_run("last", archived=flag),
    }

    @pytest.mark.parametrize("flag", ["no", 1, [True]])
    @pytest.mark.parametrize("ask", ASKS)
    def test_a_switch_is_true_or_false(self, finder, trials, here, ask, flag):
        before = sorted(here.iterdir())
        with pytest.raises(MetricError, match=" must be True or False, not "):
            self.ASKS[ask](finder, flag)
        assert sorted(here.iterdir()) == before
        assert len(finder.search()) == 3

    def test_a_switch_of_numpy_is_one(self, finder, trials):
        numpy = pytest.importorskip("numpy")
        finder.delete_run(trials[0], force=numpy.bool_(False))
        assert [run.id for run in finder.search()] == trials[1:]

    def test_a_copy_is_wanted_or_not(self, logger, here):
        (here / "model.pt").write_bytes(b"weights")
        with logger.start() as run, pytest.raises(MetricError, match="copy must be True or False"):
            run.log_artifact("model.pt", "model", {}, "epoch-3")
        with logger.start() as run:
            with pytest.raises(MetricError, match="not True; did you mean copy="):
                run.log_artifact("model.pt", "model", True)
            with pytest.raises(MetricError, match="the type of an artifact is a text, not "):
                run.log_artifact("model.pt", {"epoch": 3})


@dataclasses.dataclass
class Optimizer:
    lr: float = 0.1


@dataclasses.dataclass
class Training:
    epochs: int = 1
    optimizer: Optimizer = dataclasses.field(default_factory=Optimizer)


@dataclasses.dataclass
class Nested:
    inner: object = None


@dataclasses.dataclass
class HalfSet:
    n: int = 1
    later: int = dataclasses.field(init=False)


class Failing(HalfSet):
    @property
    def later(self):
        raise ValueError("broken")

    @later.setter
    def later(self, value):
        pass


@dataclasses.dataclass
class Output(collections.OrderedDict):
    loss: float = 0.0
    unset: object = None

    def __post_init__(self):
        self["loss"] = self.loss


class Base:
    lr = 0.1
    _hidden = 1

    def train(self):
        pass

    @property
    def wide(self):
        return self.depth > 2


class Plain(Base):
    depth = 3

    class data:
        workers = 4


class Filled(Plain):
    def __init__(self):
        self.lr, self.inner, self.itself = 0.2, Base(), self


class Slotted:
    __slots__ = ("n",)

    def __init__(self):
        self.n = 1


class Keyed:
    def keys(self):
        return ["a"]

    def __getitem__(self, key):
        return Slotted()


class Empty:
    pass


class Broken(Base):
    def __init__(self):
        self.depth, self.part = 3, Unreadable()


class Unreadable:
    n = 1

    def __getattribute__(self, name):
        raise ZeroDivisionError(name)


def module():
    made = types.ModuleType("settings")
    exec("import os\nlr = 0.1\ndef of(x): pass\nclass Net: pass\nlayers = [8, 4]", vars(made))
    return made


def cyclic():
    one = Nested()
    one.inner = one
    return one


def chain(length):
    one = None
    for _ in range(length):
        one = Nested(one)
    return one


class TestStarts:
    @pytest.mark.parametrize("given", [5, "lr=0.1", b"x", True, 1.5])
    def test_a_number_or_a_text_is_no_config(self, logger, here, given):
        with pytest.raises(MetricError, match="a run's config must be a mapping, not "):
            logger.start(config=given)
        assert not list(here.glob("*.sqlite"))  # refused before a database was made

    def test_what_was_no_config_is_named_without_its_secret(self, logger):
        with pytest.raises(MetricError) as caught:
            logger.start(config=f"postgresql://me:{'x1y2z3' * 20}@host/db")
        assert "x1y2" not in str(caught.value)

    @pytest.mark.parametrize("provenance", [5, "cli", b"x", True])
    def test_a_number_or_a_text_is_no_provenance(self, logger, here, provenance):
        with pytest.raises(MetricError, match="provenance tells where values come from"):
            logger.start(provenance=provenance)
        assert not list(here.glob("*.sqlite"))

    def test_what_argparse_returned_is_a_config(self, logger, finder):
        with logger.start(config=argparse.Namespace(lr=0.1, name="resnet")) as run:
            pass
        assert finder.get_config(run.id) == {"lr": 0.1, "name": "resnet"}
        assert [one.id for one in finder.search("lr<1")] == [run.id]

    def test_so_is_a_dataclass_with_those_in_it(self, logger, finder):
        with logger.start(config=Training(epochs=3)) as run:
            pass
        assert finder.get_config(run.id) == {"epochs": 3, "optimizer": {"lr": 0.1}}

    @pytest.mark.parametrize("given", [cyclic(), chain(500)], ids=["cyclic", "deep"])
    def test_one_that_has_no_end_is_kept_as_an_object(self, logger, finder, given):
        with logger.start(config=given) as run:
            pass
        assert "inner" in finder.get_config(run.id)

    @pytest.mark.parametrize("given", [Training, dict])
    def test_a_class_is_none_yet(self, logger, here, given):
        with pytest.raises(MetricError, match=f"not a class; make one: {given.__name__}\\(\\)"):
            logger.start(config=given)
        assert not list(here.glob("*.sqlite"))

    def test_objects_with_names_are_mappings_below_others(self, logger, finder):
        inner = {"opt": Optimizer(lr=9.0), "more": [types.SimpleNamespace(n=1)]}
        with logger.start(config=argparse.Namespace(a=inner, b=[Optimizer()])) as run:
            pass
        assert finder.get_config(run.id) == {
            "a": {"opt": {"lr": 9.0}, "more": [{"n": 1}]},
            "b": [{"lr": 0.1}],
        }
        assert [one.id for one in finder.search("a.opt.lr=9")] == [run.id]

    def test_a_mapping_that_is_a_dataclass_too_stays_a_mapping(self, logger, finder):
        with logger.start(config=Output(loss=0.5)) as run:
            pass
        assert finder.get_config(run.id) == {"loss": 0.5}

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            (Plain(), {"lr": 0.1, "depth": 3, "data": {"workers": 4}}),
            (Slotted(), {"n": 1}),
            (Keyed(), {"a": {"n": 1}}),
            (module(), {"lr": 0.1, "layers": [8, 4]}),
        ],
        ids=["class", "slots", "keys", "module"],
    )
    def test_what_any_object_holds_is_kept_by_name(self, logger, finder, given, kept):
        with logger.start(config=given) as run:
            pass
        assert finder.get_config(run.id) == kept

    def test_what_an_object_was_given_counts_before_what_its_class_was(self, logger, finder):
        with logger.start(config=Filled()) as run:
            pass
        kept = finder.get_config(run.id)
        assert (kept["lr"], kept["depth"], kept["inner"]) == (0.2, 3, {"lr": 0.1})
        assert "Filled" in repr(kept["itself"])  # it has no end, and so is no mapping

    def test_a_part_that_cannot_be_read_keeps_no_other_out(self, logger, finder):
        with logger.start(config=Broken()) as run:
            pass
        kept = finder.get_config(run.id)
        assert (kept["lr"], kept["depth"]) == (0.1, 3)
        assert "Unreadable" in repr(kept["part"])

    @pytest.mark.parametrize("given", [Empty(), object(), module, iter([1])])
    def test_an_object_that_holds_nothing_is_no_config(self, logger, here, given):
        with pytest.raises(MetricError, match="an object of '[a-z_A-Z]+' that holds no values"):
            logger.start(config=given)
        assert not list(here.glob("*.sqlite"))

    def test_a_list_is_the_value_of_one_key(self, logger, finder, here, open_finder):
        with logger.start(config=["a", 1]) as run:
            pass
        assert finder.get_config(run.id) == {"config": ["a", 1]}
        finder.export("runs.jsonl")
        assert len(open_finder(here / "new.db").import_("runs.jsonl").added) == 1

    def test_a_field_that_was_never_set_is_left_out(self, logger, finder):
        with logger.start(config=HalfSet()) as run:
            pass
        assert finder.get_config(run.id) == {"n": 1}

    def test_what_fails_where_it_is_read_is_named(self, logger, here):
        with pytest.raises(MetricError, match="a run's config.*broken"):
            logger.start(config=Failing())
        assert not list(here.glob("*.sqlite"))

    def test_whether_it_is_done_is_asked_for_what_was_started(self, logger):
        logger.start(config=argparse.Namespace(lr=0.1)).finish()
        assert logger.skip_if_done(config={"lr": 0.1})
        assert logger.skip_if_done(config=argparse.Namespace(lr=0.1))
        assert not logger.skip_if_done(config=argparse.Namespace(lr=0.2))


class TestTraces:
    def test_a_misspelt_type_is_named(self, finder, trials):
        for ask in (lambda kind: finder.history("net", kind), similar_by(finder, trials[0])):
            with pytest.raises(QuestionError, match="unknown type of traces 'statik'.*'static'"):
                ask("statik")

    def test_a_type_of_ones_own_is_asked_for_by_its_name(self, logger, finder):
        ids = []
        for _ in range(2):
            with logger.start(fingerprints={"weights": {"net": "1f"}}) as run:
                ids.append(run.id)
        assert finder.history("net", "weights")[0].runs == ids
        assert [run.id for run in similar_by(finder, ids[0])("weights")] == ids[1:]


def similar_by(finder, run_id):
    return lambda kind: finder.find_similar_runs_by_trace(run_id, "net", kind)


@pytest.mark.parametrize("caption", [["a cat", "a dog"], ("a cat",), {"en": "a cat"}])
def test_an_image_has_one_caption(logger, finder, caption):
    with logger.start() as run, pytest.raises(MetricError, match="a caption is one text, not "):
        run.log_image("pets", b"\x89PNG\r\n\x1a\n", caption=caption)
    assert finder.get_run(run.id).artifacts == []


class TestStretches:
    @pytest.mark.parametrize("end", ["low", "high"])
    @pytest.mark.parametrize("number", ["3", float("nan"), True, [1]])
    def test_a_curve_begins_and_ends_at_a_number(self, finder, trials, end, number):
        with finder.connection() as connection:
            with pytest.raises(QuestionError, match=f"{end} must be a number, not "):
                read_curve(connection, trials[0], "acc", **{end: number})

    def test_beyond_all_steps_is_a_number(self, finder, trials):
        with finder.connection() as connection:
            assert read_curve(connection, trials[0], "acc", high=10**5000).total > 0
            assert read_curve(connection, trials[0], "acc", low=float("inf")).total == 0


class TestPaths:
    PATHS = [5, None, ["runs"], object(), "a\0b", "a\ud800b"]

    @pytest.mark.parametrize("given", PATHS)
    @pytest.mark.parametrize("name", ["export", "export_metrics", "import_", "backup", "replay"])
    def test_a_file_is_named_by_its_path(self, finder, trials, here, name, given):
        before = sorted(here.iterdir())
        with pytest.raises(MetricError, match="a file is named by its path, not "):
            getattr(finder, name)(given)
        assert sorted(here.iterdir()) == before

    def test_a_path_of_bytes_is_one(self, finder, trials, here, open_finder):
        assert finder.export(b"runs.jsonl") == 3
        assert len(open_finder(here / "new.db").import_(b"runs.jsonl").added) == 3

    @pytest.mark.parametrize("file", [5, None, io.BytesIO()], ids=["5", "None", "bytes"])
    def test_runs_are_written_to_an_open_text_file(self, finder, trials, file):
        with pytest.raises(MetricError, match="runs are written to an open text file, not "):
            finder.export_to(file)


class TestComparisons:
    @pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
    @pytest.mark.parametrize("value", [[1], None, {"a": 1}, b"x", object()])
    def test_only_numbers_and_texts_have_an_order(self, finder, trials, sign, value):
        with pytest.raises(QuestionError, match=f"config.lr {sign} needs a number or a text, not "):
            finder.search({"config.lr": (sign, value)})

    def test_numbers_of_numpy_are_numbers(self, finder, trials):
        numpy = pytest.importorskip("numpy")
        assert finder.count({"config.lr": ("<", numpy.float64(0.05))}) == 2
        assert finder.count({"metric.acc.count": numpy.int64(2)}) == 3
        assert finder.count({"id": numpy.int64(trials[0])}) == 1

    @pytest.mark.parametrize("where", [object(), ("!=", object()), ("in", [0.1, object()])])
    def test_what_cannot_be_told_from_others_is_refused(self, finder, trials, where):
        with pytest.raises(
            QuestionError, match="needs a value that can be told from others, not <ob"
        ):
            finder.search({"config.lr": where})

    @pytest.mark.parametrize("value", [[], "no", None, 2])
    @pytest.mark.parametrize("field", ["config.lr", "metric.acc", "fingerprint.f", "host"])
    def test_there_is_something_or_not(self, finder, trials, field, value):
        with pytest.raises(QuestionError, match=f"{field} exists needs True or False, not "):
            finder.search({field: ("exists", value)})

    @pytest.mark.parametrize("field", ["host", "project", "fingerprint.f", "git_commit"])
    @pytest.mark.parametrize("wanted", [5, ("<", None), ("<", 0.5), ("in", [b"x"]), 10**30])
    def test_texts_are_compared_with_texts(self, finder, trials, field, wanted):
        with pytest.raises(QuestionError, match=f"{field} .* needs a text, not "):
            finder.search({field: wanted})

    @pytest.mark.parametrize("wanted", [object(), ("<", None), ("in", [[1]]), b"x"])
    def test_metrics_are_compared_with_numbers(self, finder, trials, wanted):
        with pytest.raises(QuestionError, match="metric acc .* needs a number, not "):
            finder.search({"metric.acc.max": wanted})

    def test_true_is_the_number_that_it_is_logged_as(self, finder, logger):
        with logger.start() as run:
            run.log_metric("ok", True)
        assert [found.id for found in finder.search({"metric.ok": True})] == [run.id]

    def test_true_is_no_id(self, finder, trials):
        with pytest.raises(QuestionError, match="id = needs a whole number, not True"):
            finder.search({"id": True})


@pytest.mark.parametrize("text", [None, b"abc", bytearray(b"abc")])
def test_nothing_and_bytes_are_no_text_to_keep(logger, finder, text):
    with logger.start() as run:
        with pytest.raises(MetricError, match="must be a text, not "):
            run.log_text("answer", text)
    assert finder.get_run(run.id).artifacts == []


class Unprintable:
    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize("given", [10**5000, -(10**5000), Unprintable()], ids=["+", "-", "object"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda finder, logger, given: finder.compare(1, given),
        lambda finder, logger, given: finder.console(given),
        lambda finder, logger, given: finder.media(given),
        lambda finder, logger, given: finder.delete_run(given),
        lambda finder, logger, given: finder.search(given),
        lambda finder, logger, given: finder.search(order_by=given),
        lambda finder, logger, given: finder.search({"id": given}),
        lambda finder, logger, given: finder.search({"start_time": given}),
        lambda finder, logger, given: finder.search({"archived": given}),
        lambda finder, logger, given: finder.archive(1, given),
        lambda finder, logger, given: finder.to_dataframe("acc", given),
        lambda finder, logger, given: logger.start(parent=given),
    ],
)
def test_what_cannot_be_shown_is_refused_all_the_same(finder, logger, trials, ask, given):
    with pytest.raises(AtoError):
        ask(finder, logger, given)


def test_of_a_dict_is_said_what_was_given(logger):
    with pytest.raises(MetricError, match="a dict of names and numbers, not an int$"):
        logger.start().log_metrics(5)


@pytest.mark.databases
def test_every_database_refuses_the_same(url):
    settings = {"experiment": {"project_name": "p", "sql": {"db_path": url}}, "lr": 0.1}
    with SQLLogger(settings).start(fingerprints={"f": "abc"}) as run:
        run.log_metric("acc", 0.5)
    finder = SQLFinder(settings)
    for ask in (
        lambda: finder.search(limit=10**30),
        lambda: finder.search(offset=2**63),
        lambda: finder.nested_runs(limit=-1),
        lambda: finder.get_latest_metrics(run.id, after="x"),
        lambda: finder.get_metrics(run.id, "acc", max_points=-1),
        lambda: finder.known_metrics(5),
        lambda: finder.history("f", trace_type=5),
        lambda: finder.compare(run.id, [1]),
        lambda: finder.search({"host": 5}),
        lambda: finder.search({"fingerprint.f": 5}),
        lambda: finder.search({"metric.acc": object()}),
        lambda: finder.search({"id": True}),
        lambda: finder.search({"config.lr": ("<", None)}),
    ):
        with pytest.raises(AtoError) as caught:
            ask()
        assert isinstance(caught.value, NotFoundError)
        assert "cannot read" not in str(caught.value)
    assert finder.find_run("a\0b") is None
    assert finder.search(limit=2**63 - 1)[0].id == run.id
    assert finder.count({"metric.acc": ("contains", "0.5")}) == 1
    assert finder.count({"metric.acc": ("<", True)}) == 1
    finder.close()
