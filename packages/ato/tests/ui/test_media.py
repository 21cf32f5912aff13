"""What the page answers about images, tables, texts and files, and what it never serves."""

import json
import math
import os
import sqlite3

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

from media_example import STEPS, make_media

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def shown(tmp_path_factory, serve):
    folder = tmp_path_factory.mktemp("media")
    url = f"sqlite:///{folder}/media.db"
    make_media(url, folder)
    return serve(url)


def items(page, kind, key, run=1):
    return page.get("media", run=run, kind=kind, key=key)["runs"][0]["items"]


class TestMedia:
    def test_a_run_says_what_it_has_of_each_kind_and_key(self, shown):
        groups = {(g["kind"], g["key"]): g for g in shown.get("runs/1")["media"]}
        assert groups["image", "samples"]["count"] == STEPS
        assert (groups["table", "mistakes"]["first"], groups["table", "mistakes"]["last"]) == (
            0,
            100,
        )
        assert len(groups) == 7

    def test_runs_that_are_compared_have_theirs_together(self, shown):
        found = shown.get("compare", run=[1, 2])["media"]
        samples = next(g for g in found if g["key"] == "samples")
        assert samples["count"] == 2 * STEPS

    def test_items_come_by_step_with_what_was_said_of_them(self, shown):
        found = shown.get("media", run=[1, 2], kind="image", key="samples")["runs"]
        assert [run["run"] for run in found] == [1, 2]
        assert [item["step"] for item in found[0]["items"]] == list(range(0, STEPS * 10, 10))
        assert found[0]["items"][0]["caption"] == "noise 1.00"

    def test_histograms_come_with_edges_and_counts_as_many_as_can_be_told_apart(
        self, new_database, serve
    ):
        with new_database().start() as run:
            for step in range(1000):
                run.log_histogram("w", [step, step + 1], step, bins=2)
        found = items(serve(new_database.url), "histogram", "w")
        assert len(found) == 200
        assert found[0] == {"step": 0, "edges": [0, 0.5, 1], "counts": [1, 1], "special": {}}
        assert found[-1]["step"] == 999

    def test_a_text_is_whole(self, shown):
        first = items(shown, "text", "story")[0]
        assert shown.get(f"media/{first['id']}")["text"].endswith("a <b>loss</b>.")

    def test_a_table_is_sorted_as_a_whole_and_comes_in_pages(self, shown):
        last = items(shown, "table", "mistakes")[-1]
        page = shown.get(f"media/{last['id']}")
        assert (page["columns"], page["total"]) == (["word", "said", "p", "odd"], 250)
        assert page["rows"][0][0] == "word0"
        down = [
            row[2]
            for offset in (0, 100, 200)
            for row in shown.get(f"media/{last['id']}", sort=2, down=1, offset=offset)["rows"]
        ]
        assert (len(down), down) == (250, sorted(down, reverse=True))

    @pytest.mark.parametrize(("down", "order"), [(0, [1, 2.5, "a", "b", None]), (1, [])])
    def test_numbers_sort_before_texts_and_what_is_empty_last(
        self, new_database, serve, down, order
    ):
        with new_database().start() as run:
            run.log_table("t", [["b"], [2.5], [None], ["a"], [1]])
        page = serve(new_database.url).get("media/1", sort=0, down=down)
        assert [row[0] for row in page["rows"]] == (order or [2.5, 1, "b", "a", None])

    @pytest.mark.parametrize(
        ("down", "order"),
        [
            (0, ["-inf", -0.0, 9, 10, 2**70, "inf", "nan", "nan or so", None]),
            (1, ["inf", 2**70, 10, 9, -0.0, "-inf", "nan", "nan or so", None]),
        ],
    )
    def test_infinite_numbers_sort_as_numbers_and_nan_after_them(
        self, new_database, serve, down, order
    ):
        cells = [10, 9, math.nan, "nan or so", math.inf, None, 2**70, -math.inf, -0.0]
        with new_database().start() as run:
            run.log_table("t", [[cell] for cell in cells])
        page = serve(new_database.url).get("media/1", sort=0, down=down)
        assert [row[0] for row in page["rows"]] == order

    def test_what_is_asked_wrongly_is_an_error(self, shown):
        assert shown.error("media", run=1)[0] == 400
        assert shown.error("media", run=99, kind="text", key="x")[0] == 404
        assert shown.error("media/9999") == (404, "there is no artifact 9999")
        image = items(shown, "image", "samples")[0]
        assert "neither a text nor a table" in shown.error(f"media/{image['id']}")[1]


