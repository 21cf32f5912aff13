"""`show`: each kind of thing that belongs to a run, in a section of its own."""

import json

import pytest

from ato_adict import ADict, RunRecord, attach_record


@pytest.fixture
def start(here, config, open_logger):
    """Start a run in `experiments.db` whose config's record tells these parts."""

    def start(name="calm-otter-1", tags=None, parent=None, **parts):
        config.experiment.sql.db_path = "sqlite:///experiments.db"
        told, record = ADict(config), RunRecord()
        for part, value in parts.items():
            setattr(record, part, value)
        attach_record(told, record)
        return open_logger(told).start(name=name, tags=tags, parent=parent)

    return start


@pytest.fixture
def section(command):
    """Return the lines of one section of what `show` prints of the last run."""

    def section(title):
        parts = command("show", "last").split("\n\n")
        (found,) = [part for part in parts if part.split("\n")[0] == title]
        return [line.strip() for line in found.rstrip().split("\n")[1:]]

    return section


def an_input(**changes):
    row = {"path": "/data/train.csv", "name": "train.csv", "size": 2000, "mtime": 1.0}
    row.update(hash="sha256:" + "a" * 64, reader="load in data.py:3", how="read", problem=None)
    return {**row, **changes}


class TestFacts:
    def test_the_first_line_names_run_and_project(self, start, command):
        start().finish()
        assert command("show", "last").startswith("run 1 of digits\n\n")

    def test_name_status_and_tags_come_before_hashes(self, start, command):
        start(tags=["wide", "old"]).finish()
        text = command("show", "1")
        assert "calm-otter-1" in text
        assert "  wide old\n" in text
        assert text.index("status") < text.index("value_hash")

    def test_what_is_not_known_has_no_line(self, start, command):
        start().finish()
        text = command("show", "1")
        assert "parent_uuid" not in text
        assert "code_hash" not in text

    def test_a_child_names_its_parent(self, start, command):
        parent = start()
        start(name="child", parent=parent).finish()
        parent.finish()
        assert f"parent_uuid      {parent.uuid}\n" in command("show", "child")


class TestConfig:
    def test_each_value_stands_behind_its_dotted_key_as_json(self, start, section):
        start().finish()
        lines = [line.split(None, 1) for line in section("config")]
        assert ["lr", "0.1"] in lines
        assert ["model.name", '"mlp"'] in lines
        assert ["model.layers", "[64, 32]"] in lines

    def test_a_very_long_value_is_cut(self, start, config, command):
        config.text = "x" * 1_000_000
        start().finish()
        shown = command("show", "last")
        assert "xxx… (1,000,002 letters; --json shows all)" in shown
        assert len(shown) < 20_000

    def test_letters_of_any_language_are_shown_as_they_are(self, start, config, section):
        config.note = "größer"
        start().finish()
        assert ["note", '"größer"'] in [line.split(None, 1) for line in section("config")]


class TestMetrics:
    def test_last_extremes_and_count(self, start, section):
        with start() as run:
            for step, value in enumerate((0.5, 0.25, 0.75)):
                run.log_metric("loss", value, step)
        header, row = section("metrics")
        assert header.split("  ")[0] == "key"
        assert row.split() == ["loss", "0.75", "0.25", "0.75", "3", "2"]

    def test_a_metric_that_is_never_finite_has_no_extremes(self, start, section):
        with start() as run:
            run.log_metric("loss", float("nan"))
        assert section("metrics")[1].split() == ["loss", "nan", "-", "-", "1", "0"]


class TestInputs:
    @pytest.mark.parametrize(
        ("row", "shown"),
        [
            (an_input(), "2.0 kB, sha256:aaaaaaaaaaaa, read by load in data.py:3"),
            (an_input(reader=None), "2.0 kB, sha256:aaaaaaaaaaaa"),
            (an_input(how="updated"), "2.0 kB, sha256:aaaaaaaaaaaa, written by the run too"),
            (
                an_input(hash=None, problem="too large"),
                "2.0 kB, too large, read by load in data.py:3",
            ),
            (an_input(hash=None, size=None, reader=None), "not hashed"),
        ],
    )
    def test_size_hash_and_reader_are_told_in_short(self, start, section, row, shown):
        start(inputs=lambda wait: [row]).finish()
        assert section("inputs") == [f"train.csv  {shown}"]

    def test_what_was_logged_by_hand_says_so(self, start, section):
        with start() as run:
            run.log_input(b"1 2 3", name="synthetic")
        (line,) = section("inputs")
        assert line.startswith("synthetic  5 bytes, sha256:")
        assert line.endswith(", by log_input")

    def test_own_modules_are_listed_with_their_hashes(self, start, section):
        source = {"path": "/p/m.py", "name": "m.py", "text": "x = 1\n", "hash": "b" * 64}
        start(sources=lambda: {"lab.m": source}).finish()
        assert section("own modules") == ["lab.m  m.py, bbbbbbbbbbbb"]


class TestMedia:
    def test_of_several_steps_first_and_last_are_told(self, start, section):
        with start() as run:
            for step in (3, 7, 5):
                run.log_text("story", "once", step=step)
            run.log_histogram("weights", [1.0, 2.0], step=4)
        assert section("media") == [
            "story    text, 3 of steps 3 to 7",
            "weights  histogram, step 4",
        ]

    def test_one_key_of_two_kinds_is_two_lines(self, start, section):
        with start() as run:
            run.log_text("sample", "once")
            run.log_histogram("sample", [1.0])
        assert [line.split("  ")[1] for line in section("media")] == [
            "histogram, step 0",
            "text, step 0",
        ]


class TestWhatElse:
    def test_artifacts_have_kind_and_size(self, start, section, here):
        (here / "model.bin").write_bytes(b"weights")
        with start() as run:
            run.log_artifact("model.bin", "model")
            run.log_artifact("gone.bin", "model")
        assert section("artifacts") == ["model.bin  model, 7 bytes", "gone.bin   model, missing"]

    def test_fingerprints_say_whether_they_are_of_code_or_output(self, start, section):
        with start() as run:
            run.log_fingerprints({"static": {"f": "abc"}, "runtime": {"f": "def"}})
        assert section("fingerprints") == ["f (static)   abc", "f (runtime)  def"]

    def test_notes_stand_behind_their_moment(self, start, section):
        with start() as run:
            run.log_note("odd after epoch 3")
        (line,) = section("notes")
        assert line.endswith("  odd after epoch 3")

    def test_a_note_of_several_lines_cannot_leave_its_line(self, start, section):
        with start() as run:
            run.log_note("one\ntwo")
        assert len(section("notes")) == 1

    def test_the_traceback_comes_last(self, start, command):
        with pytest.raises(ValueError), start():
            raise ValueError("diverged")
        text = command("show", "1")
        assert text.index("\nerror\n") > text.index("\nconfig\n")
        assert text.endswith("ValueError: diverged\n")

    def test_as_json_everything_has_its_columns(self, start, command):
        with start() as run:
            run.log_text("story", "once")
            run.log_note("odd")
            run.log_input(b"1", name="one")
        found = json.loads(command("show", "1", "--json"))
        assert [one["data_info"] for one in found["media"]] == [{"text": "once"}]
        assert [one["text"] for one in found["notes"]] == ["odd"]
        assert [one["name"] for one in found["inputs"]] == ["one"]
        assert "run_id" not in found["notes"][0]
        assert found["fingerprints"] == found["artifacts"] == found["modules"] == []
