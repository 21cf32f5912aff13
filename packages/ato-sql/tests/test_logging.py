"""What is logged is found again."""

import datetime as dt
import math
import os
import pickle
import subprocess
import sys

import pytest

from ato_sql import DatabaseError, MetricError, SQLFinder, SQLLogger, TrackerError


class TestMetrics:
    def test_values_are_found_by_step(self, logger, finder):
        run_id = logger.run()
        for step in (2, 0, 1):
            logger.log_metric("loss", step / 10, step=step)
        points = finder.get_metrics(run_id, "loss")
        assert [(p.step, p.value) for p in points] == [(0, 0.0), (1, 0.1), (2, 0.2)]

    def test_without_a_step_they_count_up_from_zero(self, logger, finder):
        run_id = logger.run()
        for value in (0.3, 0.2):
            logger.log_metric("loss", value)
        logger.log_metric("loss", 0.1, step=7)
        logger.log_metric("loss", 0.0)
        assert [p.step for p in finder.get_metrics(run_id, "loss")] == [0, 1, 7, 8]

    def test_several_at_once_share_a_step(self, logger, finder):
        run_id = logger.run()
        logger.log_metrics({"loss": 0.5, "acc": 0.9}, step=3)
        assert finder.get_metric_keys(run_id) == ["acc", "loss"]
        assert finder.get_metrics(run_id, "acc")[0].step == 3

    def test_what_numpy_has_masked_is_no_number(self, logger, finder):
        numpy = pytest.importorskip("numpy")
        run_id = logger.run()
        nothing = numpy.ma.masked_array([1.0, 2.0], mask=True).mean()
        for value in (nothing, numpy.ma.masked_array([1.0], mask=[True])):
            logger.log_metric("loss", value)
        assert all(math.isnan(point.value) for point in finder.get_metrics(run_id, "loss"))

    def test_what_fails_in_words_and_numbers_of_its_own_is_told_by_its_type(self, logger):
        class Broken:
            def __float__(self):
                raise KeyError("lost")

            def __repr__(self):
                raise RuntimeError("lost too")

        logger.run()
        with pytest.raises(MetricError, match="'loss' needs a number, not a value of type Broken"):
            logger.log_metric("loss", Broken())
        with pytest.raises(MetricError, match="the step of metric 'loss' must be an integer"):
            logger.log_metric("loss", 1.0, step=Broken())

    def test_several_are_a_dict(self, logger):
        logger.run()
        with pytest.raises(MetricError, match="takes a dict of names and numbers, not a list"):
            logger.log_metrics([("loss", 1.0)])

    def test_several_with_one_wrong_record_none(self, logger, finder):
        run_id = logger.run()
        with pytest.raises(MetricError, match="'acc' needs a number, not 'high'"):
            logger.log_metrics({"loss": 0.5, "acc": "high"}, step=3)
        assert finder.get_metric_keys(run_id) == []

    def test_the_summary_keeps_extremes_and_the_value_of_the_last_step(self, logger, finder):
        run_id = logger.run()
        for step, value in [(0, 0.5), (2, 0.1), (1, 0.9), (3, math.nan)]:
            logger.log_metric("loss", value, step)
            logger.flush()
        summary = finder.get_summaries([run_id])[run_id]["loss"]
        assert (summary.count, summary.min, summary.min_step) == (4, 0.1, 2)
        assert (summary.max, summary.max_step) == (0.9, 1)
        assert (summary.last, summary.last_special, summary.last_step) == (None, "nan", 3)

    @pytest.mark.parametrize("key", ["", 3, None, "x" * 256, "a\0b"])
    def test_a_key_no_database_can_keep_is_refused(self, logger, key):
        logger.run()
        with pytest.raises(MetricError, match="key|metric"):
            logger.log_metric(key, 0.5, 0)

    @pytest.mark.parametrize("step", [0.5, "1", 2**63])
    def test_a_step_that_is_no_integer_is_refused(self, logger, step):
        logger.run()
        with pytest.raises(MetricError, match="step of metric 'loss'"):
            logger.log_metric("loss", 0.5, step)

    def test_behind_the_last_step_there_is_is_none(self, logger, finder):
        run_id = logger.run()
        logger.log_metric("loss", 0.5, 2**63 - 1)
        with pytest.raises(MetricError, match="no step comes after 9223372036854775807 of metric"):
            logger.log_metric("loss", 0.5)
        with pytest.raises(MetricError, match="'loss'; log it with step="):
            logger.log_metrics({"other": 0.5, "loss": 0.5})
        logger.log_metric("loss", 0.25, 3)
        logger.log_metrics({"other": 0.5, "loss": 0.5})
        points = finder.get_metrics(run_id, "loss")
        assert [(one.step, one.value) for one in points] == [(3, 0.25), (4, 0.5), (2**63 - 1, 0.5)]
        assert [one.step for one in finder.get_metrics(run_id, "other")] == [0]

    def test_behind_the_last_step_of_a_text_is_none(self, logger):
        with logger.start() as run:
            run.log_text("said", "x", step=2**63 - 1)
            with pytest.raises(MetricError, match="no step comes after"):
                run.log_text("said", "y")

    def test_without_a_run_the_error_says_how_to_start_one(self, logger):
        with pytest.raises(TrackerError, match=r"call logger\.run\(\) first"):
            logger.log_metric("loss", 0.5, 0)


