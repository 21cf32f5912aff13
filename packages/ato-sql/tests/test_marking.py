"""What people say about runs later: names, tags, notes, and which of them lists leave out."""

import json

import pytest

from ato_sql import MetricError, NotFoundError
from ato_sql.cli import main


@pytest.fixture
def run(logger):
    with logger.start(tags=["sweep", "old"], name="calm-otter-1") as run:
        run.log_metric("acc", 0.5)
    return run


class TestRename:
    def test_the_new_name_is_the_one_that_finds_it(self, run, finder):
        finder.rename(run.id, "winner")
        assert finder.named_run("winner").id == run.id
        with pytest.raises(NotFoundError):
            finder.named_run("calm-otter-1")

    def test_a_run_is_named_by_its_uuid_too(self, run, finder):
        finder.rename(run.uuid, "winner")
        assert finder.get_run(run.id).name == "winner"

    @pytest.mark.parametrize("name", ["", " ", "x" * 256, None])
    def test_a_name_that_no_database_keeps_is_refused_and_the_old_one_stays(
        self, run, finder, name
    ):
        with pytest.raises(MetricError, match="a run's name must"):
            finder.rename(run.id, name)
        assert finder.get_run(run.id).name == "calm-otter-1"

    def test_secrets_in_it_are_hidden(self, run, finder):
        finder.rename(run.id, "with token=hf_abcdefghijklmnopqrstuvwx")
        assert finder.get_run(run.id).name == "with token=[redacted]"

    def test_an_unknown_run_is_an_error(self, run, finder):
        with pytest.raises(NotFoundError, match="there is no run 99"):
            finder.rename(99, "winner")

    def test_a_run_that_goes_on_keeps_its_new_name(self, logger, finder):
        with logger.start(name="before") as run:
            run.flush()
            finder.rename(run.id, "after")
            run.log_metric("acc", 0.5)
        assert (finder.get_run(run.id).name, finder.get_run(run.id).status) == (
            "after",
            "completed",
        )


class TestTags:
    def test_those_it_has_then_are_returned(self, run, finder):
        assert finder.tag(run.id, add=["good"], remove=["old"]) == ["sweep", "good"]
        assert finder.get_run(run.id).tags == ["sweep", "good"]

    def test_one_without_letters_is_refused_and_the_others_stay(self, run, finder):
        with pytest.raises(MetricError, match="a tag must have letters"):
            finder.tag(run.id, add=["good", " "])
        assert finder.get_run(run.id).tags == ["sweep", "old"]

    def test_a_tag_it_has_already_is_there_once(self, run, finder):
        assert finder.tag(run.id, add=["old", "old"]) == ["sweep", "old"]

    def test_removing_one_that_it_has_not_changes_nothing(self, run, finder):
        assert finder.tag(run.id, remove=["never"]) == ["sweep", "old"]

    def test_one_that_is_added_and_removed_at_once_is_there(self, run, finder):
        assert finder.tag(run.id, add=["old"], remove=["old"]) == ["sweep", "old"]

    def test_what_is_no_text_is_kept_as_text(self, run, finder):
        assert finder.tag(run.id, add=[3], remove=["sweep", "old"]) == ["3"]
        assert [found.id for found in finder.search("tag:3")] == [run.id]

    def test_without_any_they_are_just_told(self, run, finder):
        assert finder.tag(run.id) == ["sweep", "old"]

    def test_a_run_without_tags_gets_its_first(self, logger, finder):
        logger.start().finish()
        assert finder.tag(1, add=["first"]) == ["first"]

    def test_those_of_all_runs_are_known(self, run, logger, finder):
        logger.start(tags=["wide"]).finish()
        assert sorted(finder.known_tags()) == ["old", "sweep", "wide"]