class TestFiles:
    @pytest.fixture
    def artifacts(self, shown):
        found = shown.get("runs/1")["artifacts"]
        return {os.path.basename(one["path"]): one for one in found}

    def test_an_image_is_one(self, shown):
        first = items(shown, "image", "samples")[0]
        reply = shown.ask(f"/api/files/{first['id']}")
        assert reply.body.startswith(PNG)
        assert reply.headers["Content-Type"] == "image/png"
        assert reply.headers["Content-Disposition"].startswith("inline")

    def test_a_sound_says_what_it_is(self, shown):
        first = items(shown, "audio", "tone")[0]
        assert shown.ask(f"/api/files/{first['id']}").headers["Content-Type"] == "audio/wav"

    def test_html_is_text_in_a_sandbox(self, shown, artifacts):
        reply = shown.ask(f"/api/files/{artifacts['page.html']['id']}")
        assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
        policies = " ".join(reply.headers.get_all("Content-Security-Policy"))
        assert "sandbox;" in policies
        assert "allow-scripts" not in policies
        assert reply.headers["X-Content-Type-Options"] == "nosniff"

    def test_what_is_unknown_is_only_to_be_kept_under_its_name(self, shown, artifacts):
        reply = shown.ask(f"/api/files/{artifacts['model.bin']['id']}")
        assert reply.headers["Content-Type"] == "application/octet-stream"
        assert 'attachment; filename="model.bin"' in reply.headers["Content-Disposition"]
        assert reply.body == b"\0weights"

    def test_whatever_it_is_may_be_kept(self, shown, artifacts):
        reply = shown.ask(f"/api/files/{artifacts['notes.txt']['id']}?keep=1")
        assert reply.headers["Content-Disposition"].startswith("attachment")

    def test_a_hostile_name_stays_in_its_header(self, new_database, serve, tmp_path):
        path = tmp_path / 'a"; evil\r\nX: y;.txt'
        path.write_bytes(b"1")
        with new_database().start() as run:
            run.log_artifact(path, "x", copy=True)
        reply = serve(new_database.url).ask("/api/files/1?keep=1")
        assert reply.headers["X"] is None
        said = reply.headers["Content-Disposition"]
        assert said.startswith('attachment; filename="a_evil_X_y_.txt"; filename*=UTF-8')

    def test_a_folder_is_its_files(self, shown, artifacts):
        folder = artifacts["model"]
        found = shown.get(f"copies/{folder['id']}")
        assert [(one["name"], one["size"]) for one in found["files"]] == [
            ("card.md", 9),
            ("weights.bin", 3),
        ]
        assert os.path.isdir(found["where"])
        reply = shown.ask(f"/api/files/{folder['id']}?name=card.md")
        assert reply.body == b"# A model"
        for name in ("../../media.db", "/etc/passwd", "", "nothing", "card.md/.."):
            assert shown.ask(f"/api/files/{folder['id']}?name={name}").status == 404

    def test_a_link_out_of_a_folder_is_not_followed(self, new_database, serve, tmp_path):
        (tmp_path / "secret").write_text("secret")
        (tmp_path / "out").mkdir()
        os.symlink(tmp_path / "secret", tmp_path / "out" / "link")
        logger = new_database()
        with logger.start() as run:
            (tmp_path / "out" / "real").write_text("x")
            run.log_artifact(tmp_path / "out", "x", copy=True)
        page = serve(new_database.url)
        where = page.get("copies/1")["where"]
        os.remove(os.path.join(where, "real"))
        os.symlink(tmp_path / "secret", os.path.join(where, "real"))
        assert page.ask("/api/files/1?name=real").status == 404

    def test_a_file_that_was_not_copied_is_not_served(self, shown, artifacts):
        gone = artifacts["elsewhere.pt"]
        assert shown.error(f"files/{gone['id']}")[0] == 404
        assert shown.get(f"copies/{gone['id']}")["where"] is None

    @pytest.mark.parametrize("stored", ["/etc/passwd", "{folder}/secret", "secret", "../secret"])
    def test_a_database_cannot_make_it_serve_any_other_file(
        self, new_database, serve, tmp_path, stored
    ):
        (tmp_path / "secret").write_text("secret")
        with new_database().start() as run:
            run.log_artifact(tmp_path / "secret", "x", copy=True)
        new_database().close()
        os.rename(tmp_path / "new.db.artifacts", tmp_path / "gone")
        with sqlite3.connect(str(tmp_path / "new.db")) as connection:
            connection.execute("UPDATE artifacts SET stored = ?", (stored.format(folder=tmp_path),))
        assert serve(new_database.url).ask("/api/files/1").status == 404

    def test_damaged_tables_and_histograms_are_told_and_break_nothing(
        self, new_database, serve, tmp_path
    ):
        with new_database().start() as run:
            run.log_histogram("h", [1])
            run.log_table("t", [[1]])
        page = serve(new_database.url)
        where = page.get("copies/2")["where"]
        with sqlite3.connect(str(tmp_path / "new.db")) as connection:
            text = json.dumps({"edges": "x", "counts": {}})
            connection.execute("UPDATE artifacts SET data_info = ? WHERE id = 1", (text,))
        for content in ("[]", "not json", '{"columns": 3}', '{"columns": [], "rows": [3]}'):
            with open(where, "w") as file:
                file.write(content)
            assert page.error("media/2") == (404, "what is stored is no table")
        assert items(page, "histogram", "h") == []
        os.remove(where)
        assert page.error("media/2") == (404, "the copy of the table is not here")
