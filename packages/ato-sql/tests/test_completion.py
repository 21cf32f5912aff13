"""What the words of an unfinished question may become: the values that there are."""

import pytest

from ato_sql.reading import ReadOnlyDatabase, complete


@pytest.fixture
def offered(config, open_logger):
    """What is offered beside two runs: of `digits` with adam, of `letters` with sgd."""
    for project, optimizer in (("digits", "adam"), ("letters", "sgd")):
        mine = config.clone()
        mine.experiment.project_name, mine.optimizer = project, optimizer
        with open_logger(mine).start(tags=[f"of {project}"], name=f"run of {project}") as run:
            run.log_metric(f"{project} loss", 0.5)
        run.finish(f"ended {optimizer}")

    def offered(text, **options):
        with ReadOnlyDatabase(config.experiment.sql.db_path).connect() as connection:
            return complete(connection, text, **options)

    return offered


class TestValues:
    def test_of_a_config_key_those_that_runs_have(self, offered):
        assert offered("optimizer:") == ["optimizer:adam", "optimizer:sgd"]
        assert offered("config.optimizer=s") == ["config.optimizer=sgd"]

    def test_numbers_are_offered_as_they_are_written(self, offered):
        assert offered("lr=") == ["lr=0.1"]

    def test_what_has_blanks_is_offered_in_quotes(self, offered):
        assert offered("name:let") == ['name:"run of letters"']
        assert offered('tag:"of d') == ['tag:"of digits"']

    def test_a_status_of_ones_own_comes_after_the_known_ones(self, offered):
        found = offered("status:")
        assert found[:2] == ["status:running", "status:completed"]
        assert found[-2:] == ['status:"ended adam"', 'status:"ended sgd"']

    def test_of_projects_all(self, offered):
        assert offered("project=") == ["project=digits", "project=letters"]

    def test_what_holds_the_letters_comes_too(self, offered):
        assert offered("project:tt") == ["project:letters"]

    def test_upper_and_lower_case_are_one(self, offered):
        assert offered("optimizer:AD") == ["optimizer:adam"]

    @pytest.mark.parametrize("text", ["started>", "pid=", "error:", "acc.max>", "note:"])
    def test_of_moments_numbers_and_long_texts_there_are_none(self, offered, text):
        assert offered(text) == []

    def test_no_more_than_are_wanted(self, offered):
        assert offered("status:", limit=2) == ["status:running", "status:completed"]


class TestOneProject:
    @pytest.mark.parametrize(
        ("text", "of_digits", "of_letters"),
        [
            ("optimizer:", "optimizer:adam", "optimizer:sgd"),
            ("config.optimizer=", "config.optimizer=adam", "config.optimizer=sgd"),
            ("tag:", 'tag:"of digits"', 'tag:"of letters"'),
            ("name:", 'name:"run of digits"', 'name:"run of letters"'),
        ],
    )
    def test_values_are_those_of_its_runs(self, offered, text, of_digits, of_letters):
        assert offered(text, project_id=1) == [of_digits]
        assert offered(text, project_id=2) == [of_letters]

    def test_so_are_the_names_of_metrics(self, offered):
        assert offered("loss", project_id=1) == ['"digits loss"']

    def test_a_project_without_runs_has_none(self, offered):
        assert offered("optimizer:", project_id=99) == []


class TestTheLastWord:
    def test_what_stands_before_it_stays_out_of_what_is_offered(self, offered):
        assert offered("lr<0.5 optimizer:a") == ["optimizer:adam"]

    def test_a_sign_that_turns_it_around_does_too(self, offered):
        assert offered("-optimizer:s") == ["optimizer:sgd"]

    def test_behind_a_blank_a_new_word_begins(self, offered):
        assert "optimizer" in offered("lr<0.5 ", limit=50)

    def test_a_group_offers_its_names_in_full(self, offered):
        assert offered("config.opt") == ["config.optimizer"]
        assert '"metric.digits loss"' in offered("metric.")
