"""What `follow` has reached so far: numbered code, versions of libraries, what was skipped."""

from __future__ import annotations

import sys

from ato_trace._code.describe import describe_plain
from ato_trace._source.projects import LIBRARY, PYTHON, owner_of_module, version_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._code.described import Part

_MOST_OBJECTS = 50_000  # whose state is read


class Walk:
    """What is reached so far, and what was found out about it.

    Attributes:
        queue: Functions and classes with their canonical forms, in the order of their numbers.
        numbers: The number of each by its id.
        versions: Of the libraries that are used.
        skipped: Names of what is not followed, with the reasons.
        budget: How many more objects may be read.
    """

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.queue: list[tuple[Any, Part]] = []
        self.versions: dict[str, str] = {}
        self.skipped: set[tuple[str, str]] = set()
        self.budget = _MOST_OBJECTS
        self._spaces: dict[int, Any] = {}

    def number(self, obj: Any) -> int:
        """The number of the section of a function or class.

        Raises:
            FingerprintError: It has no Python code.
        """
        if id(obj) not in self.numbers:
            part = describe_plain(obj)
            self.numbers[id(obj)] = len(self.queue)
            self.queue.append((obj, part))
        return self.numbers[id(obj)]

    def note_library(self, module: str) -> str:
        """Note the version of a library; gives whose the module is."""
        owner = owner_of_module(module)
        top = module.partition(".")[0]
        if owner == LIBRARY and top not in self.versions and not top.startswith("_cython_"):
            self.versions[top] = version_of(top)
        elif owner == PYTHON:
            self.versions["python"] = "{}.{}.{}".format(*sys.version_info[:3])
        return owner

    def node_of(self, obj: Any) -> Any:
        """The syntax tree of what has a section, or None."""
        number = self.numbers.get(id(obj))
        return None if number is None else self.queue[number][1].node

    def know_spaces(self, spaces: list[Any]) -> None:
        """Remember the dictionaries of modules, to find them by their ids."""
        for space in spaces:
            self._spaces[id(space)] = space if "__name__" in space else None

    def space_at(self, number: int) -> dict[str, Any] | None:
        """The names of the loaded module whose dictionary has an id."""
        if number not in self._spaces:
            for module in list(sys.modules.values()):
                space = getattr(module, "__dict__", None)
                self._spaces[id(space)] = space
        return self._spaces.setdefault(number, None)

    def skip(self, name: str, reason: str) -> None:
        """Note what is not followed, and why."""
        self.skipped.add((name, reason))
