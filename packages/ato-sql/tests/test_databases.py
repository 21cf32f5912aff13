"""The same tracker on PostgreSQL and MariaDB, and what happens when they restart."""

import math
import os
import signal
import time
import warnings

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

import programs
import servers
from ato_adict import ADict
from ato_sql import DatabaseError, NotFound, SQLFinder, SQLLogger, TrackerError, TrackerWarning
from ato_sql.reading import ReadOnlyDatabase, read_curve, read_overlay
from killing import kill_and_count
from servers import with_driver

pytestmark = [pytest.mark.databases, pytest.mark.timeout(300)]


def config_of(url, **more):
    experiment = ADict(project_name="digits", sql=ADict(db_path=url, **more))
    return ADict(experiment=experiment, lr=0.1, model=ADict(name="mlp", layers=[64, 32]))


@pytest.fixture
def logger(url, open_logger):
    return open_logger(config_of(url))


@pytest.fixture
def finder(url):
    finder = SQLFinder(config_of(url))
    yield finder
    finder.close()


def rows(url, query):
    engine = create_engine(with_driver(url))
    with engine.connect() as connection:
        found = connection.execute(text(query)).all()
    engine.dispose()
    return [tuple(row) for row in found]


class TestTheSameTracker:
    def test_numbers_of_every_kind_come_back_as_they_were(self, logger, finder):
        run_id = logger.run()
        logged = [0.1, 1e308, -5e-324, math.inf, -math.inf, 2**53 + 1, 10**400, True, -0.0]
        for step, value in enumerate(logged):
            logger.log_metric("value", value, step)
        logger.log_metric("value", math.nan, len(logged))
        *found, last = (point.value for point in finder.get_metrics(run_id, "value"))
        assert found == logged
        assert math.isnan(last)

    @pytest.mark.parametrize("value", [1e200, 1.7e308])
    def test_a_curve_of_large_values_has_means(self, logger, url, value):
        run_id = logger.run()
        for step in range(500):
            logger.log_metric("large", value, step)
        logger.finish()
        with ReadOnlyDatabase(url).connect() as connection:
            curve = read_curve(connection, run_id, "large", points=50)
            overlay = read_overlay(connection, [run_id], "large", points=50)
        (_, means), *_ = overlay.curves.values()
        assert [*curve.mean_y, *means] == pytest.approx([value] * (len(curve.mean_y) + len(means)))

    def test_nan_and_infinity_are_never_best(self, logger, finder):
        ids = []
        for value in (math.nan, 0.5, math.inf, 0.7, -math.inf):
            with logger.start() as run:
                run.log_metric("acc", value, 0)
            ids.append(run.id)
        assert finder.find_best_run("digits", "acc", "max").id == ids[3]
        assert finder.find_best_run("digits", "acc", "min").id == ids[1]
        assert isinstance(finder.find_best_run("digits", "nothing"), NotFound)

    def test_names_differ_by_spaces_at_their_ends(self, logger, finder):
        with logger.start(name="one") as run:
            for number, key in enumerate(["m", "m ", " m", "m  "]):
                run.log_metric(key, number)
                run.log_text(key, str(number))
        with logger.start(name="one ") as other:
            other.log_metric("m", 9)
        assert sorted(finder.get_metric_keys(run.id)) == [" m", "m", "m ", "m  "]
        assert [point.value for point in finder.get_metrics(run.id, "m ")] == [1]
        assert [piece.read() for piece in finder.media(run.id, key="m")] == ["0"]
        assert finder.named_run("one").id == run.id

    def test_names_differ_by_case_and_may_hold_anything(self, logger, finder):
        run_id = logger.run(tags=["naïve", "日本 '\"; DROP TABLE runs; --", "🙂"])
        for number, key in enumerate(["Acc", "acc", "日本/🙂", "'; DROP TABLE metrics; --"]):
            logger.log_metric(key, number, 0)
            assert finder.get_metrics(run_id, key)[0].value == number
        assert len(finder.search(tags=["日本 '\"; DROP TABLE runs; --"])) == 1
        assert finder.search(tags=["naive"]) == []

    def test_moments_are_utc_to_the_millisecond(self, logger, finder):
        run_id = logger.run()
        logger.log_metric("loss", 0.5, 0)
        moment = finder.get_metrics(run_id, "loss")[0].timestamp
        assert abs(moment.timestamp() - time.time()) < 60
        assert finder.find_run(run_id).start_time.utcoffset().total_seconds() == 0

    def test_a_config_keeps_its_order_and_its_large_integers(self, url, finder):
        config = config_of(url)
        config.update(zeta=2**80, alpha=[1, {"b": 1, "a": 2}], nothing=float("nan"))
        logger = SQLLogger(config)
        stored = finder.find_run(logger.run()).config
        assert list(stored) == ["experiment", "lr", "model", "zeta", "alpha", "nothing"]
        assert stored["zeta"] == 2**80
        assert list(stored["alpha"][1]) == ["b", "a"]

    def test_search_compare_and_history_work(self, url, finder):
        class Print(str):
            source = "def f():\n    return 1\n"
            canonical = "canonical"

        logger = SQLLogger(config_of(url))
        for number, lr in enumerate((0.1, 0.01)):
            config = config_of(url)
            config.lr = lr
            prints = {"static": {"train": Print(f"code{number}")}}
            with logger.start(config=config, fingerprints=prints) as run:
                run.log_metric("acc", 1 - lr, 0)
                run.log_note("a remark")
        small = finder.search({"config.lr": ("<", 0.05), "metric.acc.max": (">", 0.9)})
        assert [r.id for r in small] == [run.id]
        by_name = finder.search({"config.model.name": "mlp"}, order_by="-config.lr")
        assert [r.config["lr"] for r in by_name] == [0.1, 0.01]
        comparison = finder.compare(by_name[0].id, by_name[1].id)
        assert comparison.config["lr"] == (0.1, 0.01)
        assert comparison.code["train"].a == ("code0",)
        assert [v.runs for v in finder.history("train")] == [[by_name[0].id], [by_name[1].id]]
        assert finder.history("train")[0].source.startswith("def f")

    def test_long_metrics_are_thinned_out_by_the_database(self, logger, finder):
        run_id = logger.run()
        for step in range(1000):
            logger.log_metric("loss", float(step == 400), step)
        thin = finder.get_metrics(run_id, "loss", max_points=20)
        assert len(thin) <= 20
        assert (400, 1.0) in [(p.step, p.value) for p in thin]

    def test_curves_over_each_other_are_those_of_the_runs(self, url, logger):
        runs = []
        for length in (3, 400):
            with logger.start() as run:
                runs.append(run.id)
                for step in range(length):
                    run.log_metrics({"loss": float(step), "seen": 2.0 * step}, step)
                run.log_metric("huge", 10**400, 0)
        with ReadOnlyDatabase(url).connect() as connection:
            steps = read_overlay(connection, runs, "loss", 100)
            times = read_overlay(connection, runs, "loss", 100, axis="time")
            seen = read_overlay(connection, runs, "loss", 100, against="seen")
            assert read_curve(connection, runs[0], "huge").special == {"beyond floats": 1}
        short, long = runs
        assert steps.curves[short] == ([0, 1, 2], [0, 1, 2])
        assert steps.curves[long][0][:2] == [1.5, 5.5]
        assert seen.curves[short] == ([0, 2, 4], [0, 1, 2])
        assert sorted(times.curves) == runs

    def test_a_run_travels_to_sqlite_and_back_and_again(self, logger, finder, tmp_path):
        run = logger.start(tags=["travels"], fingerprints={"train": "abc"})
        run.log_metric("loss", math.nan, 0)
        run.log_metric("loss", 2**60 + 1, 1)
        run.finish()
        finder.export(tmp_path / "runs.jsonl")
        local = SQLFinder(config_of(f"sqlite:///{tmp_path}/local.sqlite"))
        assert local.import_(tmp_path / "runs.jsonl").added == [run.uuid]
        assert local.get_metrics(run.uuid, "loss")[1].value == 2**60 + 1
        assert finder.merge(tmp_path / "local.sqlite").known == [run.uuid]
        finder.delete_run(run.id)
        assert finder.merge(tmp_path / "local.sqlite").added == [run.uuid]
        assert finder.find_run(run.uuid).tags == ["travels"]
        assert math.isnan(finder.get_metrics(run.uuid, "loss")[0].value)

    def test_a_plain_url_works_with_the_driver_of_the_extra(self, url, finder):
        assert make_url(url).drivername in ("postgresql", "mysql")
        with SQLLogger(config_of(url)).start() as run:
            run.log_metric("loss", 0.5, 0)
        assert finder.get_metrics(run.id, "loss")[0].value == 0.5

    def test_a_url_with_a_driver_of_ones_own_is_taken_as_it_is(self, url, logger):
        logger.start().finish()
        other = SQLFinder(config_of(with_driver(url).render_as_string(hide_password=False)))
        assert [run.status for run in other.search()] == ["completed"]
        other.close()


