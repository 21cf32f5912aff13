"""How busy the machine is: processor, memory, disk, and the GPUs of NVIDIA."""

from __future__ import annotations

import os
from typing import Any

from ato_adict.surroundings import working_folder
from ato_sql._errors import SettingsError

SYSTEM = "system/"  # what the names of these metrics begin with
_MEGA = 1e6


class Machine:
    """Reads the state of the machine and of this process.

    Raises:
        SettingsError: psutil is not installed.
    """

    def __init__(self) -> None:
        try:
            import psutil
        except ImportError:
            raise SettingsError(
                "metrics of the system need psutil; pip install 'ato-sql[system]'"
            ) from None
        self._psutil: Any = psutil
        self._process: Any = psutil.Process()
        self._gpus = _gpus()
        self._times: Any = psutil.cpu_times()
        self._process.cpu_percent()  # the first call only notes the moment

    def read(self) -> dict[str, float]:
        """Return the metrics by name; what cannot be read is left out."""
        psutil = self._psutil
        found: dict[str, float] = {}
        _add(found, "cpu_percent", self._load)
        _add(found, "memory_percent", lambda: psutil.virtual_memory().percent)
        _add(found, "disk_percent", lambda: psutil.disk_usage(working_folder()).percent)
        _add(found, "process_cpu_percent", self._process.cpu_percent)
        _add(found, "process_memory_mb", lambda: self._process.memory_info().rss / _MEGA)
        for number, gpu in self._gpus:
            gpu.read(found, f"gpu{number}_")
        return found

    def _load(self) -> float:
        """Return the load of all processors since the last look, in percent.

        As `psutil.cpu_percent`, which remembers the last look of each thread apart, and says 0 to
        one that looks for the first time.
        """
        before, self._times = self._times, self._psutil.cpu_times()
        spent = {
            name: getattr(self._times, name) - getattr(before, name) for name in before._fields
        }
        # What guests took is part of `user` and `nice` already.
        total = sum(time for name, time in spent.items() if not name.startswith("guest"))
        idle = spent["idle"] + spent.get("iowait", 0.0)
        return float(min(100.0, max(0.0, 100.0 * (1.0 - idle / total))))


def _add(found: dict[str, float], name: str, read: Any) -> None:
    try:
        found[SYSTEM + name] = float(read())
    except Exception:  # a sensor that is not there, or not any more, is no trouble of the run
        return


class _Gpu:
    """One GPU of NVIDIA, by its own library."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle

    def read(self, found: dict[str, float], prefix: str) -> None:
        nvml, gpu = self._nvml, self._handle
        _add(found, prefix + "load_percent", lambda: nvml.nvmlDeviceGetUtilizationRates(gpu).gpu)
        _add(found, prefix + "memory_percent", lambda: _share(nvml.nvmlDeviceGetMemoryInfo(gpu)))
        _add(found, prefix + "temperature_c", lambda: nvml.nvmlDeviceGetTemperature(gpu, 0))
        _add(found, prefix + "power_w", lambda: nvml.nvmlDeviceGetPowerUsage(gpu) / 1000)


def _share(memory: Any) -> float:
    return 100.0 * float(memory.used) / float(memory.total)


def _gpus() -> list[tuple[int, _Gpu]]:
    """Return the GPUs that the process may use; none where their library is not installed."""
    try:
        import pynvml as nvml

        nvml.nvmlInit()
        handles = [
            (number, nvml.nvmlDeviceGetHandleByIndex(number))
            for number in range(nvml.nvmlDeviceGetCount())
        ]
    except Exception:  # no library, no driver, no GPU
        return []
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and all(part.strip().isdecimal() for part in visible.split(",")):
        wanted = {int(part) for part in visible.split(",")}
        handles = [(number, handle) for number, handle in handles if number in wanted]
    return [(number, _Gpu(nvml, handle)) for number, handle in handles]


def is_system(key: str) -> bool:
    """Tell whether a metric is about the machine, and so no result of a run."""
    return key.startswith(SYSTEM)
