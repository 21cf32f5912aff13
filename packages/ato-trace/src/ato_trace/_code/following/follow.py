"""`follow=True`: the fingerprint of a function together with the user's own code it rests on.

The functions and classes reached from the first are numbered in the order in which a
breadth-first walk meets them (by sorted names, so the order is the same everywhere), and each
section of the canonical form says which name leads to which number. Recursion and cycles need no
special case. What is met and not followed is listed with the reason.
"""

from __future__ import annotations

from ato_trace._code.classes import added_members, attributes_read, subclasses
from ato_trace._code.described import Part
from ato_trace._code.following.facts import Facts
from ato_trace._code.following.reach import Reach
from ato_trace._code.following.references import members_used, modules_called_for, references
from ato_trace._code.following.states import Changes
from ato_trace._code.following.walk import Walk
from ato_trace._code.namespaces import namespaces
from ato_trace._source.unloaded import Definition, module_named
from ato_trace._source.unwrap import unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    Skipped = Tuple[Tuple[str, str], ...]

SECTION = "== "
SOURCE_SECTION = "#== ato "


def follow_from(obj: Any) -> tuple[Part, dict[str, str], Skipped]:
    """The canonical form of an object and all that it uses of the user's own code, as one part.

    Beside it, the versions of the libraries that this code uses, and of Python, and the names of
    what was not followed with the reasons.

    Raises:
        FingerprintError: The object has no Python code.
    """
    walk, changes, sections = Walk(), Changes(), []
    walk.number(unwrap(obj))
    for reached, part in walk.queue:  # grows while it is walked
        changes.note(reached, part)
        sections.append(_facts_of(walk, reached, part))
    canonical = "\n".join(_canonical_lines(walk, sections, changes))
    kind = "source" if all(part.kind == "source" for _, part in walk.queue) else "code-object"
    whole = Part(canonical, _source(walk), walk.queue[0][1].location, kind)
    return whole, dict(sorted(walk.versions.items())), tuple(sorted(walk.skipped))


def _facts_of(walk: Walk, obj: Any, part: Part) -> Facts:
    facts = Facts(obj)
    walk.know_spaces(namespaces(obj))
    reach = Reach(walk, facts)
    asks_below = part.node is not None and "__subclasses__" in attributes_read(part.node)
    for reference in references(obj, part):
        reach.reference(reference)
        if asks_below and isinstance(reference.value, type):
            for cls in subclasses(reference.value):
                reach.add(f"{reference.name}.__subclasses__.{cls.__qualname__}", cls)
    for name, value in members_used(obj, part):
        reach.add(name, value)
    if part.node is not None:
        for name in modules_called_for(part.node):
            reach.add(f"import_module({name!r})", module_named(name))
    if isinstance(obj, type):
        for name, value in added_members(obj, part.node):
            reach.add(name, value, (id(obj), name.rpartition(".")[2]))
    return facts


# -- the result --------------------------------------------------------------------------------


def _canonical_lines(walk: Walk, sections: list[Facts], changes: Changes) -> list[str]:
    lines = []
    for number, (facts, (_, part)) in enumerate(zip(sections, walk.queue)):
        lines += [SECTION + str(number), part.canonical]
        for fact in facts.items:
            reason = fact.state_in(changes)
            if reason is None:
                lines.append(fact.line)
            else:
                walk.skip(fact.name, reason)
    # The version of Python is recorded, but does not count: fingerprints are equal on all.
    libraries = sorted(item for item in walk.versions.items() if item[0] != "python")
    if libraries:
        lines.append(SECTION + "libraries")
        lines += [f"library {name} {version}" for name, version in libraries]
    return lines


def _source(walk: Walk) -> str | None:
    texts = []
    for number, (obj, part) in enumerate(walk.queue):
        texts.append(f"{SOURCE_SECTION}{number} {_name_of(obj)} {part.location}")
        texts.append(part.source or "")
    if walk.skipped:
        texts.append(SOURCE_SECTION + "skipped")
        texts += [f"{name}\t{reason}" for name, reason in sorted(walk.skipped)]
    return "\n".join(texts)


def _name_of(obj: Any) -> str:
    """The qualified name of an object, without the functions that it was made in."""
    if isinstance(obj, Definition):
        return str(obj.node.name)
    function = obj.fget if isinstance(obj, property) else obj
    name = getattr(function, "__qualname__", None) or type(obj).__qualname__
    return str(name).rpartition("<locals>.")[2].replace(" ", "")