def test_sixteen_programs_start_at_once_and_lose_and_double_nothing(url):
    text_of_program = """
        with SQLLogger(config()).start() as run:
            for step in range(2000):
                run.log_metric("loss", float(step), step)
        """
    started = [programs.start(text_of_program, db_path=url, on_error="raise") for _ in range(16)]
    ended = [process.communicate() for process in started]
    assert [errors.decode() for _, errors in ended] == [""] * 16
    found = rows(
        url, "SELECT COUNT(*), COUNT(DISTINCT run_id), MIN(value), SUM(value) FROM metrics"
    )
    assert found == [(32000, 16, 0.0, 16 * sum(range(2000)))]
    assert rows(url, "SELECT COUNT(*), SUM(count) FROM metric_summaries") == [(16, 32000)]
    assert rows(url, "SELECT COUNT(*) FROM projects") == [(1,)]


@pytest.mark.skipif(
    not hasattr(os, "fork") or not os.environ.get("ATO_TEST_POSTGRES_URL"), reason="no fork here"
)
def test_forked_children_have_connections_of_their_own(url):
    programs.run(
        """
        import multiprocessing
        logger = SQLLogger(config())
        run = logger.start()
        run.log_metric("parent", 0.5, 0)
        run.flush()
        def child(number):
            for step in range(300):
                run.log_metric("child", float(number), step)
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=child, args=(n,)) for n in range(4)]
        for worker in workers: worker.start()
        for step in range(1, 300):
            run.log_metric("parent", 0.5, step)
            run.flush()
        for worker in workers: worker.join()
        run.finish()
        """,
        db_path=url,
        on_error="raise",
    )
    assert rows(url, "SELECT COUNT(*) FROM metrics") == [(1500,)]