class TestNotes:
    def test_they_come_after_those_of_the_run_itself(self, logger, finder):
        with logger.start() as run:
            run.log_note("while it ran")
        finder.note(run.id, "later")
        assert [note.text for note in finder.get_run(run.id).notes] == ["while it ran", "later"]

    def test_they_are_found_by_a_word(self, run, finder):
        finder.note(run.id, "diverges after epoch 3")
        assert finder.count("note:DIVERGES") == 1
        assert finder.count("diverges") == 1

    def test_they_have_a_moment(self, run, finder):
        finder.note(run.id, "later")
        (note,) = finder.get_run(run.id).notes
        assert note.timestamp >= finder.get_run(run.id).end_time

    def test_secrets_in_them_are_hidden(self, run, finder):
        finder.note(run.id, "password=hunter22 worked")
        (note,) = finder.get_run(run.id).notes
        assert note.text == "password=[redacted] worked"

    def test_of_an_unknown_run_there_are_none(self, run, finder):
        with pytest.raises(NotFoundError):
            finder.note(99, "nobody")


class TestArchive:
    def test_an_archived_run_is_still_found_by_who_asks_for_it(self, run, finder):
        finder.archive(run.id)
        assert finder.get_run(run.id).archived
        assert [found.id for found in finder.search("archived:true")] == [run.id]

    def test_it_is_not_the_best(self, run, finder):
        finder.archive(run.id)
        assert not finder.find_best_run("digits", "acc")

    def test_it_can_be_taken_back(self, run, finder):
        finder.archive(run.id)
        finder.archive(run.id, archived=False)
        assert finder.find_best_run("digits", "acc").id == run.id

    def test_a_search_takes_its_trials_along(self, logger, finder):
        with logger.start() as search:
            with logger.start(parent=search) as trial:
                with logger.start(parent=trial):
                    pass
        with logger.start() as other:
            pass
        assert finder.archive(search.id) == 2
        assert [run.id for run in finder.search("archived:false")] == [other.id]
        assert finder.archive(search.id, archived=False) == 2
        assert finder.count("archived:false") == 4

    def test_a_run_is_not_archived_by_itself(self, run, finder):
        assert finder.count("archived:false") == 1


class TestCommands:
    def test_rename_says_what_the_run_is_called_now(self, two_runs, command):
        assert command("rename", "1", "winner") == "run 1 is winner\n"
        assert json.loads(command("rename", "1", "again", "--json")) == {"id": 1, "name": "again"}

    def test_tag_says_all_the_tags(self, two_runs, command):
        assert command("tag", "1", "good", "wide") == "run 1: sweep, good, wide\n"
        told = json.loads(command("tag", "1", "--remove", "good", "--remove", "wide", "--json"))
        assert told == {"id": 1, "tags": ["sweep"]}

    def test_a_tag_that_the_run_has_not_is_said_with_what_was_meant(self, two_runs, capsys):
        assert main(["tag", "1", "--remove", "sweeb"]) == 0
        printed = capsys.readouterr()
        assert printed.err == "run 1 has no tag sweeb; did you mean 'sweep'?\n"
        assert printed.out == "run 1: sweep\n"

    def test_note_takes_the_words_as_they_stand(self, two_runs, command):
        assert command("note", "1", "looks", "right") == "noted about run 1\n"
        assert json.loads(command("note", "last", "too", "--json")) == {"id": 2}
        assert "looks right" in command("show", "1")

    def test_archive_takes_several_runs(self, two_runs, command):
        assert command("archive", "1", "2") == "runs 1, 2 are left out of lists\n"
        assert json.loads(command("runs", "--json")) == []
        assert command("archive", "1", "--undo") == "run 1 is back in lists\n"
        assert [row["id"] for row in json.loads(command("runs", "--json"))] == [1]

    def test_archive_says_how_many_trials_go_along(self, two_runs, logger, command):
        logger.start(parent=1).finish()
        assert command("archive", "1") == "run 1 and 1 trial are left out of lists\n"
        assert command("archive", "1", "--undo") == "run 1 and 1 trial are back in lists\n"

    def test_a_wrong_run_among_several_archives_none(self, two_runs, command, capsys):
        assert main(["archive", "1", "99"]) == 2
        assert "there is no run 99" in capsys.readouterr().err
        assert len(json.loads(command("runs", "--json"))) == 2

    def test_all_lists_archived_runs_too(self, two_runs, command):
        command("archive", "1")
        assert [row["id"] for row in json.loads(command("runs", "--json", "--all"))] == [1, 2]
        asked = command("runs", "--json", "--where", "archived:true")
        assert [row["id"] for row in json.loads(asked)] == [1]
