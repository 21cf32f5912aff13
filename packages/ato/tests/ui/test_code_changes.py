"""What the page says changed between two versions of a function."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

LONG = [f"value_{number} = {number}" for number in range(150)]


class Print(str):
    """A fingerprint that carries what it was made of, as a tracker takes it."""

    canonical = source = location = kind = None

    @classmethod
    def of(cls, name, **parts):
        made = cls(name)
        vars(made).update(parts)
        return made


@pytest.fixture
def change(new_database, serve):
    """Record two versions of a function; returns what the page says changed."""

    def asked(old, new):
        for one in (Print.of("old", **old), Print.of("new", **new)):
            with new_database().start(fingerprints={"step": one}):
                pass
        return serve(new_database.url).get("change", old="old", new="new")

    return asked


def test_a_changed_line_stands_beside_the_old_one_with_what_differs(change):
    answer = change({"source": "x = 1\ny = 2\n"}, {"source": "x = 1\ny = 3\n"})
    assert answer["reason"] is None
    assert [line[:2] for line in answer["lines"]] == [
        [" ", "x = 1"],
        ["-", "y = 2"],
        ["+", "y = 3"],
    ]
    assert answer["lines"][1][2] == [[4, 5]]


def test_a_change_far_down_tells_its_line(change):
    new = [*LONG[:100], "value_100 = 0", *LONG[101:]]
    lines = change({"source": "\n".join(LONG)}, {"source": "\n".join(new)})["lines"]
    assert lines[0] == ["@", "line 98"]
    assert len(lines) == 1 + 3 + 2 + 3


def test_many_lines_written_anew_are_not_paired(change):
    new = [line.replace("value", "other") for line in LONG]
    lines = change({"source": "\n".join(LONG)}, {"source": "\n".join(new)})["lines"]
    assert [line[0] for line in lines] == ["-"] * 150 + ["+"] * 150


def test_what_was_hashed_is_shown_where_the_source_reads_the_same(change):
    same = {"source": "x = LIMIT\n"}
    answer = change({**same, "canonical": "LIMIT 1"}, {**same, "canonical": "LIMIT 2"})
    assert [line[:2] for line in answer["lines"]] == [["-", "LIMIT 1"], ["+", "LIMIT 2"]]
    assert answer["reason"].startswith("The source reads the same")


def test_versions_that_read_the_same_say_so(change):
    answer = change({"source": "x = 1\n"}, {"source": "x = 1\n"})
    assert answer == {"lines": [], "reason": "What these versions are made of reads the same."}


def test_a_version_without_source_is_said(change):
    answer = change({}, {"source": "x = 1\n"})
    assert answer == {"lines": [], "reason": "The source of these versions was not kept."}


def test_a_version_without_source_has_none_in_the_history(new_database, serve):
    with new_database().start(fingerprints={"step": Print.of("a", canonical="x")}):
        pass
    (version,) = serve(new_database.url).get("projects/1/history", trace="step")["versions"]
    assert version["source"] is None


def test_what_a_version_did_not_follow_is_in_the_history(new_database, serve):
    made = Print.of("1", canonical="1 def", skipped=(("model", "its state is not plain data"),))
    with new_database().start(fingerprints={"step": made}):
        pass
    (version,) = serve(new_database.url).get("projects/1/history", trace="step")["versions"]
    assert version["skipped"] == [{"name": "model", "reason": "its state is not plain data"}]