def test_a_database_opened_for_reading_refuses_to_write(url, logger):
    logger.run()
    with ReadOnlyDatabase(url).connect() as connection:
        with pytest.raises(SQLAlchemyError, match="(?i)read.only"):
            connection.execute(text("DELETE FROM experiments"))


@pytest.mark.parametrize("url", ["mysql"], indirect=True)
def test_tables_that_are_not_all_made_are_no_older_version(url, finder, tmp_path):
    programs.run("SQLLogger(config()).start().finish()", cwd=str(tmp_path), db_path=url)
    engine = create_engine(with_driver(url))
    with engine.begin() as connection:  # as a program leaves them that stops before the end
        connection.execute(text("DELETE FROM ato_sql_schema"))
        connection.execute(text("DROP TABLE artifacts"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="are not all made: a program is at it now"):
        finder.search()
    with SQLLogger(config_of(url)).start() as run:
        pass
    assert run.id == 2
    assert len(finder.search()) == 2


def test_credentials_of_the_url_are_nowhere(url, capfd):
    secret = "s3cr3tpassword"
    with_password = make_url(url).set(password=secret).render_as_string(hide_password=False)
    logger = SQLLogger(config_of(with_password))
    finder = SQLFinder(config_of(with_password))
    wrong = make_url(with_password).set(port=1).render_as_string(hide_password=False)
    with pytest.warns(TrackerWarning) as caught:
        SQLLogger(config_of(wrong)).run()
    told = [repr(logger), repr(finder), *(str(w.message) for w in caught)]
    try:
        stored = repr(finder.find_run(logger.run()).config)
    except Exception as error:
        stored = repr(error)
    assert secret not in "".join(told) + stored
    for name in os.listdir("."):
        if "ato-journal" in name:
            with open(name, "rb") as file:
                assert secret.encode() not in file.read()
            os.remove(name)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_killed_fifty_times_nothing_is_lost_or_doubled(url):
    kill_and_count(50, db_path=url)


@pytest.mark.slow
class TestRestart:
    @pytest.fixture(params=[servers.Postgres, servers.MariaDB], ids=["postgresql", "mariadb"])
    def server(self, request):
        kind = request.param
        needed = (
            (kind.initdb, kind.postgres)
            if kind is servers.Postgres
            else (kind.install, kind.mariadbd)
        )
        if not all(needed):
            pytest.skip(f"the server programs of {kind.__name__} are not installed")
        pytest.importorskip("psycopg2" if kind is servers.Postgres else "pymysql")
        server = kind()
        server.start()
        yield server
        server.remove()

    @pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
    def test_a_restart_in_mid_run_loses_and_doubles_nothing(
        self, server, kill, tmp_path, monkeypatch
    ):
        monkeypatch.chdir(tmp_path)
        logger = SQLLogger(config_of(server.url))
        run = logger.start()
        with pytest.warns(TrackerWarning) as caught:  # noqa: PT031
            for step in range(3000):
                run.log_metric("loss", float(step), step)
                if step == 1000:
                    server.stop(kill)
                if step == 2000:
                    time.sleep(2)
                    server.start()
                time.sleep(0.0005)
        run.finish()
        logger.close()
        assert len(caught) == 1
        found = rows(server.url, "SELECT COUNT(*), COUNT(DISTINCT step), SUM(value) FROM metrics")
        assert found == [(3000, 3000, float(sum(range(3000))))]
        assert rows(server.url, "SELECT status FROM experiments") == [("completed",)]
        assert os.listdir(tmp_path) == []

    def test_killed_in_the_middle_of_commits_nothing_is_doubled(
        self, server, tmp_path, monkeypatch
    ):
        monkeypatch.chdir(tmp_path)
        logger = SQLLogger(config_of(server.url))
        run = logger.start()
        step = 0
        with warnings.catch_warnings():
            # A kill between two commits is made up for without a word: by chance all three may be.
            warnings.simplefilter("ignore", TrackerWarning)
            for _ in range(3):
                for _ in range(2000):
                    run.log_metric("loss", float(step), step)
                    step += 1
                server.stop(kill=True)  # most likely within a commit
                server.start()
            run.finish()
        found = rows(server.url, "SELECT COUNT(*), COUNT(DISTINCT step) FROM metrics")
        assert found == [(step, step)]

    @pytest.mark.timeout(60)
    def test_a_server_that_hangs_holds_no_question(self, server):
        # The tables are made with more patience: a busy disk takes long for that.
        with SQLLogger(config_of(server.url)).start():
            pass
        finder = SQLFinder(config_of(server.url, patience=1))
        assert len(finder.search()) == 1
        server.signal(signal.SIGSTOP)
        try:
            with pytest.raises(TrackerError, match="cannot read"):
                finder.search()
        finally:
            server.signal(signal.SIGCONT)
        assert len(finder.search()) == 1
        finder.close()

    def test_a_program_that_ends_while_the_server_is_down_is_made_up_for_by_the_next(
        self, server, tmp_path
    ):
        server.stop()
        _, errors = programs.run(
            """
            with SQLLogger(config()).start(tags=["offline"]) as run:
                for step in range(100):
                    run.log_metric("loss", float(step), step)
            """,
            cwd=str(tmp_path),
            db_path=server.url,
        )
        assert errors.count("TrackerWarning") == 1
        server.start()
        programs.run("SQLLogger(config()).start().finish()", cwd=str(tmp_path), db_path=server.url)
        assert rows(server.url, "SELECT COUNT(*) FROM metrics") == [(100,)]
        assert rows(server.url, "SELECT COUNT(*) FROM experiments") == [(2,)]
        assert os.listdir(tmp_path) == []
