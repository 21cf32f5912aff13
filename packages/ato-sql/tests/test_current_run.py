"""Which run the calls of a logger go to: the one `run` started, or that of the block around."""

import gc
import pickle
import threading

import pytest

from ato_sql import MetricError, NotFoundError, SQLLogger, TrackerError


def values(finder, run_id, key="loss"):
    return [point.value for point in finder.get_metrics(run_id, key)]


class TestBlocks:
    def test_the_run_of_a_block_is_the_current_one(self, logger, finder):
        with logger.start() as run:
            assert logger.get_current_run_id() == run.id
            logger.log_metric("loss", 0.5)
        assert values(finder, run.id) == [0.5]
        assert logger.get_current_run_id() is None

    def test_of_blocks_within_each_other_the_innermost(self, logger, finder):
        with logger.start() as outer:
            with logger.start() as inner:
                logger.log_metric("loss", 1.0)
            logger.log_metric("loss", 2.0)
        assert (values(finder, inner.id), values(finder, outer.id)) == ([1.0], [2.0])

    def test_a_run_that_is_started_within_a_block_goes_first(self, logger, finder):
        with logger.start() as outer:
            current = logger.run()
            logger.log_metric("loss", 1.0)
            logger.finish()
            logger.log_metric("loss", 2.0)
        assert (values(finder, current), values(finder, outer.id)) == ([1.0], [2.0])

    def test_a_block_that_is_entered_later_goes_before_the_current_run(self, logger, finder):
        current = logger.run()
        with logger.start() as inner:
            logger.log_metric("loss", 1.0)
        logger.log_metric("loss", 2.0)
        assert (values(finder, inner.id), values(finder, current)) == ([1.0], [2.0])

    def test_a_run_that_ended_within_its_block_is_not_current_any_more(self, logger):
        with logger.start() as run:
            run.finish()
            assert logger.get_current_run_id() is None
            with pytest.raises(TrackerError, match=r"call logger\.run\(\) first"):
                logger.log_metric("loss", 0.5)

    def test_the_blocks_of_another_logger_are_none_of_ones_own(self, config, logger, open_logger):
        other = open_logger(config)
        with logger.start():
            assert other.get_current_run_id() is None

    def test_a_run_that_was_never_entered_is_not_current(self, logger):
        run = logger.start()
        with pytest.raises(TrackerError, match=r"log to the one that start\(\) returned"):
            logger.log_metric("loss", 0.5)
        run.finish()

    def test_finish_ends_the_run_of_the_block(self, logger, finder):
        with logger.start() as run:
            logger.finish("stopped")
        assert finder.get_run(run.id).status == "stopped"


