"""The test matrix: every distribution as its users get it, on every Python they use.

`nox` runs the default sessions, `nox -l` lists all. Each distribution is built into a wheel once
per run and tested as installed from that wheel with only its declared dependencies, so an
undeclared import or a dependency against the law of direction fails here.
"""

import functools
import glob
import hashlib
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import nox

ROOT = pathlib.Path(__file__).parent
WHEELS = ROOT / ".nox" / "wheels"
PYTHONS = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]
REQUIRED_ON_CI = PYTHONS[:5]
TOOLS_PYTHON = "3.11"
COVERED_PYTHON = "3.11"
KNOWN_TYPES = 0.95
LIBRARIES = ["ato-adict", "ato-scope", "ato-trace", "ato-hyperband", "ato-sql"]
DISTRIBUTIONS = [*LIBRARIES, "ato"]
QUICK = "not databases and not distributed and not slow"
ON_CI = os.environ.get("CI") == "true"
# The gate has little time: there each Python has the tests of the libraries or those of `ato`, the
# first one both; 3.11 has what is tested on one Python, and 3.13 the slow tests of `ato`.
TESTED = ["3.7", "3.11", "3.13"] if ON_CI else PYTHONS
TESTED_WHOLE = ["3.7", "3.8", "3.9", "3.10", "3.12"] if ON_CI else PYTHONS
# What takes longest there: the tracker has its slow tests on 3.11; programs are run again on the
# oldest Python, where shells are typed into as well, as on the newest.
TRACKER_LEFT_OUT = ["3.11"] if ON_CI else []
LONG = ["test_verify.py", "test_completion.py", "test_suggestions.py"]
LONG_LEFT_OUT = {"3.12": LONG[:1], **dict.fromkeys(TESTED_WHOLE[1:-1], LONG)} if ON_CI else {}


def slow_on(*versions):
    """The Pythons of a slow session: the last of these at the gate."""
    return list(versions[-1:] if ON_CI else versions)


# Tests wait for disks and for programs that they start: one more than there are cores.
WORKERS = str((os.cpu_count() or 1) + 1)

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = False
nox.options.stop_on_first_error = False
nox.options.sessions = ["lint", "types", "imports", "tests", "meta", "page", "docs", "demo"]
nox.options.sessions += ["databases", "newcomer"]
if ON_CI:
    # torch is a large download, so a newcomer's `make test` leaves it out.
    nox.options.sessions += ["causes", "distributed", "integrations", "fuzz"]
    missing = [v for v in REQUIRED_ON_CI if shutil.which(f"python{v}") is None]
    if missing:
        sys.exit(f"CI needs Python {', '.join(missing)} on PATH")

# Tests start programs by the hundred: without kept byte code each compiles all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Where Python 3.11 is absent the tools run on the interpreter that runs nox.
tools_python = TOOLS_PYTHON if shutil.which(f"python{TOOLS_PYTHON}") else None


UV = [shutil.which("uv")] if shutil.which("uv") else [sys.executable, "-m", "uv"]
if shutil.which("uv") is None and importlib.util.find_spec("uv") is None:
    sys.exit("the sessions need uv, which comes with nox if it is asked for: pip install 'nox[uv]'")
VERSION = (ROOT / "VERSION").read_text().strip()


