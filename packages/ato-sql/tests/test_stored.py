"""Runs as they are stored: what programs that explain them read, with and without SQLAlchemy."""

import pytest

from ato_adict import ADict
from ato_sql import NotFoundError, SQLLogger
from ato_sql.cli import open_stored
from ato_sql.comparing import is_drawn, is_incidental, matters, number_text, records_inputs
from helping import Print


@pytest.fixture(params=["the file alone", "a connection"])
def stored(request, path, finder, trials):
    """The runs of `trials`, read in both ways."""
    if request.param == "the file alone":
        yield open_stored(path)
    else:
        with finder.stored() as opened:
            yield opened


class TestRuns:
    def test_a_run_is_named_by_id_or_uuid(self, stored, finder, trials):
        uuid = finder.get_run(trials[1]).uuid
        assert stored.run(uuid) == stored.run(trials[1])

    def test_an_unknown_run_is_an_error_that_names_the_database(self, stored):
        with pytest.raises(NotFoundError, match="there is no run 99 in sqlite:///"):
            stored.run(99)

    def test_its_config_is_as_it_is_stored(self, stored, trials):
        assert stored.run(trials[1]).config["model"] == {"name": "mlp", "layers": [64, 32]}

    def test_its_facts_are_those_of_the_row(self, stored, finder, trials):
        run, facts = finder.get_run(trials[0]), stored.run(trials[0]).facts
        assert facts["command"] == run.command
        assert facts["host"] == run.host
        assert facts["git_dirty"] in (True, False, None)

    def test_its_metrics_have_last_value_and_extremes(self, stored, trials):
        assert stored.run(trials[1]).metrics == {"acc": (0.6, 0.6, 0.9)}

    def test_its_span_is_from_start_to_end(self, stored, finder, trials):
        run = finder.get_run(trials[0])
        start, end = stored.run(trials[0]).span
        assert start == pytest.approx(run.start_time.timestamp(), abs=1e-5)
        assert end == pytest.approx(run.end_time.timestamp(), abs=1e-5)

    def test_its_environment_has_python_and_packages(self, stored, trials):
        environment = stored.run(trials[0]).environment
        assert environment["python"].count(".") == 2
        assert environment["packages"]

    def test_an_environment_that_is_not_kept_is_empty(self, stored):
        assert stored.environment(None) == stored.environment("0" * 64) == {}


class TestNames:
    def test_of_projects(self, stored):
        assert stored.projects() == ["digits"]

    def test_of_runs_the_newest_first(self, stored, trials):
        assert [number for number, _ in stored.run_names()] == trials[::-1]
        assert len(stored.run_names(2)) == 2

    def test_of_metrics_of_one_project_or_of_all(self, stored):
        assert stored.metrics() == stored.metrics("digits") == ["acc"]
        assert stored.metrics("other") == []

    def test_of_config_keys(self, stored):
        assert {"lr", "name", "model.name"} <= set(stored.keys())
        assert stored.keys("digits") == stored.keys()
        assert stored.keys("other") == []

    def test_of_tags_those_of_the_last_run_first(self, stored):
        assert stored.tags() == ["sweep", "lr0.001", "lr0.01", "lr0.1"]


class TestLatest:
    def test_they_are_those_of_the_project_that_was_used_last(self, config, path, trials):
        config.experiment.project_name = "other"
        with SQLLogger(config).start() as run:
            pass
        assert open_stored(path).latest(2) == [run.id]

    def test_the_newest_comes_first(self, stored, trials):
        assert stored.latest(2) == trials[:0:-1]
        assert stored.latest(99) == trials[::-1]

    def test_none_are_wanted(self, stored):
        assert stored.latest(0) == []

    def test_reruns_and_archived_runs_are_left_out(self, logger, finder, path, trials):
        logger.start(parent=trials[0], tags=["rerun"]).finish()
        finder.archive(trials[1])
        assert open_stored(path).latest(5) == [trials[2], trials[0]]

    def test_a_tag_rerun_without_a_parent_makes_none(self, logger, path, trials):
        with logger.start(tags=["rerun"]) as run:
            pass
        assert open_stored(path).latest(1) == [run.id]

    def test_many_reruns_hide_nothing_that_is_behind_them(self, logger, path, trials):
        for _ in range(60):
            logger.start(parent=trials[0], tags=["rerun"]).finish()
        assert open_stored(path).latest(2) == trials[:0:-1]


class TestFingerprints:
    @pytest.fixture
    def run(self, logger):
        made = Print("a" * 64, source="def f(): ...", canonical="f", location="m.py:1", form=2)
        made.skipped = [("g", "not found")]
        with logger.start(fingerprints={"static": {"f": made}, "runtime": {"f": "b"}}) as run:
            pass
        return run

    def test_they_stand_by_kind_and_trace(self, run, path):
        found = open_stored(path).run(run.id).fingerprints
        assert found == {("static", "f"): ("a" * 64,), ("runtime", "f"): ("b",)}

    def test_what_one_was_made_of_is_kept_whole(self, run, path):
        (found,) = open_stored(path).prints(["a" * 64, "unknown"]).values()
        assert (found.source, found.canonical, found.location) == ("def f(): ...", "f", "m.py:1")
        assert (found.form, found.skipped) == (2, [["g", "not found"]])

    def test_one_that_says_no_form_is_of_the_first(self, logger, path):
        logger.start(fingerprints={"f": Print("c" * 64, source="x")}).finish()
        assert open_stored(path).prints(["c" * 64])["c" * 64].form == 1

    def test_of_no_fingerprints_nothing_is_asked(self, run, path):
        assert open_stored(path).prints([]) == {}


