"""The test matrix: every distribution as its users get it, on every Python they use.

`nox` runs the default sessions, `nox -l` lists all. Each distribution is built into a wheel once
per run and tested as installed from that wheel with only its declared dependencies, so an
undeclared import or a dependency against the law of direction fails here.
"""

import functools
import glob
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

import nox

ROOT = pathlib.Path(__file__).parent
WHEELS = ROOT / ".nox" / "wheels"
PYTHONS = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]
REQUIRED_ON_CI = PYTHONS[:5]
TOOLS_PYTHON = "3.11"
LIBRARIES = ["ato-adict", "ato-scope", "ato-trace", "ato-hyperband", "ato-sql"]
DISTRIBUTIONS = [*LIBRARIES, "ato"]
ON_CI = os.environ.get("CI") == "true"

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = False
nox.options.stop_on_first_error = False
nox.options.sessions = ["lint", "types", "imports", "tests", "meta", "page", "docs", "demo"]
nox.options.sessions += ["databases"]
if ON_CI:
    # torch is a large download, so a newcomer's `make test` leaves it out.
    nox.options.sessions += ["distributed", "integrations"]
    missing = [v for v in REQUIRED_ON_CI if shutil.which(f"python{v}") is None]
    if missing:
        sys.exit(f"CI needs Python {', '.join(missing)} on PATH")

# Where Python 3.11 is absent the tools run on the interpreter that runs nox.
tools_python = TOOLS_PYTHON if shutil.which(f"python{TOOLS_PYTHON}") else None


UV = [shutil.which("uv")] if shutil.which("uv") else [sys.executable, "-m", "uv"]
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
    fresh = [f"--refresh-package={name}" for name in DISTRIBUTIONS if session.venv_backend == "uv"]
    session.install("--find-links", str(WHEELS), *fresh, *pinned)


def requirements_of(name, group="test"):
    project = nox.project.load_toml(str(ROOT / "packages" / name / "pyproject.toml"))
    return [*nox.project.dependency_groups(project, group), "pytest-xdist"]


def run_tests(session, folder, *arguments):
    tests = str(ROOT / "packages" / folder)
    session.run("pytest", "-q", "-n", "auto", tests, *arguments, *session.posargs)


@nox.session(python=PYTHONS)
@nox.parametrize("name", LIBRARIES, ids=LIBRARIES)
def tests(session, name):
    """One distribution's own tests, against its wheel and nothing it does not declare."""
    install(session, name, *requirements_of(name))
    run_tests(session, f"{name}/tests", "-m", "not databases and not distributed and not slow")


@nox.session(python=PYTHONS)
def meta(session):
    """The `ato` wheel: the original import paths, the command, the README blocks."""
    install(session, "ato", *requirements_of("ato"))
    run_tests(session, "ato/tests", "-m", "not slow", "--ignore", "packages/ato/tests/ui")


@nox.session(python=["3.8", "3.11"])
def page(session):
    """`ato ui`: what it answers, and how it looks and works in a real browser."""
    requirements = [*requirements_of("ato"), *requirements_of("ato", "test-ui")]
    install(session, "ato[ui,postgres,mysql]", *requirements)
    run_tests(session, "ato/tests/ui")


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
    """The public API and all code behind it, under mypy --strict."""
    install_editable(session, "mypy>=1.8", "types-PyYAML", "types-toml", "starlette", "uvicorn")
    typed = sorted(glob.glob("packages/*/src") + glob.glob("packages/*/tests/typing"))
    session.run("mypy", *typed)


@nox.session(python=tools_python)
def imports(session):
    """The law of direction between the distributions."""
    install_editable(session, "import-linter>=2.0")
    session.run("lint-imports")


@nox.session(python=tools_python)
def docs(session):
    """Execute every block of every page, then build the site; warnings are errors."""
    install(session, "ato[pandas]", "-r", str(ROOT / "docs" / "requirements.txt"))
    session.run("pytest", "-q", "docs/tests", *session.posargs)
    session.run("mkdocs", "build", "--strict", "--quiet", env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session(python=tools_python)
def demo(session):
    """The main job, as `make demo` runs it."""
    install(session, "ato", "scikit-learn")
    with session.chdir(session.create_tmp()):
        session.run("python", str(ROOT / "docs/examples/digits/demo.py"), env={"CI": "true"})


@nox.session(python=["3.7", "3.11"])
def databases(session):
    """The tracker on real servers, and everything slow about durability."""
    install(session, "ato-sql[postgres,mysql]", *requirements_of("ato-sql"))
    run_tests(session, "ato-sql/tests", "-m", "databases or slow")


@nox.session(python="3.11", venv_backend="venv")
def distributed(session):
    """What needs torch or dask: ranks under torchrun, clusters, tensors."""
    # pip, not uv: pip prefers a local CPU build of torch where one is set up.
    names = ["ato-trace", "ato-scope", "ato-hyperband"]
    extra = [r for name in names for r in requirements_of(name)]
    engines = ["torch==2.13.0", "distributed", "loky", "submitit"]
    install(session, *names, *engines, *extra)
    for name in names:
        run_tests(session, f"{name}/tests", "-m", "distributed or slow")


@nox.session(python="3.11", venv_backend="venv")
def integrations(session):
    """Callbacks and exports, with the real frameworks; the pages that need them."""
    frameworks = ["torch==2.13.0", "lightning", "transformers", "accelerate"]
    others = ["scikit-learn", "mlflow-skinny", "wandb", "omegaconf", "hydra-core"]
    install(session, "ato", *frameworks, *others, *requirements_of("ato-sql"))
    session.run("pytest", "-q", "packages/ato-sql/tests/integrations")
    session.run("pytest", "-q", "docs/tests", "-k", "frameworks or mlflow or hydra")


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
