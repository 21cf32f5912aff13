"""The program that runs us: whose arguments `sys.argv` holds, its words, its rank, its voice."""

from __future__ import annotations

import os
import sys

from ato_adict import UserError
from ato_adict.notebooks import cell_line, own_arguments, running_cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType, TracebackType
    from typing import Any, Callable, NoReturn, Sequence, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])
    T = TypeVar("T")

#: The words that every program with a scope understands, and what each prints before it ends.
WORDS: dict[str, str] = {
    "manual": "this text, as do help and --help",
    "views": "the views in their order",
    "print": "the config; print=json or print=toml in that format",
    "explain": "where each value comes from; explain KEY for one",
}
HELP = ("-h", "--help", "help")
FORMATS = ("yaml", "json", "toml")
SWEEP = "--sweep"
# Options of a sweep, of which the last takes a number.
SWITCHES, JOBS = ("--zip", "--resume", "--fail-fast"), ("--jobs", "-j")
LONGEST_LINE = 2000
#: The variable by which a shell asks what may be typed, instead of running the program.
COMPLETION = "_ATO_COMPLETE"
ARGCOMPLETE = "_ARGCOMPLETE"

# Programs that run ours with a command line of their own: test runners, notebooks, workers.
HOST_PROGRAMS = frozenset(
    (
        "pytest",
        "py.test",
        "ipython",
        "ipython3",
        "ipykernel_launcher.py",
        "colab_kernel_launcher.py",
        "marimo",
        "default_worker.py",  # ray
        "_submit.py",  # submitit
        "dask",
        "dask-worker",
        "celery",
        "gunicorn",
        "uvicorn",
    )
)
HOST_PACKAGES = frozenset(
    ("pytest", "unittest", "ipykernel", "IPython", "marimo", "xdist", "dask", "celery", "uvicorn")
)

# The packages of the suite: a program that uses one of them has scopes.
SUITE = frozenset(("ato", "ato_adict", "ato_scope", "ato_trace", "ato_hyperband", "ato_sql"))

# -- who runs it -----------------------------------------------------------------------------------


def argv_is_ours() -> bool:
    """Whether `sys.argv` was typed for this program, not for pytest or a notebook's kernel."""
    program = sys.argv[0] if sys.argv else ""
    if _is_known_host(program):
        return False
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    if not path:
        # At a prompt, in a notebook, in a program that embeds Python; `python -c` is ours.
        return program == "-c" or _is_script_file(program)
    if _is_script_file(path) or not _same_file(path, program):
        return True
    return _uses_ato(main)


def _is_known_host(program: str) -> bool:
    folder, name = os.path.split(program)
    if name == "__main__.py":
        return os.path.basename(folder) in HOST_PACKAGES
    if name.endswith(".exe"):
        name = name[:-4]
    if program == "-c" and "execnet" in sys.modules:  # a worker of pytest-xdist
        return True
    return name in HOST_PROGRAMS or program.startswith("python -m unittest")


def _is_script_file(path: str) -> bool:
    """Whether a file is a script of the user's: Python, and not installed."""
    if not path.endswith((".py", ".pyc", ".pyw")):
        return False
    parts = path.replace("\\", "/").split("/")
    is_installed = "site-packages" in parts or "dist-packages" in parts
    return not is_installed and not path.startswith(os.path.dirname(os.__file__) + os.sep)


def _same_file(one: str, other: str) -> bool:
    return os.path.basename(one) == os.path.basename(other)


def _uses_ato(main: Any) -> bool:
    """Whether what an installed command runs is a program with scopes: what it loads uses them.

    The command `flask` runs the package `flask`, which knows nothing of ours: its arguments are
    its own. So nobody needs to know the names of all such programs.
    """
    packages = {_top(getattr(main, "__package__", None))}
    if packages == {""}:  # the file of a command, which imports what it runs
        for thing in list(vars(main).values()):
            name = thing.__name__ if isinstance(thing, type(sys)) else _module_of(thing)
            packages.add(_top(name))
    packages -= {"", "sys", "os", "re", "builtins", "importlib"}
    modules = [m for name, m in list(sys.modules.items()) if _top(name) in packages]
    return any(_is_ours(thing) for m in (main, *modules) for thing in list(vars(m).values()))


def _is_ours(thing: Any) -> bool:
    is_class = isinstance(thing, type)
    return _top(_module_of(thing if is_class else type(thing))) in SUITE


def _module_of(thing: Any) -> Any:
    """Return the name of the module of a class or function, without asking a config for a key."""
    return getattr(thing, "__module__", None)


def _top(name: Any) -> str:
    return name.partition(".")[0] if isinstance(name, str) else ""


def command_line(args: Sequence[str] | None = None) -> list[str]:
    """Return the arguments that a scope reads.

    Args:
        args: Explicit arguments, which are returned as a list.

    Returns:
        Without `args` those of the command line; none where that is not the program's own: under
        pytest, in a notebook, in a worker.

    Raises:
        TypeError: `args` is one text.
    """
    if args is not None:
        if isinstance(args, str):
            raise TypeError(f"args takes a list of arguments: [{args!r}]")
        return list(args)
    return own_arguments()[1:] if argv_is_ours() else []


