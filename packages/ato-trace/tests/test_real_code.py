"""The real thing: the standard library, NumPy, scikit-learn."""

import ast
import collections
import contextlib
import importlib
import io
import os
import pathlib
import pkgutil
import shutil
import subprocess
import sys
import sysconfig
import textwrap
import types
import warnings

import pytest

from ato_trace import FingerprintError, explain_change, fingerprint

sys.path.insert(0, str(pathlib.Path(__file__).parent / "mutations"))
from renaming import fresh_names, rename, shadowing_names

STANDARD = pathlib.Path(os.__file__).parent
FEW = ["json", "collections", "logging", "argparse", "shutil"]
SKIPPED = "test tests conftest idlelib lib2to3 antigravity this __main__ turtledemo".split()


# -- every function that can be imported has a fingerprint -------------------------------------


def modules_of(name):
    """A package and all its modules that can be imported here."""
    module = importlib.import_module(name)
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), name + "."):
        if any(part in SKIPPED or part.startswith("_test") for part in found.name.split(".")):
            continue
        with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()):
            yield importlib.import_module(found.name)


def members_of(module):
    for value in list(vars(module).values()):
        yield value
        if isinstance(value, type) and value.__module__ == module.__name__:
            yield from list(vars(value).values())


def count_fingerprints(names):
    kinds = collections.Counter()
    wanted = (types.FunctionType, type, staticmethod, classmethod, property)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            for module in modules_of(name):
                for value in members_of(module):
                    if isinstance(value, wanted):
                        try:
                            kinds[fingerprint(value).kind] += 1
                        except FingerprintError:  # C code
                            kinds["none"] += 1
    return kinds


def test_functions_of_the_standard_library_have_fingerprints():
    assert count_fingerprints(FEW)["source"] > 300


@pytest.mark.slow
def test_every_function_of_the_standard_library_has_a_fingerprint():
    names = [path.stem for path in STANDARD.glob("*.py")]
    names += [path.parent.name for path in STANDARD.glob("*/__init__.py")]
    kinds = count_fingerprints(sorted(set(names) - set(SKIPPED)))
    assert kinds["source"] > 3000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["numpy", "sklearn"])
def test_every_function_of_a_library_has_a_fingerprint(name):
    pytest.importorskip(name)
    assert count_fingerprints([name])["source"] > 1000


# -- edits of whole files change no fingerprint --------------------------------------------------


def definitions(text):
    """(qualified name, source text) of every function and class of a file."""
    rows, pending = text.split("\n"), [("", ast.parse(text))]
    while pending:
        prefix, parent = pending.pop()
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                yield prefix + node.name, "\n".join(rows[first - 1 : node.end_lineno])
                pending.append((prefix + node.name + ".", node))
            elif isinstance(node, (ast.stmt, ast.ExceptHandler)):
                pending.append((prefix, node))


def few_files():
    return [STANDARD / f"{name}.py" for name in ("shutil", "dataclasses", "heapq")]


def many_files():
    files = sorted(STANDARD.glob("*.py")) + sorted(STANDARD.glob("[aejlu]*/*.py"))
    installed = pathlib.Path(sysconfig.get_paths()["purelib"])
    files += sorted(installed.glob("sklearn/*/*.py")) + sorted(installed.glob("numpy/*/*.py"))
    return files[::3]  # all of them take minutes


def readable(files):
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
            ast.parse(text)
        except (SyntaxError, UnicodeDecodeError):
            continue
        if "\f" not in text:
            yield text


def assert_unchanged(files, edit, nested=True):
    compared = 0
    for text in readable(files):
        for (name, old), (_, new) in zip(definitions(text), definitions(edit(text))):
            if nested or "." not in name:
                compared += 1
                assert fingerprint(old) == fingerprint(new), explain_change(old, new)
    return compared


def ruff_format(text):
    ruff = shutil.which(
        "ruff", path=os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    )
    if ruff is None:
        pytest.skip("ruff is not installed")
    command = [ruff, "format", "--isolated", "--no-cache", "--line-length=60", "-"]
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def rename_everything(text):
    return rename(text, fresh_names)


def rename_to_outer_names(text):
    return rename(text, shadowing_names)


needs_unparse = pytest.mark.skipif(sys.version_info < (3, 9), reason="ast.unparse is new in 3.9")


def usable(edit):
    """Inlined comprehensions have no symbol tables any more, which the renamer needs."""
    if edit is not ruff_format and sys.version_info >= (3, 12):
        pytest.skip("renaming needs the symbol tables of 3.11 and before")
    return edit


@needs_unparse
@pytest.mark.parametrize("edit", [ruff_format, rename_everything, rename_to_outer_names])
def test_edits_of_whole_files_change_nothing(edit):
    # A function inside another sees the variables of the outer one by name.
    assert assert_unchanged(few_files(), usable(edit), nested=edit is ruff_format) > 50


@needs_unparse
@pytest.mark.slow
@pytest.mark.parametrize("edit", [ruff_format, rename_everything, rename_to_outer_names])
def test_edits_of_many_files_change_nothing(edit):
    assert assert_unchanged(many_files(), usable(edit), nested=edit is ruff_format) > 3000


# -- equal fingerprints mean equal byte code -------------------------------------------------------


def behaviour(source):
    """What CPython makes of a definition, without its name, docstrings and annotations."""
    tree = ast.parse(textwrap.dedent(source))
    own = tree.body[0].name
    tree.body[0].decorator_list = []
    tree.body[0].name = "own"
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(...)
        if isinstance(node, ast.Name) and node.id == own:
            node.id = "own"
        if isinstance(getattr(node, "body", None), list):
            node.body = [child for child in node.body if not is_idle(child)] or [ast.Pass()]
    ast.fix_missing_locations(tree)
    module = compile(tree, "<text>", "exec")
    return [plain(c) for c in module.co_consts if isinstance(c, types.CodeType)]


def is_idle(node):
    is_constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_constant or isinstance(node, ast.Pass)


def plain(code):
    constants = [
        plain(c) if isinstance(c, types.CodeType) else (type(c).__name__, repr(c))
        for c in code.co_consts
        if not (isinstance(c, str) and "<locals>" in c)
    ]
    return [code.co_code, code.co_names, code.co_argcount, code.co_flags, constants]


@needs_unparse
@pytest.mark.slow
def test_different_functions_with_one_fingerprint_do_the_same():
    groups = collections.defaultdict(set)
    for text in readable(many_files()):
        for _, source in definitions(text):
            groups[str(fingerprint(source))].add(source)
    shared = [sources for sources in groups.values() if len(sources) > 1]
    assert len(shared) > 20
    for sources in shared:
        behaviours = set()
        for source in sources:
            with contextlib.suppress(SyntaxError):  # not complete outside its class
                behaviours.add(repr(behaviour(source)))
        assert len(behaviours) <= 1, sources
