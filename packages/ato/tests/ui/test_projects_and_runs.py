"""What the lists show: projects, and the runs of one, filtered, sorted and paged."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")


def ids(answer):
    return [row["id"] for row in answer["rows"]]


class TestProjects:
    def test_a_project_tells_how_its_runs_ended(self, page):
        (project,) = page.get("projects")["projects"]
        assert project["name"] == "digits"
        assert project["runs"] == 25
        assert project["statuses"] == {"completed": 24, "failed": 1}

    def test_the_columns_shown_first_are_what_varies(self, page):
        columns = page.get("projects/1")["default_columns"]
        assert "config.lr" in columns
        assert "config.batch_size" not in columns
        assert "metric.val/accuracy.last" in columns

    def test_all_keys_and_metrics_can_be_chosen(self, page):
        columns = page.get("projects/1/columns")
        assert {"lr", "model.layers", "optimizer.betas", "warmup_steps"} <= set(columns["config"])
        assert columns["metrics"] == ["grad_norm", "lr", "train/loss", "val/accuracy", "val/loss"]

    def test_an_unknown_project_is_an_error_that_names_it(self, page):
        assert page.error("projects/77/runs") == (404, "there is no project 77")


class TestPages:
    def test_the_newest_runs_come_first(self, page):
        answer = page.get("projects/1/runs", limit=3)
        assert ids(answer) == [25, 24, 23]
        assert answer["total"] == 25

    def test_pages_follow_each_other_without_gap(self, page):
        pages = [page.get("projects/1/runs", limit=10, offset=start) for start in (0, 10, 20)]
        assert [run for answer in pages for run in ids(answer)] == list(range(25, 0, -1))

    def test_the_values_of_the_chosen_columns_come_along(self, page):
        columns = ["config.seed", "config.model.name", "metric.train/loss.max", "metric.nope.last"]
        (row,) = page.get("projects/1/runs", filter="id:1", column=columns)["rows"]
        # The seed is beyond what JavaScript's numbers hold, so it comes as text.
        assert row["values"]["config.seed"] == str(2**62 + 1)
        assert row["values"]["config.model.name"] == "mlp"
        assert 2.2 < row["values"]["metric.train/loss.max"] < 2.4
        assert "metric.nope.last" not in row["values"]

    def test_a_last_value_that_is_not_a_number_is_shown_as_such(self, page):
        name = "metric.train/loss.last"
        (row,) = page.get("projects/1/runs", filter="id:25", column=name)["rows"]
        assert row["values"] == {name: "nan"}


class TestSorting:
    def test_by_a_config_key_as_numbers(self, page):
        answer = page.get("projects/1/runs", sort="config.lr", column="config.lr")
        rates = [float(row["values"]["config.lr"]) for row in answer["rows"]]
        assert rates == sorted(rates)

    def test_by_a_metric_downwards_with_runs_that_lack_it_last(self, page):
        name = "metric.val/accuracy.max"
        answer = page.get("projects/1/runs", sort=f"-{name}", column=name)
        values = [row["values"].get(name) for row in answer["rows"]]
        assert values[:24] == sorted(values[:24], reverse=True)
        assert values[24] is None

    def test_runs_that_lack_it_are_last_upwards_too(self, page):
        assert ids(page.get("projects/1/runs", sort="metric.val/accuracy.max"))[-1] == 25

    @pytest.mark.parametrize("name", ["id", "status", "start_time", "duration"])
    def test_by_what_every_run_has(self, page, name):
        up = ids(page.get("projects/1/runs", sort=name))
        assert sorted(up) == list(range(1, 26))

    def test_an_unknown_column_is_an_error_with_a_suggestion(self, page):
        status, message = page.error("projects/1/runs", sort="model.droput")
        assert status == 400
        assert "did you mean 'model.dropout'?" in message


class TestFilter:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("status:failed", [25]),
            ("-status:completed", [25]),
            ("status!=completed", [25]),
            ("tag:too-hot", [25]),
            ("tag:baseline", [3, 2, 1]),
            ("tag:base", []),
            ("id<3", [2, 1]),
            ("id>=25", [25]),
            ("lr>1", [25]),
            ("lr=3", [25]),
            ("config.lr>=3.0", [25]),
            ("too-hot", [25]),
            ('"odd after epoch"', [24]),
            ('note:"LOWER the rate"', [24]),
            ("error:ValueError", [25]),
            ("metric.train/loss.max>100", [25]),
            ("train/loss.max>100", [25]),
            ("parent:none id:7", [7]),
            ("model.name:ML id=5", [5]),
            ('model.name="mlp" id=5', [5]),
            ("optimizer.weight_decay=None id=5", [5]),
            ("started>=2000-01-01 id=5", [5]),
            ("started<2000-01-01", []),
        ],
    )
    def test_terms(self, page, text, expected):
        answer = page.get("projects/1/runs", filter=text)
        assert ids(answer) == expected
        assert answer["total"] == len(expected)

    def test_all_terms_must_hold(self, page):
        text = "tag:wide tag:warm lr<0.001"
        answer = page.get("projects/1/runs", filter=text, column="config.lr")
        assert answer["rows"]
        for row in answer["rows"]:
            assert {"wide", "warm"} <= set(row["tags"])
            assert float(row["values"]["config.lr"]) < 0.001

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("statu:failed", "there is no 'statu'; did you mean 'status'?"),
            ("status:", "status: needs a value"),
            ("lr<fast", "lr < needs a number, not 'fast'"),
            ("status<failed", "status has no order; write status:failed"),
            ('"open', "cannot read the filter from '\"open' on"),
            ("started>yesterday", "started needs a day like 2026-11-24, not 'yesterday'"),
            ("id:x", "id : needs a whole number, not 'x'"),
        ],
    )
    def test_a_mistake_is_one_line_that_says_what_to_write(self, page, text, message):
        assert page.error("projects/1/runs", filter=text) == (400, message)

    @pytest.mark.parametrize(
        "text",
        [
            "'; DROP TABLE experiments; --",
            "%",
            "_",
            "tag:%",
            "lr:\"%' OR '1'='1\"",
            "100%_/\\",
            "\u200b",
            "\ud7ff",
        ],
    )
    def test_nothing_typed_becomes_sql(self, page, text):
        reply = page.get("projects/1/runs", filter=text)
        assert reply["total"] == 0
        assert page.get("projects/1/runs")["total"] == 25


class TestTrials:
    def test_trials_can_be_left_out(self, new_database, serve):
        logger = new_database()
        with logger.start() as search:
            for _ in range(3):
                with logger.start(parent=search):
                    pass
        page = serve(new_database.url)
        assert page.get("projects/1")["has_trials"] is True
        assert page.get("projects/1/runs")["total"] == 4
        assert ids(page.get("projects/1/runs", trials="no")) == [search.id]
        assert ids(page.get("projects/1/runs", filter=f"parent:{search.id}")) == [4, 3, 2]


def test_runs_are_listed_with_their_names(new_database, serve):
    for name in ("walrus", "badger", "otter"):
        with new_database().start(name=name):
            pass
    page = serve(new_database.url)
    rows = page.get("projects/1/runs", sort="id")["rows"]
    assert [row["name"] for row in rows] == ["walrus", "badger", "otter"]
    assert page.get("runs/1")["run"]["name"] == "walrus"


def test_archived_runs_are_left_out_unless_asked_for(new_database, serve):
    from ato.db_routers.sql.manager import SQLFinder

    logger = new_database()
    for _ in range(2):
        with logger.start():
            pass
    SQLFinder({"experiment": {"sql": {"db_path": new_database.url}}}).archive(1)
    page = serve(new_database.url)
    ids = {
        asked: [row["id"] for row in page.get("projects/1/runs", filter=asked)["rows"]]
        for asked in ("", "archived=true", "-archived=true")
    }
    assert ids == {"": [2], "archived=true": [1], "-archived=true": [2]}
