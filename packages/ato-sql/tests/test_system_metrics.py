"""How busy the machine is, beside the metrics of a run."""

import math
import time

import pytest

import programs
from ato_sql import SettingsError
from helping import wait_until

psutil = pytest.importorskip("psutil")
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def watched(logger, finder):
    """A run that told of the machine at least twice."""
    with logger.start(system=0.05) as run:
        run.log_metric("loss", 0.5)
        assert wait_until(lambda: counted(finder, run).get("system/cpu_percent", 0) >= 2)
    return run


def burnt(seconds):
    """Keep one processor busy for some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def counted(finder, run):
    return {key: one.count for key, one in finder.get_summaries([run.id])[run.id].items()}


def test_they_are_kept_below_system(watched, finder):
    found = finder.get_summaries([watched.id])[watched.id]
    assert {
        "loss",
        "system/cpu_percent",
        "system/memory_percent",
        "system/disk_percent",
        "system/process_cpu_percent",
        "system/process_memory_mb",
    } <= set(found)
    assert 0 < found["system/memory_percent"].last <= 100
    assert found["system/process_memory_mb"].last > 10


def test_the_first_look_at_the_processor_tells_as_much_as_the_others(logger, finder):
    with logger.start(system=0.3) as run:
        wait_until(lambda: burnt(0.3) or counted(finder, run).get("system/cpu_percent"))
    first = finder.get_metrics(run.id, "system/cpu_percent")[0]
    assert first.value > 0


@pytest.mark.parametrize("seconds", [10**400, 10**7, math.inf, math.nan, -1, 0, "10"])
def test_a_pause_that_is_none_is_one_error(logger, seconds):
    with pytest.raises(SettingsError, match="system must be a number of seconds, at least 0.01"):
        logger.start(system=seconds)


def test_they_end_with_the_run(watched, finder):
    before = counted(finder, watched)
    time.sleep(0.2)
    assert counted(finder, watched) == before


def test_they_are_no_difference_between_runs_and_no_column_of_a_list(
    watched, logger, finder, path, command
):
    with logger.start() as other:
        other.log_metric("loss", 0.7)
    assert list(finder.compare(watched.id, other.id).metrics) == ["loss"]
    listed = command("runs", "--db", path)
    assert "loss" in listed
    assert "system/" not in listed


def test_run_takes_it_too(logger, finder):
    run_id = logger.run(system=True)
    assert wait_until(lambda: len(finder.get_metric_keys(run_id)) > 3)
    logger.finish()


@pytest.mark.parametrize("seconds", [0, -1, 1e-9, "often"])
def test_what_is_no_number_of_seconds_is_refused_before_there_is_a_run(logger, finder, seconds):
    logger.start().finish()
    with pytest.raises(SettingsError, match="system must be a number of seconds"):
        logger.start(system=seconds)
    assert finder.count() == 1


def test_without_psutil_it_says_what_to_install(tmp_path):
    printed, _ = programs.run(
        """
        sys.modules["psutil"] = None
        try:
            SQLLogger(config()).start(system=10)
        except Exception as error:
            print(error)
        """,
        tmp_path,
        db_path="runs.sqlite",
    )
    assert "pip install 'ato-sql[system]'" in printed


NVML = """
from types import SimpleNamespace
def nvmlInit(): pass
def nvmlDeviceGetCount(): return 2
def nvmlDeviceGetHandleByIndex(number): return number
def nvmlDeviceGetUtilizationRates(gpu): return SimpleNamespace(gpu=40 + gpu)
def nvmlDeviceGetMemoryInfo(gpu): return SimpleNamespace(used=3, total=4)
def nvmlDeviceGetTemperature(gpu, sensor): raise OSError("no such sensor")
def nvmlDeviceGetPowerUsage(gpu): return 250_000
"""


@pytest.mark.parametrize(("visible", "numbers"), [("", "01"), ("1", "1")])
def test_gpus_that_the_program_may_use_are_read_by_their_own_library(tmp_path, visible, numbers):
    (tmp_path / "pynvml.py").write_text(NVML)
    printed, _ = programs.run(
        f"""
        os.environ.pop("CUDA_VISIBLE_DEVICES", None)
        if {visible!r}:
            os.environ["CUDA_VISIBLE_DEVICES"] = {visible!r}
        sys.path.insert(0, os.getcwd())
        from ato_sql import SQLFinder
        run = SQLLogger(config()).start(system=0.05)
        finder = SQLFinder(config())
        while len(finder.get_metric_keys(run.id)) < 3:
            time.sleep(0.05)
        run.finish()
        for key, one in sorted(finder.get_summaries([run.id])[run.id].items()):
            if "gpu" in key:
                print(key, one.last)
        """,
        tmp_path,
        db_path="runs.sqlite",
    )
    told = (
        f"system/gpu{n}_{what} {value}"
        for n in numbers
        for what, value in (
            ("load_percent", 40.0 + int(n)),
            ("memory_percent", 75.0),
            ("power_w", 250.0),
        )
    )
    assert printed.split("\n")[:-1] == list(told)
