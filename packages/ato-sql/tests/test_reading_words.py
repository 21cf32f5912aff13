"""What `ato_sql.reading` offers to pages beside the database: fields, orders, values, types."""

import datetime as dt
import math
import os

import pytest
from sqlalchemy import select

from ato_adict import MISSING
from ato_sql import QuestionError
from ato_sql.reading import (
    INCIDENTAL,
    MARK,
    ReadOnlyDatabase,
    circumstances,
    complete,
    console_text,
    find_field,
    is_incidental,
    is_rerun,
    is_system,
    leaf_paths,
    leaves,
    parse_question,
    plain,
    run_conditions,
    run_order,
    side_by_side,
    tables,
    type_of,
    usual_mode,
)

RUNS = tables["experiments"]


@pytest.fixture
def database(config, trials):
    return ReadOnlyDatabase(config.experiment.sql.db_path)


@pytest.fixture
def connection(database):
    with database.connect() as connection:
        yield connection


def ordered(connection, *arguments, **options):
    query = select(RUNS.c.id).order_by(*run_order(connection, *arguments, **options))
    return list(connection.execute(query).scalars())


class TestOrder:
    def test_without_a_field_it_is_that_of_the_ids(self, connection, trials):
        assert ordered(connection, None) == trials
        assert ordered(connection, None, newest_first=True) == trials[::-1]

    def test_equals_come_by_id_the_newest_first_if_wanted(self, connection, trials):
        assert ordered(connection, "acc.last") == trials
        assert ordered(connection, "acc.last", newest_first=True) == trials[::-1]

    def test_a_sign_before_the_field_turns_it_around(self, connection, trials):
        assert ordered(connection, "lr") == trials[::-1]
        assert ordered(connection, "+lr") == trials[::-1]
        assert ordered(connection, "-lr") == trials

    def test_times_are_ordered(self, connection, trials):
        assert ordered(connection, "-started") == trials[::-1]

    @pytest.mark.parametrize("field", ["tag", "note", "command", "parent"])
    def test_what_has_no_order_says_what_has_one(self, connection, field):
        with pytest.raises(QuestionError, match=f"{field} has no order; sort by config"):
            run_order(connection, field)

    def test_names_are_those_of_the_project(self, connection):
        assert run_order(connection, "lr", project_id=1)
        assert run_order(connection, "config.nothing", project_id=99)


class TestConditions:
    def test_they_are_for_queries_of_ones_own(self, connection, trials):
        query = select(RUNS.c.id).where(*run_conditions(connection, "lr<0.05 acc.max>0.8"))
        assert list(connection.execute(query).scalars()) == [trials[1]]

    def test_no_question_is_no_condition(self, connection):
        assert run_conditions(connection, None) == run_conditions(connection, "") == []

    def test_a_rerun_is_told_by_tag_and_parent(self, connection, logger, trials):
        logger.start(parent=trials[0], tags=["rerun"]).finish()
        logger.start(tags=["rerun"]).finish()
        query = select(RUNS.c.id).where(is_rerun)
        assert list(connection.execute(query).scalars()) == [4]


class TestFields:
    @pytest.mark.parametrize(
        ("name", "field"),
        [
            ("commit", ("run", "git_commit", "")),
            ("ended", ("run", "end_time", "")),
            ("run_name", ("run", "run_name", "")),
            ("name", ("config", "name", "")),
            ("config.lr", ("config", "lr", "")),
            ("acc", ("metric", "acc", "last")),
            ("metric.acc", ("metric", "acc", "last")),
            ("acc.max_step", ("metric", "acc", "max_step")),
        ],
    )
    def test_a_name_means_one_thing(self, connection, name, field):
        assert find_field(connection, name) == field

    def test_what_has_no_meaning_suggests_one_that_has(self, connection):
        with pytest.raises(QuestionError, match=r"no 'model.nmae'; did you mean 'model.name'"):
            find_field(connection, "model.nmae")

    def test_another_projects_names_mean_nothing(self, connection):
        with pytest.raises(QuestionError, match="there is no 'lr'"):
            find_field(connection, "lr", project_id=99)