@functools.lru_cache(maxsize=None)
def build_wheels():
    """Build the wheel of every distribution, once per run."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    for name in DISTRIBUTIONS:
        source = str(ROOT / "packages" / name)
        command = [*UV, "build", "--quiet", "--wheel", "--out-dir", str(WHEELS), source]
        subprocess.run(command, check=True)


def install(session, *requirements):
    """Install our wheels by name (with extras), and whatever else `requirements` asks for."""
    build_wheels()
    pinned = [f"{r}=={VERSION}" if r.split("[")[0] in DISTRIBUTIONS else r for r in requirements]
    # uv takes a wheel of the same name and version for the same wheel.
    flags = [f"--refresh-package={name}" for name in DISTRIBUTIONS]
    if any(requirement.split("[")[0] == "ato" for requirement in requirements):
        # Its tests start programs by the hundred, which keep no byte code: see their conftest.
        flags.append("--compile-bytecode")
    if session.venv_backend != "uv":
        flags = []
    session.install("--find-links", str(WHEELS), *flags, *pinned)


LARGE = ("distributed", "dask", "tensorboard", "wandb")  # with torch, dask and their like


def project_of(name):
    return nox.project.load_toml(str(ROOT / "packages" / name / "pyproject.toml"))


def requirements_of(name, group="test"):
    return [*nox.project.dependency_groups(project_of(name), group), "pytest-xdist>=3.3"]


def declared_by(name):
    """What a distribution asks of others, for its extras too but those that are too large."""
    project = project_of(name)["project"]
    asked = list(project["dependencies"])
    for extra, requirements in project.get("optional-dependencies", {}).items():
        asked += requirements if extra not in LARGE else []
    return [requirement for requirement in asked if not requirement.startswith("ato-")]


def run_tests(session, folder, *arguments, under=(), env=None, workers=WORKERS):
    tests = str(ROOT / "packages" / folder)
    command = [*under, "pytest", "-q", "-n", workers, tests, *arguments, *session.posargs]
    session.run(*command, env=env)


@nox.session(python=TESTED)
@nox.parametrize("name", LIBRARIES, ids=LIBRARIES)
def tests(session, name):
    """One distribution's own tests, against its wheel and nothing it does not declare."""
    if name == "ato-sql" and session.python in TRACKER_LEFT_OUT:
        session.skip("its tests run on other Pythons here, and in the session databases")
    install(session, name, *requirements_of(name))
    run_tests(session, f"{name}/tests", "-m", QUICK)


@nox.session(python=TESTED_WHOLE)
def meta(session):
    """The `ato` wheel: the original import paths, the command, the README blocks."""
    install(session, "ato", *requirements_of("ato"))
    left_out = ["ui", *LONG_LEFT_OUT.get(session.python, [])]
    ignored = [f"--ignore=packages/ato/tests/{part}" for part in left_out]
    run_tests(session, "ato/tests", "-m", "not slow", *ignored)


@nox.session(python=slow_on("3.8", "3.13"))
def causes(session):
    """Pairs of real programs: `ato why` names what changed between two runs, and nothing else.

    On the newest Python also all else about the command that is slow. Whole histories take minutes:
    `pytest packages/ato/tests/causes/test_histories.py` runs them.
    """
    install(session, "ato", *requirements_of("ato"), "numpy")
    # The first three have sessions of their own.
    others = ["fuzz", "ui", "notebook", "causes/test_histories.py"]
    if session.python != PYTHONS[-1]:
        others.append("test_encodings.py")
    left_out = [f"--ignore=packages/ato/tests/{part}" for part in others]
    run_tests(session, "ato/tests", "-m", "slow", *left_out)


@nox.session(python=["3.7", "3.11", "3.13"])
@nox.parametrize("name", DISTRIBUTIONS, ids=DISTRIBUTIONS)
def lowest(session, name):
    """A distribution with the lowest version of everything that it says it works with."""
    # What `ato` asks for is what its parts ask for; a bound counts only where it is direct.
    parts = DISTRIBUTIONS if name == "ato" else [name]
    direct = [requirement for part in parts for requirement in declared_by(part)]
    install(session, "--resolution=lowest-direct", name, *direct, *requirements_of(name))
    run_tests(session, f"{name}/tests", "-m", f"{QUICK} and not browser")


@nox.session(python=COVERED_PYTHON)
@nox.parametrize("name", DISTRIBUTIONS, ids=DISTRIBUTIONS)
def coverage(session, name):
    """Branch coverage of a distribution by its own tests, their subprocesses counted."""
    tools = [*requirements_of(name), "coverage>=7.10", "numpy"]
    if name == "ato":
        tools += requirements_of(name, "test-ui")
    install(session, name, *declared_by(name), *tools)
    # No `create_tmp`: below it, in this checkout, tests would find their files in a project of git.
    data = pathlib.Path(session.virtualenv.location) / "measured" / "coverage"
    data.parent.mkdir(exist_ok=True)
    env = {"COVERAGE_FILE": str(data), "COVERAGE_RCFILE": str(ROOT / "pyproject.toml")}
    module = name.replace("-", "_")
    ask = f"import {module}, os; print(os.path.dirname({module}.__file__))"
    # The folder, not the name: a migration is run from its file, under another name.
    folder = session.run("python", "-c", ask, silent=True)
    source = f"--source={folder.strip()}"
    if name == "ato-sql":
        env["COVERAGE_SIGTERM"] = "false"  # its tests send that signal; see pyproject.toml
    session.run("coverage", "erase", env=env)
    # The tracker's lines that talk to a server, or mend what a kill left, count as well, and so do
    # those of `ato why` that pairs of programs show.
    slow = {"ato-sql": "not distributed", "ato": "not databases and not distributed"}
    longest = ["fuzz", "notebook", "causes/test_histories.py"] if name == "ato" else []
    left_out = [f"--ignore=packages/ato/tests/{part}" for part in longest]
    under = ("coverage", "run", source, "-m")
    marks = slow.get(name, QUICK)
    run_tests(session, f"{name}/tests", "-m", marks, *left_out, under=under, env=env)
    session.run("coverage", "combine", "--quiet", env=env)
    # Hashing of tensors needs torch: the session `distributed` runs it.
    omitted = ["--omit=*/_hashing/tensors.py"] if name == "ato-trace" else []
    session.run("coverage", "report", *omitted, env=env)


