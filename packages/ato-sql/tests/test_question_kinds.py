"""How each kind of field is asked for: what its signs mean, and what a mapping may hold."""

import sys

import pytest

from ato_sql import NotFoundError, QuestionError


@pytest.fixture
def one(logger, trials):
    """A fourth run: of another lr, with a note, a fingerprint, no tags, and odd values."""
    config = {
        "lr": "fast",
        "flags": [True, None],
        "text": 'say "hi" 100%',
        "none": None,
        "experiment": {"project_name": "digits"},
    }
    with logger.start(config=config, fingerprints={"train": "abc123"}, name="odd one") as run:
        run.log_metric("loss", float("inf"))
        run.log_note("Größe 12")
    return run.id


@pytest.fixture
def found(finder, one):
    """Ask a question; return the numbers of the runs."""
    return lambda *asked, **more: [run.id for run in finder.search(*asked, **more)]


class TestTexts:
    def test_a_colon_takes_any_part_of_a_text_in_any_case(self, found, one):
        assert found("text:SAY") == [one]
        assert found("name:trial") == [1, 2, 3]

    def test_a_wave_takes_a_part_as_it_is(self, found, one):
        assert found("text~say") == [one]
        assert found("text~SAY") == []

    def test_the_sign_equals_takes_the_whole(self, found, one):
        assert found('text="say \\"hi\\" 100%"') == [one]
        assert found('text="say"') == []

    def test_signs_of_sql_are_letters(self, found, one):
        assert found("text~100%") == [one]
        assert found("text~1_0") == []
        assert found("name:tr%al") == []

    def test_a_quote_in_a_text_is_found(self, found, one):
        assert found({"config.text": ("contains", '"hi"')}) == [one]

    def test_texts_and_numbers_of_one_key_do_not_mix(self, found, one):
        assert found("lr<0.05") == [2, 3]
        assert found("lr<slow") == [one]
        assert found("lr=fast") == [one]

    def test_a_word_alone_is_looked_for_everywhere(self, found, one):
        assert found("größe") == [one]
        assert found("sweep") == [1, 2, 3]
        assert found('"odd one"') == [one]
        assert found("mlp") == [1, 2, 3]

    def test_a_word_of_digits_may_be_the_number_of_a_run(self, found, one):
        assert one in found(str(one))

    def test_a_minus_turns_a_word_around(self, found, one):
        assert found("-sweep") == [one]


class TestConstants:
    @pytest.mark.parametrize("text", ["none=null", "none=None", "-none=1"])
    def test_none_is_written_as_in_json_or_python(self, found, one, text):
        assert one in found(text)

    def test_a_list_is_written_as_json(self, found, one):
        assert found("flags=[true, null]") == [one]
        assert found("model.layers=[64,32]") == [1, 2, 3]

    def test_none_in_a_mapping(self, found, one):
        assert found({"config.none": None}) == [one]
        assert found({"config.none": ("!=", None)}) == []


class TestMetrics:
    def test_infinity_is_above_all_numbers(self, found, one):
        assert found("loss>1e308") == [one]
        assert found("loss=inf") == [one]
        assert found("loss<inf") == []

    def test_extremes_leave_infinity_out(self, found, one):
        assert found({"metric.loss.max": ("exists", True)}) == [one]
        assert found({"metric.loss.max": (">", 0)}) == []

    def test_no_text_can_be_part_of_one(self, found):
        with pytest.raises(QuestionError, match="metric acc holds no text; compare it with"):
            found("acc~1")
        with pytest.raises(QuestionError, match="metric acc : needs a number, not 'high'"):
            found("acc:high")

    def test_one_that_a_run_lacks_can_be_asked_for(self, found, one):
        assert found({"metric.acc": ("exists", False)}) == [one]
        assert found({"metric.acc.last": ("not in", [0.1])}) == [1, 2, 3]


class TestFingerprints:
    def test_a_beginning_is_enough(self, found, one):
        assert found("fingerprint.train=abc") == [one]
        assert found("fingerprint.train:abc123") == [one]
        assert found("fingerprint.train=bc1") == []

    def test_a_wave_takes_any_part(self, found, one):
        assert found("fingerprint.train~bc1") == [one]

    def test_another_one_is_asked_for_by_not_equal(self, found, one):
        assert found("fingerprint.train!=xyz") == [one]
        assert found("fingerprint.train!=abc") == []

    def test_they_have_no_order(self, found):
        with pytest.raises(QuestionError, match="has no order; write fingerprint.train=abc"):
            found("fingerprint.train<abc")
        with pytest.raises(QuestionError, match="fingerprint.train has no order"):
            found(order_by="fingerprint.train")

    @pytest.mark.parametrize(
        ("wanted", "matches"),
        [
            ("abc123", True),
            (("=", "abc123"), True),
            (("!=", "abc123"), False),
            (("in", ["abc123", "x"]), True),
            (("not in", ["abc123"]), False),
            (("contains", "c12"), True),
            (("exists", True), True),
        ],
    )
    def test_a_mapping_takes_all_operators(self, found, one, wanted, matches):
        assert found({"fingerprint.train": wanted}) == ([one] if matches else [])

    def test_a_run_without_one(self, found):
        assert found({"fingerprint.train": ("exists", False)}) == [1, 2, 3]