class TestRuns:
    def test_finish_completes_and_forgets_the_current_run(self, logger, finder):
        run_id = logger.run(tags=["baseline"])
        assert logger.get_current_run_id() == run_id
        assert logger.get_current_run().tags == ["baseline"]
        logger.finish()
        assert logger.get_current_run() is None
        run = finder.find_run(run_id)
        assert run.status == "completed"
        assert run.end_time >= run.start_time

    def test_a_with_block_completes_its_run(self, logger, finder):
        with logger.start(tags=["a"]) as run:
            run.log_metric("loss", 0.5, 0)
            assert finder.find_run(run.id).status == "running"
        assert finder.find_run(run.id).status == "completed"

    def test_an_exception_fails_the_run_and_keeps_the_traceback(self, logger, finder):
        with pytest.raises(ZeroDivisionError), logger.start() as run:
            1 / 0  # noqa: B018
        failed = finder.find_run(run.id)
        assert failed.status == "failed"
        assert "ZeroDivisionError: division by zero" in failed.error

    def test_ctrl_c_interrupts_the_run(self, logger, finder):
        with pytest.raises(KeyboardInterrupt), logger.start() as run:
            raise KeyboardInterrupt
        assert finder.find_run(run.id).status == "interrupted"

    def test_a_run_finished_within_its_block_keeps_that_status(self, logger, finder):
        with logger.start() as run:
            run.finish("pruned")
        assert finder.find_run(run.id).status == "pruned"

    def test_several_are_open_at_once(self, logger, finder):
        with logger.start() as first, logger.start() as second:
            first.log_metric("loss", 1, 0)
            second.log_metric("loss", 2, 0)
        assert finder.get_metrics(first.id, "loss")[0].value == 1
        assert finder.get_metrics(second.id, "loss")[0].value == 2

    def test_two_loggers_write_to_one_database(self, config, logger, finder):
        other = SQLLogger(config)
        ids = {logger.run(), other.run()}
        assert len(ids) == 2
        assert len(finder.get_runs_in_project("digits")) == 2

    def test_a_child_run_knows_its_parent(self, logger, finder):
        parent = logger.start()
        for given in (parent, parent.id, parent.uuid):
            child = logger.start(parent=given)
            assert finder.find_run(child.id).parent_uuid == parent.uuid

    def test_a_run_may_have_a_config_of_its_own(self, logger, finder, config):
        trial = config.clone()
        trial.lr = 0.5
        run = logger.start(config=trial)
        assert finder.get_config(run.id).lr == 0.5

    def test_status_can_be_a_word_of_ones_own(self, logger, finder):
        run_id = logger.run()
        logger.update_status("waiting for data")
        logger.flush()
        assert finder.find_run(run_id).status == "waiting for data"

    def test_tags_must_be_a_list(self, logger):
        with pytest.raises(MetricError, match=r"write \['baseline'\]"):
            logger.run(tags="baseline")

    def test_a_tag_that_is_no_text_is_kept_as_text(self, logger, finder):
        assert finder.get_run(logger.run(tags=[1, "a\0b"])).tags == ["1", "a\\x00b"]

    def test_leaving_the_program_properly_completes_a_run(self, logger, finder):
        with pytest.raises(SystemExit), logger.start() as run:
            raise SystemExit(0)
        assert finder.get_run(run.id).status == "completed"

    def test_leaving_the_program_with_a_code_fails_it(self, logger, finder):
        with pytest.raises(SystemExit), logger.start() as run:
            raise SystemExit(3)
        assert finder.get_run(run.id).status == "failed"

    def test_an_error_of_ones_own_is_kept(self, logger, finder):
        run = logger.start()
        run.finish("failed", error="diverged at step 7")
        assert finder.get_run(run.id).error == "diverged at step 7"

    def test_a_second_finish_without_a_status_changes_nothing(self, logger, finder):
        run = logger.start()
        run.finish("pruned")
        end = finder.get_run(run.id).end_time
        run.finish()
        again = finder.get_run(run.id)
        assert (again.status, again.end_time) == ("pruned", end)

    @pytest.mark.parametrize("status", ["", "x" * 256, 3])
    def test_a_status_no_database_can_keep_is_refused_and_the_run_goes_on(
        self, logger, finder, status
    ):
        run = logger.start()
        for change in (run.update_status, run.finish):
            with pytest.raises(MetricError, match="a status must"):
                change(status)
        assert finder.get_run(run.id).status == "running"

    def test_an_unknown_parent_is_an_error(self, logger):
        with pytest.raises(MetricError, match="there is no run 99"):
            logger.start(parent=99)

    def test_a_run_shows_its_id_and_whether_it_goes_on(self, logger):
        run = logger.start()
        assert repr(run) == f"<Run {run.id} {run.uuid}>"
        run.finish()
        assert repr(run) == f"<Run {run.id} {run.uuid} finished>"

    def test_a_run_knows_its_name_user_and_status(self, logger, finder):
        run = logger.start(name="wide")
        assert (run.name, run.status) == ("wide", "running")
        assert run.user == finder.get_run(run.id).user_name
        run.update_status("waiting for data")
        assert run.status == "waiting for data"
        run.finish()
        assert run.status == "completed"
        run.finish("pruned")
        assert run.status == finder.get_run(run.id).status == "pruned"

    def test_a_chosen_name_is_told_too_and_by_whoever_goes_on_with_the_run(self, logger, finder):
        with logger.start() as run:
            name = finder.get_run(run.id).name
            assert run.name == logger.join(run.uuid).name == pickle.loads(pickle.dumps(run)).name
        assert logger.reopen(run.uuid).name == run.name == name

    @pytest.mark.parametrize("field", ["name", "user", "status"])
    def test_what_a_run_is_cannot_be_set_on_it(self, logger, field):
        with pytest.raises(AttributeError):
            setattr(logger.start(), field, "other")

    def test_a_logger_shows_its_project_and_database(self, logger, path):
        assert repr(logger) == f"<SQLLogger 'digits' in sqlite:///{path}>"

    def test_finish_without_a_run_does_nothing(self, logger, finder):
        logger.finish()
        assert logger.get_current_run_id() is None
        with pytest.raises(DatabaseError, match="there is no database"):
            finder.search()

    def test_what_needs_a_run_says_how_to_start_one(self, logger):
        for call in (
            lambda: logger.log_metrics({"loss": 0.5}),
            lambda: logger.log_note("x"),
            lambda: logger.update_status("x"),
            lambda: logger.log_fingerprints({"f": "x"}),
        ):
            with pytest.raises(TrackerError, match=r"call logger\.run\(\) first"):
                call()

    def test_a_new_current_run_ends_the_old_one(self, logger, finder):
        first, second = logger.run(), logger.run()
        assert logger.get_current_run_id() == second
        assert finder.get_run(first).status == "completed"

    def test_a_project_is_made_once(self, logger, finder):
        project = logger.get_or_create_project()
        assert logger.get_or_create_project().id == project.id
        assert (project.name, project.created_at.utcoffset()) == ("digits", dt.timedelta(0))
        assert project.runs == finder.get_project("digits").runs == []

    def test_a_note_is_kept(self, logger, finder):
        run_id = logger.run()
        logger.log_note("the loss looks odd")
        logger.flush()
        assert [note.text for note in finder.find_run(run_id).notes] == ["the loss looks odd"]

    def test_a_memory_database_is_seen_by_logger_and_finder(self):
        config = {"experiment": {"project_name": "p", "sql": {"db_path": "sqlite://"}}}
        run_id = SQLLogger(config).run()
        assert SQLFinder(config).find_run(run_id).status == "running"

    def test_starting_a_run_is_no_read_of_the_config(self, config):
        SQLLogger(config).run()
        assert config.accessed_keys == type(config)(lr=1).accessed_keys


