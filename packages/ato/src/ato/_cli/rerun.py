"""Run the program of a run again, so that its new run can be told from all others."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import uuid
import zipfile

from ato._cli.passing_on import run_passing_on
from ato._cli.relay import open_outputs
from ato_adict import UserError
from ato_adict.surroundings import file_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

    from ato_sql import SQLFinder

_NOTEBOOKS = re.compile(
    r"(?:.*[/\\])?(?:ipykernel_launcher(?:\.py)?|ipykernel(?:\.\w+)*|colab_kernel_launcher\.py"
    r"|jupyter(?:-\w+)?|marimo|notebook)(?:\.exe)?|.*\.ipynb"
)
_CELL = re.compile(r"In\[-?\d*\]")
_PROMPTS = re.compile(r"(?:.*[/\\])?(?:ipython3?|IPython|pti?python|bpython|xonsh)(?:\.exe)?")
_PROMPT_MODULES = re.compile(r"code|asyncio|_pyrepl|idlelib(?:\.\w+)?")
# What a program on standard input is named by, or what a shell writes for it.
_OPEN_FILES = re.compile(r"/dev/(?:stdin|tty|fd/\d+)|/proc/(?:self|\d+)/fd/\d+")


def run_again(finder: SQLFinder, run: Any, quiet: bool, database: str) -> int:
    """Run the command of a run; return the id of the run that it made.

    Args:
        finder: The tracker's database.
        run: The run.
        quiet: Whether the program's output is thrown away.
        database: The tracker's database as any folder names it: where a program tracks that names
            none itself.

    Raises:
        UserError: It cannot be run again, its program did not come to the end though the run
            did not fail, or it logged no run.
        SystemExit: A signal has ended us, and the program.
    """
    from ato_sql.comparing import rerun_environment

    known = _circumstances(finder, run)
    command = _command(run, known)
    worker, place = known.get("worker"), _place(finder, run)
    wanted = str(uuid.uuid4()) if worker is None else None
    environment = {**os.environ, **rerun_environment(wanted, run.uuid, place)}
    environment.update(_recorded_variables(known))
    environment["ATO_DB"] = database
    before = [one.id for one in _reruns(finder, run)]
    folder = file_name(run.directory)
    finder.close()  # the last to let go of an SQLite file leaves no log beside it: that program
    with open_outputs() as outputs:
        if quiet:
            outputs["stdout"] = subprocess.DEVNULL
        code = run_passing_on(command, cwd=folder, env=environment, **outputs)
    again = None if wanted is None else finder.find_run(wanted)
    made = [one.id for one in _reruns(finder, run) if one.id not in before]
    if again is None:
        again = _of_the_worker(finder, run, worker, place, made)
    # That it fails is an answer: `ato why` says what makes it fail now.
    if code and not (again is not None and again.status == "failed"):
        raise UserError(f"running run {run.id} again {_ending(code)}")
    if again is None:
        raise UserError(_no_run(run, place, bool(made), worker))
    return int(again.id)


def _ending(code: int) -> str:
    if code > 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _no_run(run: Any, place: int, by_others: bool, worker: str | None) -> str:
    if by_others and (place == 1 or worker is not None):
        return (
            f"run {run.id} was made by a process that its program started, such as a worker of a "
            "pool: of those that running it again made, none can be told to be the same one"
        )
    if place == 1 or worker is not None:
        return (
            f"running run {run.id} again logged no run into this database; where its program names "
            "another one, verify the run there"
        )
    return (
        f"running run {run.id} again logged fewer than {place} runs into this database, and run "
        f"{run.id} was number {place} of its program"
    )


def _place(finder: SQLFinder, run: Any) -> int:
    """Which of its program's runs a run was, from 1: a loop or a search makes several."""
    return 1 + len([one for one in _siblings(finder, run) if one.id < run.id])


def _siblings(finder: SQLFinder, run: Any) -> list[Any]:
    """Return the other runs of the process that made a run."""
    if run.process is None:
        return []
    names = ("host", "pid", "process")
    return _runs(finder, {name: getattr(run, name) for name in names}, but=run.id)


def _reruns(finder: SQLFinder, run: Any) -> list[Any]:
    return _runs(finder, {"parent_uuid": run.uuid})


def _runs(finder: SQLFinder, wanted: Mapping[str, Any], but: int = 0) -> list[Any]:
    """Return who and when the runs with these values were, oldest first, one left out."""
    from sqlalchemy import select

    from ato_sql.reading import tables

    runs = tables["experiments"].c
    asked = [runs.id, runs.uuid, runs.parent_uuid, runs.host, runs.pid, runs.process]
    query = select(*asked, runs.start_time, runs.end_time).where(runs.id != but)
    for name, value in wanted.items():
        query = query.where(runs[name] == value)
    with finder.connection() as connection:
        return list(connection.execute(query.order_by(runs.id)))