@nox.session(python=tools_python)
@nox.parametrize("name", DISTRIBUTIONS, ids=DISTRIBUTIONS)
def sdists(session, name):
    """The published source of a distribution: its tests run from there, as packagers run them."""
    # Outside of this repository: no git checkout, no configuration of its tests is around it there.
    with tempfile.TemporaryDirectory() as folder:
        source = str(ROOT / "packages" / name)
        command = ["build", "--quiet", "--sdist", "--out-dir", folder, source]
        session.run(*UV, *command, external=True)
        (archive,) = pathlib.Path(folder).glob("*.tar.gz")
        shutil.unpack_archive(archive, folder)
        with session.chdir(archive.with_name(archive.name[: -len(".tar.gz")])):
            install(session, ".", *requirements_of(name))
            tests = ["tests", "--ignore", "tests/ui"] if name == "ato" else ["tests"]
            session.run("pytest", "-q", "-n", "auto", *tests, "-m", QUICK, *session.posargs)


@nox.session(python=slow_on("3.8", "3.11"))
def page(session):
    """What people look at: `ato ui`, from one Python in a real browser, and notebooks."""
    groups = ["test", "test-ui", "test-notebook"]
    requirements = [one for group in groups for one in requirements_of("ato", group)]
    install(session, "ato[ui,postgres,mysql]", *requirements)
    marks = [] if session.python == COVERED_PYTHON else ["-m", "not browser"]
    run_tests(session, "ato/tests/ui", "packages/ato/tests/notebook", *marks)


@nox.session(python=tools_python)
def lint(session):
    """Style and format."""
    session.install("ruff>=0.5")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


def install_editable(session, *requirements):
    sources = []
    for name in DISTRIBUTIONS:
        sources += ["-e", str(ROOT / "packages" / name)]
    session.install(*sources, *requirements)


@nox.session(python=tools_python)
def types(session):
    """All code under mypy --strict; how much of the public API other type checkers understand."""
    # `pyright[nodejs]` brings a node of its own; without it pyright downloads one when it runs.
    checkers = ["mypy>=1.8", "pyright[nodejs]>=1.1.400"]
    install_editable(session, *checkers, "types-PyYAML", "types-toml", "starlette", "uvicorn")
    typed = sorted(glob.glob("packages/*/src") + glob.glob("packages/*/tests/typing"))
    session.run("mypy", *typed)
    too_low = [name for name in DISTRIBUTIONS if type_completeness(session, name) < KNOWN_TYPES]
    if too_low:
        session.error(f"below {KNOWN_TYPES:.0%}: {', '.join(too_low)}; see pyright --verifytypes")


def type_completeness(session, name):
    """The share of a distribution's public symbols whose type pyright knows."""
    command = ["pyright", "--verifytypes", name.replace("-", "_"), "--ignoreexternal"]
    # It exits with 1 for anything below 100 %.
    answer = session.run(
        *command, "--outputjson", silent=True, success_codes=[0, 1], stderr=subprocess.DEVNULL
    )
    score = json.loads(answer)["typeCompleteness"]["completenessScore"]
    session.log(f"{name}: the types of {score:.1%} of the public symbols are known")
    return score


@nox.session(python=tools_python)
def imports(session):
    """The law of direction between the distributions."""
    install_editable(session, "import-linter>=2.0")
    session.run("lint-imports")