class TestSkipIfDone:
    def test_only_a_completed_run_of_the_same_values_counts(self, logger, config):
        assert not logger.skip_if_done()
        run_id = logger.run()
        assert not logger.skip_if_done()
        logger.finish()
        assert logger.skip_if_done(), run_id
        config.lr = 0.2
        assert not SQLLogger(config).skip_if_done()

    def test_the_code_must_be_the_same(self, logger):
        logger.run(fingerprints={"static": {"train": "abc"}})
        logger.finish()
        assert logger.skip_if_done({"static": {"train": "abc"}})
        assert not logger.skip_if_done({"static": {"train": "abd"}})
        assert not logger.skip_if_done()

    def test_a_config_may_be_given_instead(self, logger, config):
        trial = config.clone()
        trial.lr = 0.5
        logger.start(config=trial).finish()
        assert logger.skip_if_done(config=trial)
        assert not logger.skip_if_done()

    def test_the_order_of_keys_does_not_matter(self, logger):
        logger.start(config={"a": 1, "b": 2}).finish()
        assert logger.skip_if_done(config={"b": 2, "a": 1})
        assert not logger.skip_if_done(config={"a": 1, "b": 2.5})

    def test_where_it_is_kept_does_not_matter_but_the_rest_of_the_section_does(self, logger):
        logger.start(config={"a": 1, "experiment": {"project_name": "x", "seed": 1}}).finish()
        same = {"a": 1, "experiment": {"sql": {"db_path": "y"}, "seed": 1}}
        assert logger.skip_if_done(config=same)
        assert not logger.skip_if_done(config={"a": 1, "experiment": {"seed": 2}})

    def test_outputs_do_not_matter(self, logger):
        logger.start(fingerprints={"static": {"f": "a"}, "runtime": {"o": "1"}}).finish()
        assert logger.skip_if_done({"static": {"f": "a"}, "runtime": {"o": "2"}})

    def test_another_project_does_not_matter(self, logger, config):
        logger.start().finish()
        config.experiment.project_name = "another"
        assert SQLLogger(config).skip_if_done()

    def test_a_failed_run_does_not_count(self, logger):
        logger.start().finish("failed")
        assert not logger.skip_if_done()


