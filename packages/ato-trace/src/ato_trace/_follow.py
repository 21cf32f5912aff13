"""`follow=True`: the fingerprint of a function together with the user's own code it rests on.

The functions and classes reached from the first are numbered in the order in which a
breadth-first walk meets them (by sorted names, so the order is the same everywhere), and each
section of the canonical form says which name leads to which number. Recursion and cycles need no
special case.
"""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._digest import Fingerprint
    from ato_trace._part import Part

SECTION = "== "
SOURCE_SECTION = "#== ato "
_MOST_ITEMS = 1000  # of a container that is searched for functions


def follow_from(obj: Any) -> Fingerprint:
    """The fingerprint of an object and of all that it uses of the user's own code.

    Raises:
        FingerprintError: The object has no Python code.
    """
    walk = _Walk()
    walk.visit(obj)
    return walk.fingerprint()


class _Section:
    __slots__ = ("lines", "name", "part")

    def __init__(self, name: str, part: Part, lines: list[str]) -> None:
        self.name = name
        self.part = part
        self.lines = lines


class _Walk:
    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.queue: list[tuple[str, Any, Part]] = []
        self.sections: list[_Section] = []
        self.versions: dict[str, str] = {}
        self.open: set[int] = set()  # containers being searched, one of which may hold itself

    def visit(self, obj: Any) -> None:
        from ato_trace._unwrap import unwrap

        self._number("", unwrap(obj))
        for name, reached, part in self.queue:  # grows while it is walked
            self.sections.append(_Section(name, part, self._uses(reached, part)))

    def _number(self, name: str, obj: Any) -> int:
        from ato_trace._describe import describe

        if id(obj) not in self.numbers:
            part = describe(obj)
            self.numbers[id(obj)] = len(self.queue)
            self.queue.append((name, obj, part))
        return self.numbers[id(obj)]

    # -- what one section refers to ------------------------------------------------------------

    def _uses(self, obj: Any, part: Part) -> list[str]:
        from ato_trace._references import members_used, references

        lines: list[str] = []
        for name, value in references(obj, part) + members_used(obj, part):
            self._add(name, value, lines, obj)
        return lines

    def _add(self, name: str, value: Any, lines: list[str], user: Any) -> None:
        from ato_trace._unwrap import unwrap

        plain = value if isinstance(value, ModuleType) else unwrap(value)
        if plain is user:
            lines.append("uses @")
        elif isinstance(plain, (FunctionType, type, property)):
            self._add_code(name, plain, lines)
        elif isinstance(plain, ModuleType):
            self._add_library(plain.__name__)
        else:
            self._add_value(name, plain, lines, user)

    def _add_code(self, name: str, obj: Any, lines: list[str]) -> None:
        from ato_trace._errors import FingerprintError
        from ato_trace._projects import OWN

        if self._add_library(_module_of(obj)) != OWN:
            return
        try:
            number = self._number(name, obj)
        except FingerprintError:  # a C extension of the user's own
            return
        lines.append(f"uses {name} -> {number}")

    def _add_library(self, module: str) -> str:
        """Note the version of a library, unless the module is the user's own."""
        from ato_trace._projects import LIBRARY, PYTHON, owner_of_module, version_of

        owner = owner_of_module(module)
        top = module.partition(".")[0]
        if owner == LIBRARY and top not in self.versions:
            self.versions[top] = version_of(top)
        elif owner == PYTHON:
            self.versions["python"] = "{}.{}.{}".format(*sys.version_info[:3])
        return owner

    def _add_value(self, name: str, value: Any, lines: list[str], user: Any) -> None:
        from ato_trace._values import value_text

        text = value_text(value)
        if text is not None:
            lines.append(f"value {name} = {text}")
            if type(value).__module__ != "builtins":  # its methods are code
                self._add_code(f"type({name})", type(value), lines)
        elif isinstance(value, (dict, list, tuple)) and len(value) <= _MOST_ITEMS:
            self._add_items(name, value, lines, user)
        elif hasattr(value, "func") and hasattr(value, "keywords"):  # functools.partial
            self._add(name + ".func", value.func, lines, user)
            self._add(name + ".args", [value.args, value.keywords], lines, user)
        else:
            self._add_code(f"type({name})", type(value), lines)

    def _add_items(self, name: str, container: Any, lines: list[str], user: Any) -> None:
        if id(container) in self.open:
            return
        self.open.add(id(container))
        pairs = dict.items(container) if isinstance(container, dict) else enumerate(container)
        for key, item in sorted(pairs, key=lambda pair: ascii(pair[0])):
            self._add(f"{name}[{key!a}]", item, lines, user)
        self.open.discard(id(container))

    # -- the result ----------------------------------------------------------------------------

    def fingerprint(self) -> Fingerprint:
        from ato_trace._digest import Fingerprint, digest

        canonical = "\n".join(self._canonical_lines())
        first = self.queue[0][2]
        kinds = {part.kind for _, _, part in self.queue}
        kind = "source" if kinds == {"source"} else "code-object"
        versions = dict(sorted(self.versions.items()))
        source = self._source()
        return Fingerprint(digest(canonical), canonical, source, first.location, kind, versions)

    def _canonical_lines(self) -> list[str]:
        lines = []
        for number, section in enumerate(self.sections):
            lines += [SECTION + str(number), section.part.canonical, *section.lines]
        # The version of Python is recorded, but does not count: fingerprints are equal on all.
        libraries = sorted(item for item in self.versions.items() if item[0] != "python")
        if libraries:
            lines.append(SECTION + "libraries")
            lines += [f"library {name} {version}" for name, version in libraries]
        return lines

    def _source(self) -> str | None:
        texts = []
        for number, section in enumerate(self.sections):
            texts.append(f"{SOURCE_SECTION}{number} {section.part.location}")
            texts.append(section.part.source or "")
        return "\n".join(texts)


def _module_of(obj: Any) -> str:
    if isinstance(obj, property):
        obj = obj.fget
    if isinstance(obj, FunctionType):
        return str(obj.__globals__.get("__name__") or obj.__module__ or "")
    return str(obj.__module__)