class TestParents:
    @pytest.fixture
    def child(self, logger, one):
        with logger.start(parent=1) as run:
            pass
        return run.id

    def test_by_the_number_of_the_run_above(self, found, child):
        assert found("parent:1") == found("parent=1") == [child]
        assert found("-parent:1") == [1, 2, 3, 4]

    def test_none_is_above_those_at_the_top(self, found, child):
        assert found("parent:none") == [1, 2, 3, 4]

    def test_in_a_mapping_it_is_a_text_or_a_number(self, found, child):
        assert found({"parent": 1}) == found({"parent": "1"}) == [child]

    def test_anything_else_is_refused(self, found):
        with pytest.raises(QuestionError, match="needs the number of a run, or none, not 'top'"):
            found("parent:top")


class TestFlagsAndDigests:
    @pytest.mark.parametrize("word", ["false", "no", "0", "False"])
    def test_a_flag_is_said_in_several_words(self, found, word):
        assert found(f"archived:{word}") == [1, 2, 3, 4]
        assert found(f"rerun={word}") == [1, 2, 3, 4]

    def test_of_a_digest_a_beginning_is_enough(self, found, finder):
        run = finder.get_run(2)
        assert found(f"uuid={run.uuid[:13]}") == [2]
        assert found(f"uuid~{run.uuid[9:]}") == [2]
        assert found(f"value_hash={run.value_hash[:20]}") == [2]

    def test_a_whole_number_holds_no_text(self, found):
        with pytest.raises(QuestionError, match="id holds no text; compare it with = < or >"):
            found("id~1")

    def test_a_number_beyond_all_ids_is_refused(self, found):
        with pytest.raises(QuestionError, match="id > needs a whole number"):
            found(f"id>{10**30}")


class TestWordsOfARun:
    def test_the_command_line_is_a_text(self, found, logger, monkeypatch):
        monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
        monkeypatch.setattr(sys, "argv", ["train.py", "lr=0.1", 'note="hi"'])
        with logger.start() as run:
            pass
        assert found("command~train.py") == found("command:TRAIN") == [run.id]
        assert found({"command": ("contains", 'note="hi"')}) == [run.id]

    def test_tags_by_a_part(self, found):
        assert found("tag~swe") == [1, 2, 3]
        assert found({"tag": ("contains", "0.01")}) == [2]

    def test_a_tag_that_a_run_has_not(self, found, one):
        assert found({"tag": ("!=", "sweep")}) == [one]

    def test_what_has_no_order_in_a_mapping_says_how_it_is_asked_for(self, found):
        with pytest.raises(QuestionError, match="tag is asked for with = or contains, not '<'"):
            found({"tag": ("<", "a")})

    def test_a_status_by_a_part(self, found):
        assert found("status~plete") == [1, 2, 3, 4]
        assert found({"status": ("contains", "fail")}) == []

    def test_another_project_is_none_of_these(self, found):
        assert found("project!=digits") == []
        assert found("project:DIG") == [1, 2, 3, 4]

    def test_who_ran_it_and_where(self, found, finder):
        run = finder.get_run(1)
        assert found(f"host={run.host}") == [1, 2, 3, 4]
        assert found({"directory": run.directory}) == [1, 2, 3, 4]


class TestOperators:
    def test_a_misspelt_one_names_those_there_are(self, found):
        with pytest.raises(NotFoundError, match="unknown operator 'contain' for 'config.lr'; did"):
            found({"config.lr": ("contain", "x")})

    def test_a_list_of_pairs_must_all_hold(self, found):
        assert found({"id": [(">", 1), ("<", 4)]}) == [2, 3]

    def test_a_list_that_holds_no_pairs_is_a_value(self, found):
        assert found({"config.model.layers": [64, 32]}) == [1, 2, 3]

    def test_two_signs_mean_equal(self, found):
        assert found({"config.lr": ("==", 0.1)}) == found({"config.lr": 0.1}) == [1]

    def test_what_is_none_of_some_moments(self, found, finder):
        first = finder.get_run(1).start_time
        assert found({"start_time": ("not in", [first])}) == [2, 3, 4]