class TestCompletion:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("acc", "acc"),
            ("metric.a", "metric.acc"),
            ("start", "start_time"),
            ("lr<0.1 tag:sw", "tag:sweep"),
            ("status!=fail", "status!=failed"),
            ('tag:"sw', "tag:sweep"),
        ],
    )
    def test_the_likeliest_comes_first(self, connection, typed, first):
        assert complete(connection, typed)[:1] == [first]

    def test_what_holds_the_letters_comes_after_what_begins_with_them(self, connection):
        found = complete(connection, "time")
        assert {"start_time", "end_time"} <= set(found)

    def test_no_more_than_are_wanted(self, connection):
        assert len(complete(connection, "", limit=3)) == 3

    def test_a_word_that_ends_in_a_sign_of_its_own_offers_nothing(self, connection):
        assert complete(connection, "a,b c<") == []


class TestTerms:
    @pytest.mark.parametrize(
        ("text", "term"),
        [
            ("lr<0.1", (False, "lr", "<", "0.1", False)),
            ("lr <= 0.1", (False, "lr", "<=", "0.1", False)),
            ("-tag:old", (True, "tag", ":", "old", False)),
            ('note~"a \\"b\\""', (False, "note", "~", 'a "b"', True)),
            ('"two words"', (False, None, ":", "two words", True)),
            ("word", (False, None, ":", "word", False)),
            ("start_time>2026-01-01 10:30", (False, "start_time", ">", "2026-01-01 10:30", False)),
            ("layers=[64, 32]", (False, "layers", "=", "[64, 32]", False)),
            ('sizes={"a": [1, 2]}', (False, "sizes", "=", '{"a": [1, 2]}', False)),
            ('"odd key"=1', (False, "odd key", "=", "1", False)),
        ],
    )
    def test_a_term_is_field_sign_and_value(self, text, term):
        assert parse_question(text) == [term]

    @pytest.mark.parametrize(
        "text", ["lr<1 acc>2", "lr<1, acc>2", "lr<1 and acc>2", ", lr<1,acc>2,", "lr<1 AND acc>2"]
    )
    def test_blanks_commas_and_the_word_and_stand_between_them(self, text):
        assert [(term.field, term.value) for term in parse_question(text)] == [
            ("lr", "1"),
            ("acc", "2"),
        ]

    def test_a_comma_inside_a_value_is_part_of_it(self):
        (term,) = parse_question("name=a,b")
        assert term.value == "a,b"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("lr<", "lr < needs a value, such as"),
            ("tag:", "tag: needs a value"),
            ("lr<>1", "did you mean 'lr!=1'"),
            ("lr=>1", "did you mean 'lr>=1'"),
            ("!= 3", "'!=' needs a field before it"),
            ('lr="open', "cannot read the filter from"),
            ('a"b', "cannot read the filter from"),
        ],
    )
    def test_what_cannot_be_read_says_where(self, text, message):
        with pytest.raises(QuestionError) as caught:
            parse_question(text)
        assert message in str(caught.value)

    @pytest.mark.parametrize("text", ["", "  ", ",,", "\n\t"])
    def test_nothing_is_no_term(self, text):
        assert parse_question(text) == []


class TestRunsSideBySide:
    def test_a_row_for_every_key_in_the_order_they_are_first_seen(self):
        rows = side_by_side([{"lr": 1, "seed": 2}, {"lr": 1, "depth": 3}])
        assert [row.key for row in rows] == ["lr", "seed", "depth"]
        assert [row.differs for row in rows] == [False, True, True]
        assert rows[1].cells == [2, None]

    def test_what_a_run_lacks_can_be_told_from_none(self):
        (row,) = side_by_side([{"a": None}, {}], missing=MISSING)
        assert row.cells == [None, MISSING]
        assert row.differs

    def test_cells_are_compared_by_what_they_are_made_to(self):
        (row,) = side_by_side([{"a": 1}, {"a": 1.0}], identity=lambda v: (type(v), v))
        assert row.differs

    def test_any_number_of_runs(self):
        (row,) = side_by_side([{"a": 1}, {"a": 1}, {"a": 2}])
        assert (row.cells, row.differs) == ([1, 1, 2], True)

    def test_what_a_run_was_made_in_is_flat(self, connection, finder, trials):
        facts = circumstances(connection, finder.get_run(trials[0]))
        assert facts["command"] == finder.get_run(trials[0]).command
        assert "package SQLAlchemy" in facts or "package sqlalchemy" in facts
        assert facts["python"].count(".") == 2
        assert set(INCIDENTAL) & set(facts)

    def test_what_says_only_where_or_which_trial_is_incidental(self):
        assert is_incidental("experiment.project_name")
        assert is_incidental("trial.seed")
        assert is_incidental("search.trial.number")
        assert not is_incidental("lr")
        assert not is_incidental("trial.lr")


