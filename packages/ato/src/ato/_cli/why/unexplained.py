"""What was recorded of two runs, and what would have to be, to explain what nothing explains."""

from __future__ import annotations

import re

from ato_sql.comparing import is_drawn, records_inputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from ato_sql.comparing import Stored, StoredRun


def recorded(a: StoredRun, b: StoredRun) -> dict[str, Any]:
    """Return how much was recorded of both runs; None where one of them recorded none."""

    def count(kind: str) -> int:
        return len({k for k in a.fingerprints if k[0] == kind} & {*b.fingerprints})

    with_inputs = records_inputs(a) and records_inputs(b)
    return {
        "config": min(_leaves(run.config) for run in (a, b)),
        "traced": count("static"),
        "modules": len({*a.modules} & {*b.modules}) if a.modules and b.modules else None,
        "inputs": min(len(_read(run)) for run in (a, b)) if with_inputs else None,
        "environment": bool(a.environment and b.environment),
        "outputs": count("runtime"),
        "metrics": len({*a.metrics} & {*b.metrics}),
    }


def _leaves(config: Any) -> int:
    return sum(map(_leaves, config.values())) if isinstance(config, dict) and config else 1


def _read(run: StoredRun) -> list[dict[str, Any]]:
    return [one for one in run.inputs if one["how"] != "updated"]


# Libraries that open files without telling Python.
_READERS = (
    "h5py|tables|pyarrow|cv2|lmdb|tensorflow|rasterio|netCDF4|zarr|nibabel|pydicom|ffmpeg|decord|"
    "torchaudio|soundfile|sqlite3|sqlalchemy|psycopg2?|pymysql|requests|urllib|httpx|boto3|"
    "s3fs|gcsfs|fsspec|datasets|duckdb|polars|memmap|mmap"
)
_READER = re.compile(
    rf"^[ \t]*(?:import|from)[ \t]+({_READERS})\b|\b(memmap|read_parquet|read_hdf)\b", re.MULTILINE
)
# What programs ask for and nothing tells; the patterns, and what to do.
_UNTOLD = [
    (
        re.compile(r"\bsubprocess\.\w|\bos\.(?:system|popen|spawn\w*|exec\w*)\(|\bPopen\("),
        "it runs other programs, of whose files only those are noticed that a command or a script "
        "names: name the others with run.log_input",
    ),
    (
        re.compile(r"\b(?:listdir|scandir|iterdir|rglob|i?glob|os\.walk)\("),
        "it asks which files a folder holds, and only those that it opens are noticed: name the "
        "folder with run.log_input",
    ),
    (
        re.compile(r"\b(?:os\.stat|getmtime|getsize|exists|is_file|is_dir|isfile|isdir)\("),
        "it asks whether files are there, or how they are, which is not recorded: let a config key "
        "say it",
    ),
    (
        re.compile(r"\bsys\.stdin\b|(?<![\w.])input\("),
        "it reads standard input, which is not recorded: log it with run.log_input(text.encode(), "
        "name='stdin')",
    ),
]
_DRAWS = re.compile(
    r"\brandom\.\w|\brandom\(|\brandn?\b|\bshuffle\b|\bdefault_rng\(|\bchoice\b|\bDropout\b|"
    r"\bpermutation\b|\brandint\b|\bsample\("
)
_SEEDS = re.compile(
    r"\bseed\w*\(\s*[^)\s]|default_rng\(\s*[^)\s]|Random\(\s*[^)\s]|RandomState\(\s*[^)\s]|"
    r"manual_seed|random_state\s*=|PRNGKey"
)
_COMPUTED = re.compile(
    r"(?:environ(?:\.get)?|getenv)\s*[\[(]\s*(?!['\"]\w+['\"]\s*[\]),])|environ\.items\("
)
_CLOCK = re.compile(
    r"\btime\.(time|time_ns|perf_counter)\(|\bdatetime\.(now|utcnow|today)\(|uuid4?\("
)


def measures(stored: Stored, a: StoredRun, b: StoredRun, report: Mapping[str, Any]) -> list[str]:
    """Return what would record the cause next time, in sentences; the likeliest first."""
    texts = stored.texts(one["hash"] for one in b.modules.values())
    text = "\n".join(texts.values())
    return [
        *_missing_records(a, b),
        *_of_one_process(a, b),
        *_of_files(a, b, text),
        *_of_variables(text),
        *_of_chance(b, text),
        *(words for pattern, words in _UNTOLD if pattern.search(text)),
        *_of_checkout(a, b),
        *_of_forms(report),
    ]


