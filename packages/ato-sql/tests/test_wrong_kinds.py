"""Handed a value of another kind: each question and call names it, and nothing is changed."""

import uuid

import pytest

from ato_sql import MetricError, NotFoundError, QuestionError


class TestTheNameOfARun:
    @pytest.fixture(params=[None, "a run", float("nan"), float("inf")], ids=str)
    def nobody(self, request, logger):
        """What is no id, as an environment variable that is not set."""
        return logger.start() if request.param == "a run" else request.param

    def test_what_is_no_id_names_no_run(self, finder, trials, nobody):
        for ask in (finder.get_run, finder.find_run, finder.find_similar_runs, finder.artifacts):
            with pytest.raises(NotFoundError, match="a run is named by its id or UUID, not "):
                ask(nobody)

    def test_what_is_no_id_is_no_run_to_go_on_with(self, logger, trials):
        for go_on in (logger.join, logger.reopen):
            with pytest.raises(NotFoundError, match="by its id or UUID, not None"):
                go_on(None)

    @pytest.mark.parametrize("number", [2**63, 2**70, 0, -1, -(2**70)])
    def test_a_number_that_no_id_can_be_is_that_of_no_run(self, finder, logger, trials, number):
        assert finder.find_run(number) is None
        assert finder.find_similar_runs(number) == []
        assert finder.find_similar_runs_by_trace(number, "f") == []
        for ask in (finder.get_run, logger.join, logger.reopen):
            with pytest.raises(NotFoundError, match=f"there is no run {number} in"):
                ask(number)

    def test_of_a_run_that_cannot_be_there_are_no_metrics(self, finder, trials):
        with pytest.raises(NotFoundError, match=f"there is no run {2**70} in"):
            finder.get_metrics(2**70, "acc")

    def test_no_file_belongs_to_a_run_that_cannot_be(self, logger, trials):
        with pytest.raises(MetricError, match=f"there is no run {2**70}$"):
            logger.log_artifact(2**70, __file__, "code")


class TestTheParentOfARun:
    @pytest.mark.parametrize("parent", [3.5, b"calm-otter-42", ["a", "b"], {"id": 1}])
    def test_what_names_no_run_is_no_parent_and_starts_none(self, finder, logger, trials, parent):
        with pytest.raises(MetricError, match="a run's parent is a Run, or its id or UUID, not "):
            logger.start(parent=parent)
        assert finder.count() == len(trials)

    def test_a_uuid_as_python_has_it_is_one(self, finder, logger, trials):
        above = finder.get_run(trials[0])
        logger.start(parent=uuid.UUID(above.uuid)).finish()
        assert [run.parent_uuid for run in finder.children(above.id)] == [above.uuid]

    def test_a_run_that_the_finder_returned_is_one(self, finder, logger, trials):
        logger.start(parent=finder.get_run(trials[0])).finish()
        assert len(finder.children(trials[0])) == 1


class TestTagsAndNotes:
    def test_a_single_text_is_no_list_of_tags_to_add(self, finder, trials):
        with pytest.raises(MetricError, match=r"tags must be a list of strings; write \['good'\]"):
            finder.tag(trials[0], add="good")
        assert finder.get_run(trials[0]).tags == ["sweep", "lr0.1"]

    def test_nor_of_tags_to_remove(self, finder, trials):
        with pytest.raises(MetricError, match=r"write \['sweep'\]"):
            finder.tag(trials[0], add=["good"], remove="sweep")
        assert finder.get_run(trials[0]).tags == ["sweep", "lr0.1"]

    def test_a_tag_is_found_as_the_number_it_was_given_as(self, finder, logger, trials):
        with logger.start(tags=[3]) as run:
            pass
        assert [found.id for found in finder.search(tags=[3])] == [run.id]

    @pytest.mark.parametrize("text", [0.5, None, ["worse", 2]])
    def test_a_note_that_is_no_text_is_kept_as_text(self, finder, trials, text):
        finder.note(trials[0], text)
        assert [note.text for note in finder.get_run(trials[0]).notes] == [str(text)]

    def test_a_note_that_has_no_text_is_refused(self, finder, trials):
        class Mute:
            def __str__(self):
                raise ValueError("no words")

        with pytest.raises(MetricError, match="a note must be a text, not Mute: no words"):
            finder.note(trials[0], Mute())
        assert finder.get_run(trials[0]).notes == []