def _of_the_worker(
    finder: SQLFinder, run: Any, worker: str | None, place: int, made: Sequence[int]
) -> Any:
    """Return the rerun at the same place of the same worker that the program started.

    None where nobody can tell which one that is: where several processes have the name of the
    worker, as those of a pool have. A worker has the command of its program, other programs their
    own.

    Args:
        finder: The tracker's database.
        run: The run that was run again.
        worker: Whose it was; None where that was not recorded.
        place: Which of the worker's runs it was, from 1.
        made: The ids of the runs that running it again made.
    """
    from ato_sql.comparing import is_named_worker

    reruns = [finder.get_run(one) for one in made]
    if worker is not None:
        reruns = [one for one in reruns if _circumstances(finder, one).get("worker") == worker]
    is_one = len({(one.host, one.pid, one.process) for one in reruns}) == 1
    # Where it has no name of its own, another one may have taken its place.
    is_there = is_named_worker(worker) and place <= len(reruns)
    if not is_one or not (is_there or len(reruns) == len(_siblings(finder, run)) + 1):
        return None
    again = reruns[place - 1]
    return again if again.command == run.command else None


def at_the_same_time(finder: SQLFinder, run: Any) -> list[int]:
    """Return the runs of a run's program that were open when it was, but those it belongs to."""

    def overlaps(one: Any) -> bool:
        if None in (one.start_time, one.end_time, run.start_time, run.end_time):
            return False
        return bool(one.start_time < run.end_time and one.end_time > run.start_time)

    others = [one for one in _siblings(finder, run) if overlaps(one)]
    return [one.id for one in others if one.parent_uuid != run.uuid and one.uuid != run.parent_uuid]


# -- whether and how -------------------------------------------------------------------------------


def _command(run: Any, known: Mapping[str, Any]) -> list[str]:
    """Return what starts the program of a run again.

    Raises:
        UserError: There is no such command.
    """
    name = f"run {run.id}"
    if not run.command or not run.directory:
        raise UserError(f"{name} has no recorded command: it cannot be run again")
    made_by = no_program(run.command)
    if made_by is not None:
        raise _made(name, made_by)
    if any("[redacted]" in word or "***@" in word for word in run.command):
        raise UserError(f"the command of {name} holds a redacted secret: run it by hand")
    if not os.path.isdir(file_name(run.directory)):
        raise UserError(f"{name} ran in {run.directory}, which is gone")
    if run.command[0] != "-m":
        _check_program(name, os.path.join(run.directory, run.command[0]))
    # A name that begins with a dash would be an option.
    start = ["--"] if run.command[0].startswith("-") and run.command[0] != "-m" else []
    return [*_interpreter(run, known), *start, *map(file_name, run.command)]


def _check_program(name: str, program: str) -> None:
    """Raise where a program cannot be started again: it may be a pipe, from which nothing comes."""
    path = file_name(program)
    if not os.path.exists(path):
        raise UserError(f"the program of {name}, {program}, is gone")
    if not (os.path.isfile(path) or os.path.isdir(path)):
        raise UserError(f"the program of {name}, {program}, is a pipe or a device")
    if zipfile.is_zipfile(path):
        raise _made(name, "by a zipapp")


def _made(name: str, how: str) -> UserError:
    return UserError(f"{name} was made {how}: there is no program that can be run again")


def no_program(command: Sequence[str]) -> str | None:
    """Say where a run was made that no command makes again; None where one does."""
    first = command[1] if command[0] == "-m" and len(command) > 1 else command[0]
    is_cell = _CELL.fullmatch(command[-1]) is not None
    if command[0] == "-c":
        return "by python -c"
    if first in ("", "-") or _OPEN_FILES.fullmatch(command[0]):
        return "at a prompt or by a program read from standard input"
    if command[0] == "-m" and _PROMPT_MODULES.fullmatch(first):
        return "at a prompt of Python"
    if _PROMPTS.fullmatch(first):
        return "in IPython or another prompt"
    if is_cell or _NOTEBOOKS.fullmatch(first):
        return "in a notebook"
    if command[0] == "-m" and first == "__main__":  # as earlier versions recorded them
        return "by a zipapp, or by a folder that is a program"
    return None


def _circumstances(finder: SQLFinder, run: Any) -> Mapping[str, Any]:
    from ato_sql.reading import circumstances

    with finder.connection() as connection:
        return circumstances(connection, run)


def _recorded_variables(known: Mapping[str, Any]) -> dict[str, str]:
    """Return what lets a program find its modules, and encode its output, as it did."""
    from ato_sql.comparing import output_encoding

    found = {}
    if known.get("search_path"):
        found["PYTHONPATH"] = file_name(known["search_path"])
    encoding = known.get("output_encoding")
    if encoding and encoding != output_encoding():
        found["PYTHONIOENCODING"] = str(encoding)
    return found


def _interpreter(run: Any, known: Mapping[str, Any]) -> list[str]:
    """Return the Python that ran it, with its options; this one where none was recorded."""
    python = known.get("executable")
    if not python:
        return [sys.executable]
    if not os.access(file_name(python), os.X_OK):
        raise UserError(
            f"run {run.id} ran with {python}, which is gone; install it again, or run the command "
            "by hand with another Python and compare with ato why"
        )
    return [file_name(python), *_words(known.get("options") or "")]


def _words(options: str) -> list[str]:
    try:
        return shlex.split(options)
    except ValueError:  # stored before they were quoted
        return options.split()