class TestStoredValues:
    def test_leaves_are_dotted(self):
        stored = {"a": {"b": 1, "c": []}, "d": {}}
        assert list(leaves(stored)) == [("a.b", 1), ("a.c", []), ("d", {})]

    def test_what_json_does_not_have_is_one_leaf(self):
        marked = {MARK: "float", "value": "nan"}
        assert list(leaves({"lr": marked})) == [("lr", marked)]

    def test_a_config_that_is_none_has_no_leaves(self):
        assert list(leaves(3)) == []

    def test_lists_are_opened_where_asked(self):
        paths = dict(leaf_paths({"a": [1, {"b": 2}]}, opens=lambda value: len(value) == 2))
        assert paths == {("a", "[0]"): 1, ("a", "[1]", "b"): 2}

    def test_plain_data_is_json(self):
        moment = dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc)
        data = {1: (math.nan, -math.inf), "when": moment}
        assert plain(data) == {"1": ["nan", "-inf"], "when": "2026-11-24T00:00:00+00:00"}

    def test_pieces_of_output_say_where_some_are_missing(self):
        class Piece:
            def __init__(self, number, text):
                self.number, self.text = number, text

        assert console_text([Piece(0, "a\n"), Piece(1, "b\n")]) == "a\nb\n"
        assert console_text([Piece(0, "a\n"), Piece(7, "b\n")]) == "a\n… left out here …\nb\n"

    def test_metrics_of_the_machine_are_told_by_their_names(self):
        assert is_system("system/cpu_percent")
        assert not is_system("loss")

    @pytest.mark.parametrize("name", ["loss", "val_loss", "mse", "top5_error", "trainLoss", "PPL"])
    def test_of_some_metrics_the_smallest_is_best(self, name):
        assert usual_mode(name) == "min"

    @pytest.mark.parametrize("name", ["acc", "reward", "glossy", "terror_rate_saved", "f1"])
    def test_of_others_the_largest(self, name):
        assert usual_mode(name) == "max"


class TestTypes:
    @pytest.mark.parametrize(
        ("data", "found"),
        [
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"GIF87a", "image/gif"),
            (b"RIFF\0\0\0\0WEBP", "image/webp"),
            (b"RIFF\0\0\0\0WAVE", "audio/wav"),
            (b"RIFF\0\0\0\0AVI ", "video/x-msvideo"),
            (b"ID3\x04", "audio/mpeg"),
            (b"\xff\xf1", "audio/aac"),
            (b"fLaC", "audio/flac"),
            (b"OggS", "audio/ogg"),
            (b"\x1aE\xdf\xa3", "video/webm"),
            (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
            (b"\0\0\0\x20ftypqt  ", "video/quicktime"),
            (b"\0\0\0\x20ftypisom", "video/mp4"),
            (b"RIFF\0\0\0\0ELSE", None),
            (b"<svg>", None),
            (b"", None),
        ],
    )
    def test_content_is_told_by_its_first_bytes(self, data, found):
        assert type_of(data) == found

    def test_a_container_of_either_is_what_it_was_logged_as(self):
        assert type_of(b"OggS", "video") == "video/ogg"
        assert type_of(b"\x1aE\xdf\xa3", "audio") == "audio/webm"
        assert type_of(b"\0\0\0\x20ftypisom", "audio") == "audio/mp4"


class TestCopies:
    @pytest.fixture
    def artifact(self, logger, finder, tmp_path):
        (tmp_path / "model.bin").write_bytes(b"weights")
        with logger.start() as run:
            run.log_artifact(tmp_path / "model.bin", "model", copy=True)
        (found,) = finder.artifacts(run.id)
        return found

    def test_a_copy_is_found_by_path_and_content(self, artifact, database):
        path = database.find_copy(artifact.stored, artifact.content_hash)
        assert os.path.basename(path) == artifact.content_hash

    def test_no_other_file_is(self, artifact, database, tmp_path):
        found = database.find_copy(str(tmp_path / "model.bin"), artifact.content_hash)
        assert found == database.find_copy(artifact.stored, artifact.content_hash)
        assert database.find_copy("model.bin", "0" * 64) is None

    def test_one_that_was_not_kept_is_not_here(self, database):
        assert database.find_copy(None, "0" * 64) is None
        assert database.find_copy("x", None) is None