def _missing_records(a: StoredRun, b: StoredRun) -> Iterator[str]:
    bare = {run.id: _why_nothing(run) for run in (a, b) if not run.modules}
    for why in dict.fromkeys(bare.values()):
        runs = " and ".join(f"run {number}" for number, its in bare.items() if its == why)
        yield f"no source was recorded of {runs}: {why}"
    for run in (a, b):
        if not records_inputs(run) and run.modules:
            python = str(run.environment.get("python") or "")
            why = (
                f"Python {python} does not tell which files are read; name them with run.log_input"
                if python.startswith("3.7.")
                else "it was turned off by experiment.sql.inputs"
            )
            yield f"no inputs were recorded of run {run.id}: {why}"


def _of_one_process(a: StoredRun, b: StoredRun) -> Iterator[str]:
    if a.process and a.process == b.process:
        yield (
            "one process made both, and what it changed between them, such as a global, is not "
            "recorded where the source is the same: put it into the config"
        )


def _why_nothing(run: StoredRun) -> str:
    sql: Any = run.config
    for key in ("experiment", "sql"):
        sql = sql.get(key) if isinstance(sql, dict) else None
    if isinstance(sql, dict) and sql.get("source") is False:
        return "it was turned off by experiment.sql.source"
    if run.status == "running":
        return "it is still running, and that is stored as it ends"
    if run.status == "lost":
        return "its process ended before that was stored"
    if "variables" in run.environment:
        return "none of its modules is the project's own"
    return (
        "it was not logged in an entry of ato.Scope (ato_trace.Scope), with the config the entry "
        "was given, or by an older ato"
    )


def _of_files(a: StoredRun, b: StoredRun, text: str) -> Iterator[str]:
    for one in b.inputs:
        if one["how"] == "updated":
            yield (
                f"{one['name']} was read and written by the run itself, so it does not count; if "
                "what it held before matters, name a copy of it with run.log_input"
            )
        elif one["problem"] and one["hash"] is None:
            yield f"the content of {one['name']} is not known: {one['problem']}"
    found = sorted({x or y for x, y in _READER.findall(text)})
    if found:
        names = ", ".join(found)
        yield (
            f"what is read through {names} is not noticed: name the data with "
            "run.log_input(path, array or address)"
        )
    elif b.modules and not b.inputs:
        yield "no file was read as far as Python tells: name other data with run.log_input"


def _of_variables(text: str) -> Iterator[str]:
    if _COMPUTED.search(text):
        yield (
            "it asks for environment variables by names made while it runs, of which only those "
            "are recorded whose parts stand in the program: put their values into the config"
        )


def _of_chance(b: StoredRun, text: str) -> Iterator[str]:
    if _DRAWS.search(text) and not _SEEDS.search(text):
        yield "the program draws random numbers and sets no seed: set one, from a config key"
    seeds = b.environment.get("seeds") or {}
    if is_drawn(seeds.get("torch")):
        yield "torch drew its own seed: torch.manual_seed(config.seed)"
    if "PYTHONHASHSEED" not in seeds and re.search(r"\bset\(|\bfrozenset\(|\bhash\(", text):
        yield "it uses sets or hash(), whose order changes from run to run: set PYTHONHASHSEED"
    if b.environment.get("accelerator") and not seeds.get("torch_deterministic"):
        yield (
            "it ran on an accelerator, whose sums are not always the same: "
            "torch.use_deterministic_algorithms(True)"
        )
    if _CLOCK.search(text):
        yield "it asks for the time or a new uuid, which no two runs share"


def _of_checkout(a: StoredRun, b: StoredRun) -> Iterator[str]:
    old, new = a.facts["git_diff_hash"], b.facts["git_diff_hash"]
    if old != new:
        what = "in files that are no loaded module" if a.modules and b.modules else "too"
        yield f"what is not committed to git differs {what}"


def _of_forms(report: Mapping[str, Any]) -> Iterator[str]:
    for change in report["code"]:
        if change["problem"]:
            yield f"the code of {change['trace_id']} cannot be compared: {change['problem']}"
