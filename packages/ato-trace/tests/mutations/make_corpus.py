"""Writes corpus.json: run by hand on Python 3.11 with libcst and ruff installed.

Each entry is [python version, kind of edit, original, edited]. An edit is left out where CPython's
own compiler says otherwise: a "semantic" edit that gives the same byte code.
"""

import ast
import json
import pathlib
import random
import sys
import types
import warnings

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

import cosmetic  # noqa: E402
import semantic  # noqa: E402

warnings.simplefilter("ignore")


def functions(path):
    source = path.read_text()
    rows = source.split("\n")
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            yield "\n".join(rows[first - 1 : node.end_lineno]) + "\n"


def behaviour(source):
    """What CPython makes of a function, without docstrings, annotations and line numbers."""
    tree = ast.parse(source)
    tree.body[0].decorator_list = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(...)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(...)
    ast.fix_missing_locations(tree)
    return plain(compile(tree, "<text>", "exec", optimize=2))


def plain(code):
    constants = [
        plain(c) if isinstance(c, types.CodeType) else (type(c).__name__, repr(c))
        for c in code.co_consts
    ]
    return [code.co_code, code.co_names, code.co_varnames, code.co_argcount, constants]


def valid(source):
    try:
        compile(source, "<text>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def version_of(path):
    stem = path.stem
    return [3, int(stem[len("python3") :])] if stem.startswith("python3") else [3, 7]


def main():
    texts = [HERE / "realistic.txt", *sorted((HERE.parent / "golden").glob("python3*.txt"))]
    usable = [path for path in texts if version_of(path) <= list(sys.version_info[:2])]
    corpus = {"semantic": [], "cosmetic": []}
    for path in usable:
        for source in functions(path):
            for name, text in semantic.variants(source):
                differs = name == "decorators" or behaviour(text) != behaviour(source)
                if valid(text) and differs:
                    corpus["semantic"].append([version_of(path), name, source, text])
            for name, text in cosmetic.variants(source):
                assert valid(text), (name, text)
                corpus["cosmetic"].append([version_of(path), name, source, text])
    return corpus


def sample(entries, size):
    """As many of each kind of edit as there are, up to a share, so that none crowds out others."""
    kinds = {}
    for entry in random.Random(0).sample(entries, len(entries)):
        kinds.setdefault(entry[1], []).append(entry)
    chosen = []
    while len(chosen) < size and any(kinds.values()):
        chosen += [waiting.pop() for waiting in kinds.values() if waiting]
    return chosen


if __name__ == "__main__":
    full = main()
    print({kind: len(entries) for kind, entries in full.items()})
    kept = {kind: sample(entries, 450) for kind, entries in full.items()}
    (HERE / "corpus.json").write_text(json.dumps(kept, indent=0) + "\n")
