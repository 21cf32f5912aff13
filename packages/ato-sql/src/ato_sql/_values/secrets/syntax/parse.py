"""Parse text that may be anything: no error, no warning, and no end of the interpreter."""

from __future__ import annotations

import ast
import re
import warnings

# Up to Python 3.10 the interpreter itself crashes where expressions nest some ten thousand deep.
_DEEPEST, _MOST_BRANCHES, _LONGEST_FORM = 400, 1000, 2000
_TOKENS = re.compile(
    r"""\#[^\n]*|\\\r?\n|(?P<line>\n)|(?P<text>[rbfuRBFUtT]{0,2}(?:'{3}(?:[^\\]|\\[\s\S])*?'{3}"""
    r"""|"{3}(?:[^\\]|\\[\s\S])*?"{3}|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"))"""
    r"""|\b(?:(?P<branch>elif|lambda)|(?P<sign>if|else|not|and|or|await|yield|in|is)\b)"""
    r"""|(?P<open>[\[({])|(?P<close>[\])}])|(?P<comma>,)|(?P<mark>[-+*/%@&|^~<>=!.:])"""
)
_LONGEST_FRAGMENT = 20_000
_FIRST_INDENT = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]+[^\s#]")
# A method is further in than its module; the source of a lambda is the lines around it.
_FRAMES = (("(\n", "\n)"), ("f(\n", "\n)"), ("{\n", "\n}"), ("", "\n pass"), ("", "\npass"))


class Parsed:
    """A tree, and the text it is of: what was given, in a frame that makes a fragment whole."""

    def __init__(self, tree: ast.AST, text: str, frame: tuple[str, str]) -> None:
        before, after = frame
        self.tree, self.whole = tree, before + text + after
        self._before, self._after = len(before), len(after)

    def without_frame(self, changed: str) -> str:
        """Return of the whole, some of which was changed, what was given."""
        return changed[self._before : len(changed) - self._after]


def parse(text: str) -> Parsed | None:
    """Return the tree of a text; None where it is no Python, or is nested too deeply."""
    if _is_too_deep(text):
        return None
    frames = [("if 1:\n", "")] if _FIRST_INDENT.match(text) else [("", "")]
    for frame in frames + list(_FRAMES if len(text) <= _LONGEST_FRAGMENT else ()):
        tree = _tree(text.join(frame))
        if tree is not None:
            return Parsed(tree, text, frame)
    return None


def _tree(text: str) -> ast.AST | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes such as \d, of which the import told
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_too_deep(text: str) -> bool:
    """Tell whether expressions may nest too deeply, by what stands between commas and lines."""
    levels, depth, branches = [0], 0, 0
    for found in _TOKENS.finditer(text):
        kind = found.lastgroup
        if kind == "close":
            depth -= levels.pop() if len(levels) > 1 else 0
        elif kind == "comma" or (kind == "line" and len(levels) == 1):
            depth -= levels[-1]
            levels[-1] = 0
        elif kind == "branch":
            branches += 1
        elif kind in ("sign", "mark", "open"):
            levels[-1] += 1
            depth += 1
        elif kind == "text" and _is_long_form(found.group(0)):
            return True
        if kind == "open":
            levels.append(0)
        if depth > _DEEPEST or branches > _MOST_BRANCHES:
            return True
    return False


def _is_long_form(text: str) -> bool:
    """Tell whether a text holds expressions, and more signs than can be looked at safely."""
    prefix = re.split("['\"]", text, maxsplit=1)[0].lower()
    if len(text) <= _LONGEST_FORM or not set(prefix) & {"f", "t"}:
        return False
    return sum(map(text.count, "+-*/%.[({")) > _LONGEST_FORM