@nox.session(python=tools_python)
def docs(session):
    """Execute every block of every page, then build the site; warnings are errors."""
    install(session, "ato[pandas,ui]", "-r", str(ROOT / "docs" / "requirements.txt"))
    session.run("pytest", "-q", "docs/tests", "-m", "not slow", *session.posargs)
    session.run("mkdocs", "build", "--strict", "--quiet", env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session(python=tools_python)
def newcomer(session):
    """README and tutorial to the letter, from the wheels: few commands, no traceback."""
    build_wheels()
    pages = ["README.md", "docs/tutorial.md"]
    session.run("bash", "docs/tests/newcomer.sh", str(WHEELS), "python", *pages, external=True)


@nox.session(python=tools_python)
def demo(session):
    """The main job, as `make demo` runs it."""
    install(session, "ato", "scikit-learn")
    with session.chdir(session.create_tmp()):
        session.run("python", str(ROOT / "docs/examples/digits/demo.py"), env={"CI": "true"})


@nox.session(python=COVERED_PYTHON)
def fuzz(session):
    """Damaged and hostile files and words; ATO_FUZZ_CASES says how many cases of each kind."""
    install(session, "ato[ui]", *requirements_of("ato"))
    run_tests(
        session, "ato/tests/fuzz", env={"ATO_FUZZ_CASES": os.environ.get("ATO_FUZZ_CASES", "4")}
    )


@nox.session(python=slow_on("3.7", "3.11"))
def databases(session):
    """Tracker and studies on real servers; on one Python, all that is slow about durability."""
    studies = "ato-hyperband[postgres,mysql]"
    install(session, "ato-sql[postgres,mysql]", studies, *requirements_of("ato-sql"))
    marks = "databases or slow" if session.python == COVERED_PYTHON else "databases and not slow"
    # They wait for servers and for programs that are killed: more than one for each core.
    workers = str(2 * (os.cpu_count() or 1))
    run_tests(session, "ato-sql/tests", "-m", marks, workers=workers)
    run_tests(session, "ato-hyperband/tests", "-m", "databases", workers=workers)


@nox.session(python="3.11", venv_backend="venv")
def distributed(session):
    """What needs torch, dask or Ray: ranks under torchrun, clusters, tensors."""
    # pip, not uv: pip prefers a local CPU build of torch where one is set up.
    names = ["ato-trace", "ato-scope", "ato-hyperband"]
    extra = [r for name in names for r in requirements_of(name)]
    engines = ["torch==2.13.0", "distributed", "loky", "submitit"]
    if not ON_CI:  # the gate has little time, and Ray starts slowly
        engines.append("ray")
    install(session, *names, *engines, *extra)
    for name in names:
        run_tests(session, f"{name}/tests", "-m", "distributed or slow")


@nox.session(python="3.11", venv_backend="venv")
def integrations(session):
    """Callbacks and exports, with the real frameworks; the pages that need them."""
    frameworks = ["torch==2.13.0", "lightning", "transformers", "accelerate"]
    others = ["scikit-learn", "mlflow-skinny", "wandb", "omegaconf", "hydra-core", "optuna"]
    others += ["tensorboard", "tensorboardX"]
    install(session, "ato", *frameworks, *others, *requirements_of("ato-sql"))
    session.run("pytest", "-q", "packages/ato-sql/tests/integrations")
    session.run(
        "pytest", "-q", "docs/tests", "-k", "frameworks or mlflow or hydra or optuna or argparse"
    )


@nox.session(python=tools_python)
def migration(session):
    """What the page on migrating says of 2.2.1 and of us, tried on both."""
    install(session, "ato", *requirements_of("ato"))
    session.run("pytest", "-q", "docs/tests", "-k", "migration", *session.posargs)


@nox.session(python=tools_python)
def bench(session):
    """Every benchmark against its named peers; takes long. `nox -s bench -- adict` runs one."""
    install_editable(session, "scikit-learn", "uv")
    chosen = session.posargs or sorted(p.stem for p in (ROOT / "benchmarks").glob("[a-z]*.py"))
    for name in chosen:
        session.run("python", str(ROOT / "benchmarks" / f"{name}.py"))


def digests(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


@nox.session(python=tools_python)
def release(session):
    """Build and check what is published; each file must come out byte for byte the same twice."""
    session.install("uv", "twine>=5")
    first, second = ROOT / "dist", pathlib.Path(session.create_tmp()) / "again"
    for folder in (first, second):
        shutil.rmtree(folder, ignore_errors=True)
        for name in DISTRIBUTIONS:
            session.run("uv", "build", "--quiet", "--out-dir", str(folder), f"packages/{name}")
        (folder / ".gitignore").unlink(missing_ok=True)
    if digests(first) != digests(second):
        session.error("two builds of the same sources differ")
    session.run("twine", "check", "--strict", *sorted(map(str, first.iterdir())))