class TestFilesAndTexts:
    def test_artifacts_by_path_and_no_media(self, logger, path, tmp_path):
        (tmp_path / "model.bin").write_bytes(b"weights")
        with logger.start() as run:
            run.log_artifact(tmp_path / "model.bin", "model")
            run.log_text("story", "once")
        (found,) = open_stored(path).run(run.id).artifacts.values()
        assert (found["data_type"], found["size"]) == ("model", 7)

    def test_the_text_of_a_small_input_is_kept_by_its_hash(self, logger, path, tmp_path):
        (tmp_path / "train.csv").write_text("x,y\n1,2\n")
        with logger.start() as run:
            run.log_input(tmp_path / "train.csv", name="train")
        stored = open_stored(path)
        (one,) = stored.run(run.id).inputs
        assert (one["name"], one["how"], one["size"]) == ("train", "logged", 8)
        assert set(stored.texts([one["hash"], "unknown"])) <= {one["hash"]}

    def test_metrics_of_the_machine_are_none_of_the_run(self, logger, path):
        with logger.start() as run:
            run.log_metrics({"loss": 0.5, "system/cpu_percent": 12.0})
        assert list(open_stored(path).run(run.id).metrics) == ["loss"]


class TestWhatMatters:
    """Which facts may have changed a result, and which say only where a run happened."""

    @pytest.fixture
    def run(self, path, trials):
        return open_stored(path).run(trials[0])

    @pytest.fixture
    def with_imported(self, run):
        return run._replace(environment={**run.environment, "imported": {"numpy": "2.0"}})

    @pytest.mark.parametrize(
        "fact", ["command", "directory", "host", "git_dirty", "executable", "platform"]
    )
    def test_where_it_ran_does_not(self, run, fact):
        assert not matters(fact, run, run)

    @pytest.mark.parametrize(
        "fact", ["python", "options", "accelerator", "threads OMP", "variable GAIN"]
    )
    def test_what_it_ran_with_does(self, run, fact):
        assert matters(fact, run, run)

    def test_a_package_does_unless_it_is_known_what_was_imported(self, run, with_imported):
        assert matters("package numpy", run, run)
        assert not matters("package numpy", with_imported, with_imported)

    def test_an_imported_package_does_where_both_imported_it(self, run, with_imported):
        assert matters("imported numpy", with_imported, with_imported)
        assert not matters("imported numpy", run, with_imported)
        assert not matters("imported ato_sql", with_imported, with_imported)

    def test_a_variable_of_a_job_does_not(self, run):
        assert not matters("variable SLURM_JOB_ID", run, run)

    def test_a_seed_does_unless_a_library_drew_it(self, run):
        drawn = run._replace(environment={"seeds": {"torch": 1 << 40}})
        chosen = run._replace(environment={"seeds": {"torch": 7}})
        assert matters("seed torch", chosen, chosen)
        assert not matters("seed torch", chosen, drawn)

    def test_a_commit_does_unless_the_sources_themselves_are_there(self, run):
        known = run._replace(modules={"train": {"hash": "a"}})
        assert matters("git_commit", run, known)
        assert not matters("git_commit", known, known)
        assert not matters("git_diff_hash", run, run)

    def test_nobody_sets_a_seed_of_more_than_32_bits(self):
        assert is_drawn(1 << 32)
        assert not is_drawn((1 << 32) - 1)
        assert not is_drawn("1234567890123")

    def test_where_a_run_is_kept_is_incidental(self):
        assert is_incidental("experiment.sql.db_path")
        assert not is_incidental("experimental")

    def test_numbers_are_shown_in_six_digits_of_any_size(self):
        assert number_text(1 / 3) == "0.333333"
        assert number_text(10**400) == "1e+400"
        assert number_text(2 / 3, digits=2) == "0.67"


class TestWhatIsRecorded:
    def test_without_a_scope_it_is_not_known_what_a_run_read(self, path, trials):
        assert not records_inputs(open_stored(path).run(trials[0]))

    def test_an_input_by_hand_is_one(self, logger, path):
        with logger.start() as run:
            run.log_input(b"1", name="one")
        assert records_inputs(open_stored(path).run(run.id))

    def test_with_variables_it_is_unless_a_setting_turned_it_off(self, path, trials):
        run = open_stored(path).run(trials[0])
        told = run._replace(environment={"variables": {}, "python": "3.11.7"})
        assert records_inputs(told)
        off = ADict(experiment=ADict(sql=ADict(inputs=False)))
        assert not records_inputs(told._replace(config=off))

    def test_on_python_3_7_it_is_not(self, path, trials):
        run = open_stored(path).run(trials[0])
        assert not records_inputs(
            run._replace(environment={"variables": {}, "python": "3.7.17"}, inputs=[])
        )


class TestWhichDatabase:
    def test_a_url_that_says_more_than_a_path_is_opened_too(self, path, trials):
        assert open_stored(f"sqlite:///file:{path}?uri=true").latest(1) == [trials[2]]

    def test_the_environment_names_it(self, path, trials, monkeypatch):
        monkeypatch.setenv("ATO_DB", f"sqlite:///{path}")
        assert open_stored().projects() == ["digits"]

    def test_nothing_is_left_beside_the_file(self, path, trials, logger, tmp_path):
        logger.close()
        before = sorted(one.name for one in tmp_path.iterdir())
        open_stored(path).run(trials[0])
        assert sorted(one.name for one in tmp_path.iterdir()) == before