class TestQuestions:
    @pytest.mark.parametrize(
        "field", ["config.lr", "metric.acc.max", "fingerprint.f", "status", "id", "start_time"]
    )
    @pytest.mark.parametrize("sign", ["in", "not in"])
    def test_one_of_several_is_asked_for_by_a_list(self, finder, trials, field, sign):
        for wanted in (0.1, None, "completed"):
            with pytest.raises(QuestionError) as caught:
                finder.search({field: (sign, wanted)})
            assert str(caught.value) == f"{field} {sign} needs a list of values; write [{wanted!r}]"

    def test_any_collection_is_a_list(self, finder, trials):
        for wanted in ((0.1, 0.01), {0.1, 0.01}, {0.1: "a", 0.01: "b"}, iter([0.1, 0.01])):
            assert finder.count({"config.lr": ("in", wanted)}) == 2

    @pytest.mark.parametrize("field", ["host", "project", "metric.acc", "fingerprint.f", "tag"])
    def test_a_list_equals_nothing_but_a_config_value(self, finder, trials, field):
        with pytest.raises(QuestionError, match=rf"{field} = needs one value, not \['a'\]"):
            finder.search({field: ["a"]})
        assert finder.count({"config.model.layers": [64, 32]}) == 3

    @pytest.mark.parametrize("wanted", [("=", "high"), (">", "0.5"), ("in", [0.9, "high"])])
    def test_a_metric_is_compared_with_numbers(self, finder, trials, wanted):
        with pytest.raises(QuestionError, match="metric acc .* needs a number, not '"):
            finder.search({"metric.acc.max": wanted})

    @pytest.mark.parametrize("where", [5, 0.5, ["lr<1", 5], [None]])
    def test_a_question_is_a_text_or_several_or_a_mapping(self, finder, trials, where):
        with pytest.raises(QuestionError, match="a question is a text, several of them or a map"):
            finder.search(where)

    @pytest.mark.parametrize("name", [5, None, ("config", "lr")])
    def test_the_name_of_a_field_is_a_text(self, finder, trials, name):
        with pytest.raises(QuestionError, match="the name of a field is a text, not "):
            finder.search({name: 1})
        if name is not None:
            with pytest.raises(QuestionError, match="ordered by the name of a field, not "):
                finder.search(order_by=name)

    @pytest.mark.parametrize("number", [-1, 2.5, "3"])
    def test_a_limit_is_a_whole_number_from_0_on(self, finder, trials, number):
        for ask in (
            lambda: finder.search(limit=number),
            lambda: finder.get_latest_metrics(trials[0], limit=number),
        ):
            with pytest.raises(QuestionError, match="limit must be a whole number from 0 on, not"):
                ask()
        with pytest.raises(QuestionError, match="offset must be a whole number from 0 on, not "):
            finder.search(offset=number)
        assert finder.search(limit=0) == []

    def test_of_one_metric_the_latest_are_asked_for_by_its_name(self, finder, trials):
        found = finder.get_latest_metrics(trials[0], keys="acc")
        assert {metric.key for metric in found} == {"acc"}

    def test_a_run_is_archived_or_not(self, finder, trials):
        with pytest.raises(MetricError, match="archived must be True or False, not 'yes'"):
            finder.archive(trials[0], "yes")


class TestWhatIsLogged:
    @pytest.fixture
    def run(self, logger):
        return logger.start()

    @pytest.mark.parametrize("values", [[("loss", 1)], "loss", None, 0.5])
    def test_several_metrics_are_a_dict(self, run, values):
        kind = type(values).__name__
        with pytest.raises(MetricError, match=f"a dict of names and numbers, not a {kind}"):
            run.log_metrics(values)

    def test_of_no_metrics_nothing_is_recorded(self, run, finder):
        run.log_metrics({})
        assert finder.get_metric_keys(run.id) == []

    @pytest.mark.parametrize("status", [3, None, b"done", ["done"]])
    def test_a_status_is_a_text(self, run, finder, status):
        with pytest.raises(MetricError, match="a status must be a string, not "):
            run.update_status(status)
        assert finder.get_run(run.id).status == run.status == "running"

    def test_places_on_an_axis_are_numbers(self, run, finder):
        with pytest.raises(MetricError, match="metric 'epoch' needs a number, not 'first'"):
            run.log_metric("loss", 0.5, axis={"epoch": "first"})
        assert finder.get_metric_keys(run.id) == []
