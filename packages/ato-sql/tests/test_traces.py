"""Fingerprints of code and outputs, and questions about them."""

import os

import pytest

from ato_sql import MetricError, NotFound, NotFoundError, TraceVersion
from helping import Print


def prints_of(finder, run_id):
    found = finder.get_run(run_id).fingerprints
    return [(p.trace_id, p.trace_type, p.fingerprint) for p in found]


class TestRecording:
    def test_they_are_kept_with_what_they_were_made_of(self, logger, finder):
        made = Print("abc", canonical="c", source="def f(): ...", location="f.py:1", kind="source")
        run_id = logger.run(fingerprints={"static": {"f": made}, "runtime": {"out": "123"}})
        assert prints_of(finder, run_id) == [("f", "static", "abc"), ("out", "runtime", "123")]
        source = finder.get_fingerprint_source("abc")
        assert (source.source, source.canonical) == ("def f(): ...", "c")
        assert (source.location, source.kind) == ("f.py:1", "source")
        assert finder.get_fingerprint_source("123") is None

    def test_a_plain_mapping_is_of_code(self, logger, finder):
        assert prints_of(finder, logger.run(fingerprints={"f": "abc"})) == [("f", "static", "abc")]

    def test_one_trace_may_have_several(self, logger, finder):
        run_id = logger.run(fingerprints={"runtime": {"out": ["1", "2"]}})
        assert [p[2] for p in prints_of(finder, run_id)] == ["1", "2"]

    def test_more_may_be_recorded_while_the_run_goes_on(self, logger, finder):
        run_id = logger.run(fingerprints={"f": "1"})
        logger.log_fingerprints({"runtime": {"out": "2"}})
        logger.log_fingerprints({"f": "1", "g": "3"})
        logger.flush()
        assert [p[2] for p in prints_of(finder, run_id)] == ["1", "2", "3"]

    def test_the_code_of_a_run_is_all_of_it_whenever_it_was_recorded(self, logger, finder):
        at_once = finder.get_run(logger.run(fingerprints={"f": "1", "g": "2"})).code_hash
        run_id = logger.run(fingerprints={"f": "1"})
        first = finder.get_run(run_id).code_hash
        logger.log_fingerprints({"g": "2"})
        logger.flush()
        assert finder.get_run(run_id).code_hash == at_once != first

    def test_outputs_are_no_part_of_the_code(self, logger, finder):
        run_id = logger.run(fingerprints={"runtime": {"out": "1"}})
        assert finder.get_run(run_id).code_hash is None

    def test_a_run_without_any_has_no_code(self, logger, finder):
        run_id = logger.run()
        assert finder.get_run(run_id).code_hash is None
        assert finder.get_run(run_id).fingerprints == []

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ("abc", "must be a mapping such as scope.fingerprints, not str"),
            ([("f", "abc")], "not list"),
            ({"static": {"f": "a"}, "g": "b"}, r"fingerprints\['g'\] must map trace ids"),
            ({"static": {3: "a"}}, "a trace id must be a string, not 3"),
            ({"": "a"}, "a trace id must have 1 to 255 characters"),
        ],
    )
    def test_another_form_is_refused_and_starts_no_run(self, logger, path, wrong, message):
        with pytest.raises(MetricError, match=message):
            logger.run(fingerprints=wrong)
        assert not os.path.exists(path)

    def test_a_source_is_kept_once_however_many_runs_have_it(self, logger, finder):
        for text in ("first", "second"):
            logger.start(fingerprints={"f": Print("abc", source=text)}).finish()
        assert finder.get_fingerprint_source("abc").source == "first"

    def test_a_fingerprint_knows_its_run(self, logger, finder):
        run_id = logger.run(fingerprints={"f": "abc"})
        assert finder.get_run(run_id).fingerprints[0].run.id == run_id


class TestQuestions:
    @pytest.fixture
    def versions(self, logger):
        """Three runs with the code a, b, a and the outputs 1, 1, 2."""
        ids = []
        for static, runtime in (("a", "1"), ("b", "1"), ("a", "2")):
            made = Print(static, source="def train(): ...", location="train.py:3")
            prints = {"static": {"train": made}, "runtime": {"predict": runtime}}
            ids.append(logger.run(fingerprints=prints))
            logger.finish()
        return ids

    def test_runs_of_the_same_code_are_similar(self, finder, versions):
        first, second, third = versions
        assert [r.id for r in finder.find_similar_runs_by_trace(first, "train")] == [third]
        same_output = finder.find_similar_runs_by_trace(first, "predict", "runtime")
        assert [r.id for r in same_output] == [second]

    def test_a_run_is_named_by_its_uuid_too(self, finder, versions):
        uuid = finder.get_run(versions[0]).uuid
        found = finder.find_similar_runs_by_trace(uuid, "train")
        assert [run.id for run in found] == [versions[2]]

    def test_nothing_is_similar_to_what_is_not_there(self, finder, versions):
        assert finder.find_similar_runs_by_trace(99, "train") == []
        assert finder.find_similar_runs_by_trace(versions[0], "trian") == []
        assert finder.find_similar_runs_by_trace(versions[0], "train", "runtime") == []

    def test_versions_are_counted(self, finder, versions):
        assert finder.get_trace_statistics("digits", "train") == {
            "project_name": "digits",
            "trace_id": "train",
            "static_trace_versions": 2,
            "runtime_trace_versions": 0,
        }
        predict = finder.get_trace_statistics("digits", "predict")
        assert predict["runtime_trace_versions"] == 2

    def test_of_an_unknown_project_the_count_is_a_false_result(self, finder, versions):
        nothing = finder.get_trace_statistics("nope", "train")
        assert isinstance(nothing, NotFound)
        assert (nothing.kind, nothing.name) == ("project", "nope")
        assert nothing == {"error": "Project not found"}

    def test_the_history_of_a_function_names_the_runs_of_each_version(self, finder, versions):
        first, second, third = versions
        source = ("def train(): ...", None, "train.py:3")
        history = finder.history("train")
        assert history == [("a", [first, third], *source), ("b", [second], *source)]
        assert isinstance(history[0], TraceVersion)

    def test_outputs_have_a_history_without_source(self, finder, versions):
        history = finder.history("predict", "runtime")
        assert [v.runs for v in history] == [versions[:2], versions[2:]]
        assert history[0].source is None

    def test_the_history_within_a_project_leaves_others_out(
        self, finder, versions, config, open_logger
    ):
        config.experiment.project_name = "other"
        open_logger(config).start(fingerprints={"train": "z"}).finish()
        assert [v.fingerprint for v in finder.history("train", project_name="other")] == ["z"]
        assert len(finder.history("train")) == 3
        with pytest.raises(NotFoundError, match="nothing was recorded"):
            finder.history("train", project_name="nope")

    def test_an_unknown_trace_suggests_a_known_one(self, finder, versions):
        with pytest.raises(NotFoundError, match="'trian'; did you mean 'train'"):
            finder.history("trian")

    @pytest.mark.slow
    def test_many_versions_are_all_found(self, logger, finder):
        with logger.start() as run:
            for number in range(600):
                run.log_fingerprints({"f": Print(f"{number:03}", source=str(number))})
        history = finder.history("f")
        assert [v.source for v in history] == [str(number) for number in range(600)]