class TestThreads:
    def test_each_has_the_run_of_its_own_block(self, logger, finder):
        ids, both = {}, threading.Barrier(2)

        def train(name):
            with logger.start(name=name) as run:
                both.wait(30)
                logger.log_text("who", name)
                both.wait(30)
            ids[name] = run.id

        threads = [threading.Thread(target=train, args=(name,)) for name in ("a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert {name: finder.media(ids[name])[0].read() for name in ids} == {"a": "a", "b": "b"}

    def test_the_run_that_run_started_is_current_in_all(self, logger, finder):
        run_id = logger.run()
        thread = threading.Thread(target=logger.log_metric, args=("loss", 0.5))
        thread.start()
        thread.join(60)
        assert values(finder, run_id) == [0.5]


class TestWhatGoesToIt:
    def test_metrics_alone_and_together(self, logger, finder):
        run_id = logger.run()
        logger.log_metric("loss", 0.5, step=3, axis={"epoch": 1.5})
        logger.log_metrics({"acc": 0.9}, step=3)
        assert finder.get_metric_keys(run_id) == ["acc", "epoch", "loss"]

    def test_notes_status_and_fingerprints(self, logger, finder):
        run_id = logger.run()
        logger.log_note("odd")
        logger.log_fingerprints({"f": "abc"})
        logger.update_status("warming up")
        run = finder.get_run(run_id)
        assert [note.text for note in run.notes] == ["odd"]
        assert [one.fingerprint for one in run.fingerprints] == ["abc"]
        assert run.status == "warming up"

    def test_a_loop_that_makes_its_logger_anew_completes_the_run_before(self, config, finder):
        for _ in range(3):
            logger = SQLLogger(config)
            logger.run()
            logger.log_metric("loss", 0.5)
            gc.collect()  # where references are not counted
        logger.flush()
        assert [run.status for run in finder.search()] == ["completed", "completed", "running"]
        logger.finish()

    def test_so_does_a_function_whose_logger_is_its_own(self, config, finder):
        def train(lr):
            logger = SQLLogger(config)
            run_id = logger.run()
            logger.log_metric("loss", lr)
            return run_id

        first = train(0.1)
        gc.collect()
        assert finder.get_run(first).status == "running"  # the next ends it, or the program
        second = train(0.2)
        assert finder.get_run(first).status == "completed"
        assert finder.get_run(first).end_time <= finder.get_run(second).start_time

    def test_loggers_that_are_held_keep_their_runs(self, config, finder):
        held = [SQLLogger(config) for _ in range(2)]
        for logger in held:
            logger.run()
        gc.collect()
        assert [run.status for run in finder.search()] == ["running", "running"]
        for logger in held:
            logger.finish()

    def test_a_copy_of_a_logger_takes_no_run_with_it(self, config, finder):
        logger = SQLLogger(config)
        run_id = logger.run()
        pickle.loads(pickle.dumps(logger)).log_metric("loss", 0.5)
        gc.collect()
        other = SQLLogger(config)
        other.run()
        assert finder.get_run(run_id).status == "running"
        other.finish()
        logger.finish()

    def test_an_artifact_names_its_run_as_in_ato_2(self, logger, finder, tmp_path):
        (tmp_path / "model.bin").write_bytes(b"weights")
        first = logger.run()
        second = logger.run()
        logger.log_artifact(first, str(tmp_path / "model.bin"), "model", {"epoch": 3})
        assert [one.data_info for one in finder.artifacts(first)] == [{"epoch": 3}]
        assert finder.artifacts(second) == []

    def test_an_artifact_without_a_run_is_one_of_the_current(self, logger, finder, tmp_path):
        path = tmp_path / "model.bin"
        path.write_bytes(b"weights")
        logger.run()
        with logger.start() as run:
            logger.log_artifact(path, "model", {"epoch": 3})
            logger.log_artifact(str(path), data_type="weights", step=2)
            logger.log_artifact(file_path=path)
        kept = [(one.data_type, one.data_info, one.step) for one in finder.artifacts(run.id)]
        assert kept == [("model", {"epoch": 3}, None), ("weights", None, 2), ("file", None, None)]

    def test_an_artifact_may_name_its_run_by_keyword(self, logger, finder, tmp_path):
        first = logger.run()
        logger.run()
        logger.log_artifact(run_id=first, file_path=tmp_path, data_type="folder")
        assert [one.data_type for one in finder.artifacts(first)] == ["folder"]

    def test_an_artifact_of_an_unknown_run_is_refused(self, logger):
        logger.run()
        with pytest.raises(MetricError, match="there is no run 99"):
            logger.log_artifact(99, "model.bin", "model")

    def test_it_is_read_as_it_is_in_the_database(self, logger):
        run_id = logger.run(tags=["wide"], name="calm")
        run = logger.get_current_run()
        assert (run.id, run.tags, run.name, run.status) == (run_id, ["wide"], "calm", "running")


class TestParents:
    @pytest.mark.parametrize("given", ["run", "id", "uuid"])
    def test_a_parent_is_a_run_its_id_or_its_uuid(self, logger, finder, given):
        parent = logger.start()
        child = logger.start(parent=parent if given == "run" else getattr(parent, given))
        assert [run.id for run in finder.children(parent.id)] == [child.id]

    def test_run_takes_it_too(self, logger, finder):
        parent = logger.start()
        child = logger.run(parent=parent)
        assert finder.get_run(child).parent_uuid == parent.uuid

    def test_the_parent_may_be_of_another_program(self, config, logger, open_logger, finder):
        parent = logger.start()
        parent.finish()
        child = open_logger(config).start(parent=parent.id)
        assert finder.children(parent.uuid)[0].id == child.id

    def test_a_run_without_children_has_none(self, logger, finder):
        assert finder.children(logger.start().id) == []


class TestJoin:
    """A run that another process began, such as rank 0 of a distributed program."""

    @pytest.fixture
    def other(self, config, open_logger):
        return open_logger(config)

    def test_what_is_logged_belongs_to_the_one_run(self, logger, other, finder):
        with logger.start() as run:
            run.log_metric("loss", 0.5)
            run.flush()
            other.join(run.uuid).log_metric("rank1/loss", 0.25)
        assert finder.get_metric_keys(run.id) == ["loss", "rank1/loss"]

    def test_only_who_began_it_ends_it(self, logger, other, finder):
        with logger.start() as run:
            run.flush()
            joined = other.join(run.id)
            joined.finish()
            assert joined.finished
            assert finder.get_run(run.id).status == "running"
        assert finder.get_run(run.id).status == "completed"

    def test_steps_go_on_after_the_last(self, logger, other, finder):
        with logger.start() as run:
            run.log_metric("loss", 0.5, step=7)
            run.flush()
            other.join(run.id).log_metric("loss", 0.4)
        assert [point.step for point in finder.get_metrics(run.id, "loss")] == [7, 8]

    def test_a_run_that_there_is_not_cannot_be_joined(self, logger, other):
        logger.start()
        with pytest.raises(NotFoundError, match="there is no run 'nobody'"):
            other.join("nobody")


class TestPickled:
    def test_a_logger_goes_on_with_the_same_current_run(self, config, logger, finder):
        plain = SQLLogger(config)
        run_id = plain.run()
        copy = pickle.loads(pickle.dumps(plain))
        copy.log_metric("loss", 0.5)
        copy.flush()
        assert copy.get_current_run_id() == run_id
        assert values(finder, run_id) == [0.5]
        plain.finish()
        plain.close()

    def test_a_logger_without_a_run_has_none_then_either(self, config):
        copy = pickle.loads(pickle.dumps(SQLLogger(config)))
        assert copy.get_current_run_id() is None
        assert repr(copy) == repr(SQLLogger(config))

    def test_the_copy_of_a_run_does_not_end_it(self, logger, finder):
        run = logger.start()
        run.flush()
        copy = pickle.loads(pickle.dumps(run))
        copy.log_metric("loss", 0.5)
        copy.finish()
        assert finder.get_run(run.id).status == "running"
        assert values(finder, run.id) == [0.5]


class TestWhatALoggerTells:
    def test_its_url_is_that_of_its_database(self, config, logger, path):
        assert logger.url == f"sqlite:///{path}"

    def test_a_server_is_told_with_its_password(self, open_logger):
        pytest.importorskip("pymysql")
        sql = {"db_path": "mysql+pymysql://me:pw@127.0.0.1:1/x"}
        made = SQLLogger({"experiment": {"project_name": "p", "sql": sql}})
        assert made.url == "mysql+pymysql://me:pw@127.0.0.1:1/x"
        assert "pw" not in repr(made)

    def test_last_step_alone_says_nothing(self, logger):
        with pytest.raises(MetricError, match="it needs resume="):
            logger.run(last_step=3)

    @pytest.mark.parametrize("step", ["3", 0.5, None.__class__])
    def test_a_last_step_is_an_integer(self, logger, step):
        run = logger.start()
        run.finish()
        with pytest.raises(MetricError, match="last_step"):
            logger.reopen(run.id, last_step=step)
