"""What the magics of IPython do: most show something, some set what programs go by.

Of a magic that is not named here nobody knows, so it counts as one that does something. Files that
magics write are told by who reads them, and modules by their own text.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# What shows something, and what changes how things look, are logged, typed or asked for. `%load`
# and `%recall` only offer a text, which is a cell of its own once it runs.
_IDLE = frozenset((
    "autoawait", "autocall", "automagic", "autoreload", "autosave", "bookmark", "clear", "colors",
    "config", "connect_info", "dhist", "dirs", "doctest_mode", "gui", "guiref", "hist", "history",
    "killbgscripts", "load", "load_ext", "loadpy", "logoff", "logon", "logstart", "logstate",
    "logstop", "lsmagic", "magic", "matplotlib", "notebook", "page", "pastebin", "pdb", "pdef",
    "pdoc", "pfile", "pinfo", "pinfo2", "pprint", "precision", "psearch", "psource", "pwd", "pycat",
    "qtconsole", "quickref", "recall", "rehashx", "reload_ext", "rep", "save", "subshell", "tb",
    "tensorboard", "time", "timeit", "unload_ext", "watermark", "who", "who_ls", "whos", "xmode",
))  # fmt: skip
# Other programs, as `!ls`: they change nothing in this one.
_COMMANDS = frozenset((
    "cat", "cls", "conda", "copy", "cp", "ddir", "echo", "ldir", "less", "lf", "lk", "ll", "ls",
    "lx", "mamba", "man", "micromamba", "mkdir", "more", "mv", "pip", "ren", "rm", "rmdir", "sx",
    "system", "uv",
))  # fmt: skip
_IDLE_CELLS = frozenset((
    "!", "HTML", "SVG", "file", "html", "javascript", "js", "latex", "markdown", "svg", "sx",
    "system", "writefile",
))  # fmt: skip
_SCRIPTS = frozenset((
    "bash", "cmd", "perl", "pypy", "python", "python2", "python3", "ruby", "script", "sh",
))  # fmt: skip
_ALWAYS = _IDLE | _COMMANDS
_SHOW_WITHOUT_WORDS = frozenset(["aimport", "alias", "debug", "env", "macro", "store"])
_KEPT = re.compile(r"--(?:out|err|proc)[ =]+(\w+)")


def made_by_line(name: str, line: str) -> set[str] | None:
    """Return the names that a magic in a line gives a meaning to; None where it does more.

    Args:
        name: The magic, as `env`.
        line: What follows it.

    Returns:
        Names of variables, and with `%` before them those of magics.
    """
    words = line.split()
    given = [word for word in words if not word.startswith("-")]
    if name in _ALWAYS or (name in _SHOW_WITHOUT_WORDS and not words):
        return set()
    if name == "env":
        return set() if len(words) == 1 and "=" not in line else None
    if name == "store":
        return _restored(words, given)
    if name == "alias":
        return {"%" + words[0]} if len(words) > 1 else set()
    if name == "unalias":
        return {"%" + word for word in given}
    if name == "macro":
        return set(given[:1])
    if name == "xdel":
        return set(given)
    if name == "sc":
        found = re.match(r"(?:-\w+\s+)*(\w+)\s*=", line)
        return {found.group(1)} if found else None
    if name == "aimport":
        return {word.strip(",").split(".")[0] for word in given}
    return None


def made_by_cell(name: str, line: str) -> set[str] | None:
    """Return the same of a magic over a cell, which shows, writes or hands on what is below."""
    if name in _SCRIPTS:
        return set(_KEPT.findall(line))
    return set() if name in _IDLE_CELLS else None


def _restored(words: Sequence[str], given: Sequence[str]) -> set[str] | None:
    """What `%store -r x` gives a value; without a name that is whatever is there."""
    if "-r" not in words:
        return set()
    return set(given) or None
