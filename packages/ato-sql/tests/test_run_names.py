"""What people call a run, as the finder and every command take it."""

import sqlite3

import pytest

from ato_sql import NotFoundError


@pytest.fixture
def three(logger):
    """Three runs: named first, second and third, losses 0.3, 0.1, 0.2."""
    runs = []
    for name, loss in (("first", 0.3), ("second", 0.1), ("third", 0.2)):
        with logger.start(name=name) as run:
            run.log_metrics({"loss": loss, "acc": 1 - loss})
        runs.append(run)
    return runs


class TestIdAndUUID:
    def test_an_id_is_a_number_as_text(self, three, finder):
        assert finder.named_run(str(three[1].id)).uuid == three[1].uuid

    def test_a_uuid_is_taken_whole(self, three, finder):
        assert finder.named_run(three[2].uuid).id == three[2].id

    def test_four_letters_of_its_beginning_are_enough(self, three, finder):
        begun = next(n for n in range(4, 37) if not three[0].uuid[:n].isdigit())
        assert finder.named_run(three[0].uuid[:begun]).id == three[0].id

    def test_upper_and_lower_case_are_one(self, three, finder):
        assert finder.named_run(three[0].uuid[:13].upper()).id == three[0].id

    def test_three_letters_are_too_few(self, three, finder, path):
        with sqlite3.connect(path) as connection:
            connection.execute(
                "UPDATE experiments SET uuid = 'abcdef00' || substr(uuid, 9) WHERE id = 1"
            )
        with pytest.raises(NotFoundError, match="there is no run 'abc'"):
            finder.named_run("abc")

    def test_a_beginning_that_several_have_asks_for_more(self, three, finder, path):
        with sqlite3.connect(path) as connection:
            for number in (1, 2):
                uuid = f"abcdef00-0000-4000-8000-00000000000{number}"
                connection.execute("UPDATE experiments SET uuid = ? WHERE id = ?", (uuid, number))
        with pytest.raises(NotFoundError, match="several runs have a UUID that begins with 'abcd'"):
            finder.named_run("abcd")
        assert finder.named_run("abcdef00-0000-4000-8000-000000000002").name == "second"


class TestName:
    def test_of_several_runs_of_one_name_the_latest(self, logger, finder):
        runs = [logger.start(name="again") for _ in range(3)]
        for run in runs:
            run.finish()
        assert finder.named_run("again").id == runs[-1].id

    def test_a_name_may_have_blanks_and_any_letters(self, logger, finder):
        logger.start(name="größer, aber nicht besser").finish()
        assert finder.named_run("größer, aber nicht besser").id == 1

    def test_an_unknown_name_suggests_a_known_one(self, three, finder):
        with pytest.raises(NotFoundError, match="did you mean 'second'"):
            finder.named_run("secnod")

    def test_a_misspelt_last_is_recognised(self, three, finder):
        with pytest.raises(NotFoundError, match="did you mean 'last'"):
            finder.named_run("lats")

    def test_an_unknown_id_is_named_without_quotes_and_with_the_database(self, three, finder):
        with pytest.raises(NotFoundError, match=r"there is no run 99 in sqlite:///.*runs\.sqlite"):
            finder.named_run("99")


class TestFromTheEnd:
    def test_last_is_the_one_that_started_last(self, three, finder):
        assert finder.named_run("last").id == finder.named_run("-1").id == three[2].id

    def test_minus_two_is_the_one_before(self, three, finder):
        assert finder.named_run("-2").id == three[1].id

    def test_archived_runs_are_passed_over(self, three, finder):
        finder.archive(three[2].id)
        assert finder.named_run("last").id == three[1].id
        assert finder.named_run("-2").id == three[0].id

    def test_further_than_there_are_runs_is_an_error_that_counts(self, three, finder):
        with pytest.raises(NotFoundError, match="there are fewer than 4 runs in"):
            finder.named_run("-4")


class TestBest:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("best:loss", 1),
            ("best:acc", 1),
            ("best:-loss", 1),
            ("best:+loss", 0),
            ("best:-acc", 0),
            ("best:+acc", 1),
        ],
    )
    def test_a_sign_says_which_end_is_best(self, three, finder, text, place):
        assert finder.named_run(text).id == three[place].id

    def test_archived_runs_are_not_best(self, three, finder):
        finder.archive(three[1].id)
        assert finder.named_run("best:loss").id == three[2].id

    def test_of_equals_the_first(self, logger, finder):
        for _ in range(2):
            with logger.start() as run:
                run.log_metric("acc", 0.5)
        assert finder.named_run("best:acc").id == 1

    def test_a_metric_that_is_never_finite_has_no_best(self, logger, finder):
        with logger.start() as run:
            run.log_metric("loss", float("nan"))
        with pytest.raises(NotFoundError, match="no run has a finite value of 'loss'"):
            finder.named_run("best:loss")

    def test_a_misspelt_metric_suggests_a_known_one(self, three, finder):
        with pytest.raises(NotFoundError, match="of 'los'; did you mean 'loss'"):
            finder.named_run("best:los")


class TestNamesThatAreChosen:
    def test_a_run_without_a_name_gets_two_words_and_a_number(self, logger, finder):
        with logger.start() as run:
            pass
        how, what, number = finder.get_run(run.id).name.split("-")
        assert how.isalpha()
        assert what.isalpha()
        assert 0 <= int(number) < 100

    @pytest.mark.parametrize("name", ["", "x" * 256, 3])
    def test_a_name_that_no_database_can_keep_is_refused(self, logger, name):
        with pytest.raises(TypeError, match="a run's name must"):
            logger.start(name=name)

    def test_a_refused_name_starts_no_run(self, logger, finder):
        logger.start().finish()
        with pytest.raises(ValueError):
            logger.start(name="")
        assert finder.count() == 1