class TestCircumstances:
    def test_command_host_and_environment_are_recorded(self, logger, finder):
        run = finder.find_run(logger.run())
        comparison = finder.compare(run.id, run.id)
        assert run.command
        assert run.directory == os.getcwd()
        assert run.pid == os.getpid()
        assert run.start_time.tzinfo is not None
        assert comparison.environment == {}

    def test_git_commit_and_dirty_flag_are_recorded(self, tmp_path):
        program = tmp_path / "train.py"
        program.write_text(
            "from ato_sql import SQLLogger, SQLFinder\n"
            "c = {'experiment': {'project_name': 'p', 'sql': {'db_path': 'sqlite:///r.sqlite'}}}\n"
            "run = SQLFinder(c).find_run(SQLLogger(c).run())\n"
            "print(run.git_commit, run.git_dirty, run.command)\n"
        )

        def git(*arguments):
            identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
            command = ["git", *identity, *arguments]
            return subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.PIPE).stdout

        def train():
            command = [sys.executable, "train.py", "lr=0.1", "api_key:=s3cr3t"]
            return subprocess.check_output(command, cwd=tmp_path).decode().strip()

        git("init", "-q")
        git("add", "train.py")
        git("commit", "-qm", "first")
        commit = git("rev-parse", "HEAD").decode().strip()
        expected = "['train.py', 'lr=0.1', 'api_key:=[redacted]']"
        assert train() == f"{commit} False {expected}"
        program.write_text(program.read_text() + "\n")
        assert train() == f"{commit} True {expected}"

    def test_provenance_is_kept_as_given(self, logger, finder):
        history = [{"key": "lr", "value": 0.1, "source": {"kind": "cli", "token": "lr=0.1"}}]
        assert finder.find_run(logger.run(provenance=history)).provenance == history