def is_script() -> bool:
    """Whether a program that was started at a command line is running: then mistakes end it.

    Not so under pytest, in a notebook, in a worker or at a prompt; nor in a thread, where ending
    the program ends nothing but the thread, without a word; nor in a server that answers requests;
    nor in a process of multiprocessing, whose pool waits for ever for a worker that has ended.
    """
    if not argv_is_ours() or is_prompt():
        return False
    return _in_main_thread() and not _in_server() and not _in_worker_process()


def is_prompt() -> bool:
    """Whether somebody enters statements one by one: in a notebook or at a prompt of Python."""
    return hasattr(sys, "ps1")


def _in_main_thread() -> bool:
    threading = sys.modules.get("threading")
    if threading is None:
        return True
    is_main: bool = threading.current_thread() is threading.main_thread()
    return is_main


def _in_worker_process() -> bool:
    process = sys.modules.get("multiprocessing.process")
    return process is not None and process.current_process()._parent_pid is not None


def _in_server() -> bool:
    """Whether a request is being answered: by a server of the standard library, or another."""
    if "socketserver" not in sys.modules:
        return False
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == "socketserver":
            return True
        frame = frame.f_back
    return False


def is_printing_rank() -> bool:
    """Whether this process may print: not so for ranks above 0 of torchrun, MPI or SLURM."""
    for variable in ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"):
        rank = os.environ.get(variable)
        if rank is not None:
            return rank == "0"
    return True


# -- what it understands and says ------------------------------------------------------------------


def is_asked_for_words() -> bool:
    """Whether a shell asks what may be typed: nothing of this command line is meant yet."""
    return COMPLETION in os.environ or ARGCOMPLETE in os.environ


def is_word(argument: str) -> bool:
    """Whether an argument is a built-in word: a scope then prints something and ends the program.

    The words are those of `WORDS`, `print=json` and the like, `help`, `-h` and `--help`.
    """
    name, _, form = argument.partition("=")
    is_print = name in ("print", "print:") and form in FORMATS
    return argument in WORDS or argument in HELP or is_print


def program_name() -> str:
    """Return what the program is called where it speaks; a notebook by its own name."""
    cell = running_cell()
    if cell is not None:
        return cell[0]
    return os.path.basename(sys.argv[0]) if sys.argv else ""


def say(line: str) -> None:
    """Write one line to stderr after the program's name, from the first rank only."""
    if is_printing_rank() and sys.stderr is not None:
        from ato_adict.surroundings import escaped

        program = program_name()
        prefix = f"{program}: " if program else ""
        text = f"{prefix}{escaped(line, LONGEST_LINE)}\n"
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))


def fail(error: UserError) -> NoReturn:
    """End the program as a command line should: one line on stderr and exit code 2."""
    say("error: " + "; ".join(str(error).splitlines()))
    raise SystemExit(2) from error


def place_in(code: CodeType, line: int | None = None) -> str:
    """Return where code stands, as `file:line`; of a cell of a notebook as `In[3]:line`."""
    name, line = cell_line(code.co_filename, line or code.co_firstlineno, code)
    return f"{name}:{line}"


def shorten(location: str) -> str:
    """Return `file:line` relative to the working directory where the file is below it."""
    from ato_adict.surroundings import from_here

    return from_here(location)


# -- whose mistake an exception is -----------------------------------------------------------------

_callers: set[CodeType] = set()


def calls_views(function: F) -> F:
    """Mark a function of ours: what it calls outside of ato_scope is a view."""
    _callers.add(function.__code__)
    return function


def from_user_code(trace: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that starts in a view, None where no view was running."""
    caller = None
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__") or ""
        if caller in _callers and not module.startswith("ato_scope."):
            return trace
        caller, trace = trace.tb_frame.f_code, trace.tb_next
    return None


class Answered(SystemExit):
    """A word was answered: at a command line the program has nothing else to do."""


def go_on(end: SystemExit, arguments: Sequence[str] | None) -> None:
    """End the program after its answer to a word; not where the next cell or line can be entered.

    Args:
        end: What ends the program, with the answer or for another reason.
        arguments: What the program was given in place of its command line.

    Raises:
        SystemExit: It is no answer, the arguments are those of the command line, or nobody enters
            statements.
    """
    if not isinstance(end, Answered) or arguments is None or not is_prompt():
        raise end


def guarded(build: Callable[[Sequence[str] | None], T], arguments: Sequence[str] | None) -> T:
    """Build configs; a mistake of the user at the command line is one line and exit code 2.

    Exceptions from views keep the traceback of the view, without our frames before it.
    """
    try:
        return build(arguments)
    except Exception as error:
        trace = from_user_code(error.__traceback__)
        if isinstance(error, UserError) and trace is None:
            is_typed = getattr(error, "is_typed", True)
            if is_typed and arguments is None and is_script():
                fail(error)
            raise
        raise error.with_traceback(trace or error.__traceback__) from error.__cause__
