"""What the pages of one run and of a comparison show."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")


def leaf(answer, dotted):
    (found,) = [one for one in answer["config"] if ".".join(one["path"]) == dotted]
    return found


class TestRun:
    def test_a_value_tells_the_steps_that_made_it(self, page):
        answer = page.get("runs/1")
        rate = leaf(answer, "lr")
        steps = [answer["provenance"][index] for index in rate["history"]]
        assert [step["kind"] for step in steps] == ["view", "cli"]
        assert steps[0]["name"] == "defaults"
        assert steps[1]["token"] == f"lr={rate['text']}"
        assert "ui_example.py:" in steps[0]["location"]

    def test_values_read_as_python_would_show_them(self, page):
        answer = page.get("runs/1")
        assert leaf(answer, "seed") == {
            **leaf(answer, "seed"),
            "text": str(2**62 + 1),
            "type": "int",
        }
        assert leaf(answer, "optimizer.weight_decay")["text"] == "None"
        assert leaf(answer, "optimizer.betas")["text"] == "[0.9, 0.999]"
        assert leaf(answer, "model.name")["text"] == '"mlp"'

    def test_a_failed_run_has_its_traceback(self, page):
        run = page.get("runs/25")["run"]
        assert run["status"] == "failed"
        assert "ValueError: loss is nan at epoch 4" in run["error"]

    def test_artifacts_fingerprints_notes_and_environment_are_listed(self, page):
        answer = page.get("runs/24")
        assert answer["artifacts"][0]["path"] == "checkpoints/023/model_best.pt"
        assert answer["artifacts"][0]["info"] == '{"epoch": 59}'
        assert answer["fingerprints"][0]["trace_id"] == "train_step"
        assert "Gradient norms look odd" in answer["notes"][0]["text"]
        assert "python" in dict(answer["environment"]["facts"])

    def test_an_artifact_that_was_not_copied_is_named_and_never_served(self, page):
        for path in ("/api/files/1", "/artifacts/1", "/checkpoints/023/model_best.pt"):
            assert page.ask(path).status == 404

    def test_metrics_are_summed_up(self, page):
        (loss,) = [one for one in page.get("runs/25")["metrics"] if one["key"] == "train/loss"]
        assert loss == {"key": "train/loss", "count": 5, "last": "nan", "min": 2.4, "max": 880.0}

    def test_an_unknown_run_is_an_error_that_names_it(self, page):
        assert page.error("runs/999") == (404, "there is no run 999")
        assert page.error(f"runs/{2**70}")[0] == 404

    def test_a_run_whose_process_is_gone_is_lost(self, new_database, serve):
        import sqlite3

        logger = new_database()
        run = logger.start()
        page = serve(new_database.url)
        assert page.get(f"runs/{run.id}")["run"]["status"] == "running"
        run.finish()
        with sqlite3.connect(new_database.url[len("sqlite:///") :]) as connection:
            connection.execute(
                "UPDATE experiments SET status='running', end_time=NULL, host='elsewhere', "
                "heartbeat='2020-01-01 00:00:00.000000'"
            )
        connection.close()
        assert page.get(f"runs/{run.id}")["run"]["status"] == "lost"
        assert page.get("projects")["projects"][0]["statuses"] == {"lost": 1}
        assert page.get("projects/1/runs", filter="status:lost")["total"] == 1
        assert page.get("projects/1/runs", filter="status:running")["total"] == 0

    def test_values_json_does_not_have_keep_their_names(self, new_database, serve):
        config = {"nan": float("nan"), "none": None, "kind": {1, 2}, "made": object, "empty": {}}
        with new_database(**config).start() as run:
            pass
        answer = serve(new_database.url).get(f"runs/{run.id}")
        assert leaf(answer, "nan")["text"] == "nan"
        assert leaf(answer, "kind")["text"] == "{1, 2}"
        assert leaf(answer, "made")["text"] == "<class 'object'>"
        assert leaf(answer, "empty")["text"] == "{}"

    def test_a_long_list_of_mappings_is_shown_item_by_item(self, new_database, serve):
        stages = [{"name": f"stage-{number}", "width": 64, "rate": 0.5} for number in range(4)]
        config = {"stages": stages, "short": [[1, 2], [3, {"a": 4}]], "none": set()}
        with new_database(**config).start() as run:
            pass
        answer = serve(new_database.url).get(f"runs/{run.id}")
        assert leaf(answer, "stages.[3].name")["text"] == '"stage-3"'
        assert leaf(answer, "short")["text"] == '[[1, 2], [3, {"a": 4}]]'
        assert leaf(answer, "none")["text"] == "set()"

    def test_long_metadata_of_an_artifact_is_cut(self, new_database, serve):
        with new_database().start() as run:
            run.log_artifact("a.pt", "model", {"text": "x" * 1000})
            run.log_artifact("b.pt", "model")
        long, none = (one["info"] for one in serve(new_database.url).get("runs/1")["artifacts"])
        assert (len(long), long[-1]) == (300, "…")
        assert none is None


class TestCompare:
    def test_only_keys_that_differ_are_marked(self, page):
        rows = {row["key"]: row for row in page.get("compare", run=[1, 13])["config"]}
        assert rows["lr"]["differs"] is True
        assert rows["batch_size"]["differs"] is False
        assert rows["lr"]["cells"][0]["origin"].startswith("lr=")
        assert rows["batch_size"]["cells"][0]["origin"] == "defaults"

    def test_equal_code_has_one_letter_and_changed_code_another(self, page):
        (row,) = page.get("compare", run=[1, 2, 10, 19])["fingerprints"]
        assert [cell["version"] for cell in row["cells"]] == [0, 0, 1, 2]

    def test_what_a_run_did_not_trace_or_log_is_empty(self, page):
        answer = page.get("compare", run=[1, 25])
        assert answer["fingerprints"][0]["cells"][1] is None
        metrics = {row["key"]: row["cells"] for row in answer["metrics"]}
        assert metrics["val/loss"][1] is None

    @pytest.mark.parametrize("runs", [[], [1], list(range(1, 10))])
    def test_two_to_eight_runs_are_compared(self, page, runs):
        status, message = page.error("compare", run=runs)
        assert (status, message) == (400, f"give 2 to 8 runs, not {len(runs)}")

    def test_the_same_run_twice_counts_once(self, page):
        assert page.error("compare", run=[1, 1])[0] == 400


class TestFunctions:
    def test_a_function_lists_its_versions_and_runs(self, page):
        (function,) = page.get("projects/1/functions")["functions"]
        expected = {"trace_id": "train_step", "type": "static", "versions": 3, "runs": 24}
        assert function == expected

    def test_each_version_shows_the_statement_that_changed(self, page):
        answer = page.get("projects/1/history", trace="train_step")
        first, second, third = answer["versions"]
        assert first["lines"] == []
        changed = [text.strip() for sign, text, *_ in second["lines"] if sign == "+"]
        assert changed == ["if scaled > 10:", "scaled = 10"]
        assert ["-", "    scaled = loss / batch"] == third["lines"][1][:2]
        assert (first["first_run"], first["last_run"]) == (1, 9)

    def test_the_words_that_changed_in_a_line_are_marked(self, page):
        third = page.get("projects/1/history", trace="train_step")["versions"][2]
        sign, text, ranges = third["lines"][2]
        assert sign == "+"
        assert "".join(text[start:end] for start, end in ranges) == "max(, 1)"

    def test_the_timeline_has_the_version_of_every_run(self, page):
        timeline = page.get("projects/1/history", trace="train_step")["timeline"]
        assert [entry["run"] for entry in timeline] == list(range(1, 25))
        assert len({entry["fingerprint"] for entry in timeline}) == 3

    def test_the_change_between_two_versions_can_be_asked_for(self, page):
        versions = page.get("projects/1/history", trace="train_step")["versions"]
        prints = [version["fingerprint"] for version in versions]
        lines = page.get("change", old=prints[0], new=prints[2])["lines"]
        assert ["+", "    if scaled > 5:"] in [line[:2] for line in lines]

    def test_a_version_whose_source_was_not_kept_says_so(self, new_database, serve):
        logger = new_database()
        for text in ("a" * 40, "b" * 40):
            with logger.start(fingerprints={"static": {"step": text}}):
                pass
        versions = serve(new_database.url).get("projects/1/history", trace="step")["versions"]
        assert versions[1]["reason"] == "The source of these versions was not kept."

    def test_an_unknown_function_is_an_error_that_names_it(self, page):
        message = "no run of this project traced 'nope'"
        assert page.error("projects/1/history", trace="nope") == (404, message)


class TestBesideARun:
    @pytest.fixture
    def watched(self, new_database, serve):
        """A page over two runs that told of the machine and kept what they printed."""
        for number in range(2):
            with new_database().start(console=True) as run:
                print(f"hello from {number}")
                run.log_metrics({"loss": number, "system/cpu_percent": 10.0 + number})
        return serve(new_database.url)

    def test_what_it_printed_is_asked_apart(self, watched):
        assert watched.get("runs/1")["console"] == len("hello from 0\n")
        assert watched.get("runs/1/console") == {"text": "hello from 0\n"}
        assert watched.error("runs/9/console")[0] == 404

    def test_the_machine_is_no_result_of_runs(self, watched):
        rows = {row["key"]: row["differs"] for row in watched.get("compare", run=[1, 2])["metrics"]}
        assert rows == {"loss": True, "system/cpu_percent": False}
        assert watched.get("projects/1")["default_columns"] == ["metric.loss.last"]
        assert watched.get("projects/1/columns")["metrics"] == ["loss", "system/cpu_percent"]
        assert watched.get("projects/1/curves")["key"] == "loss"
