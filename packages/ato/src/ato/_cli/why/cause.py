"""Which of the differences most likely made the results differ."""

from __future__ import annotations

import json
import re
import shlex

from ato._cli.why.differences.config import config_sentence, is_code_alone
from ato._cli.why.differences.environment import fact_sentence
from ato._cli.why.differences.inputs import input_sentence
from ato._cli.why.differences.naming import PERHAPS
from ato._cli.why.differences.results import artifact_sentence
from ato._cli.why.excerpts import excerpts, places_that_differ
from ato._cli.why.typed import typed_change
from ato_sql.comparing import is_incidental

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping, Sequence

# Keys that say what a run is called and where its results go.
_LABEL = re.compile(
    r"(^|[._])((out|output|save|log|logs|logging|result|results|work|ckpt|checkpoint|run|exp|"
    r"experiment)_?(dir|directory|folder|path|root|name|id|file)|out|output|tag|tags|note|notes|"
    r"comment|description|verbose|quiet|log_level|log_every|progress|wandb\w*)$",
    re.IGNORECASE,
)
_OF_LIBRARIES = re.compile(
    r"THREADS$|_DYNAMIC$|^threads |_VISIBLE_DEVICES$|PARALLELISM$|variable (LC_\w+|TZ)$"
)
_PROGRAMS = (".py", ".sh", ".bash", ".pl", ".r", ".R", ".jl", ".c", ".cc", ".cpp", ".cu")
_LAZY_VIEW = re.compile(r"lazy view '[^']*'")
_CELL = re.compile(r"In\[\d+\]$")
_IN_CELL = re.compile(r"(^| )In\[\d+\]:\d+$")
_LONGEST = 60
_OF_MODULES = 5
_DERIVED = 6  # behind all that may have made the value another
_WEAK = 7
_CALL = 9  # a cell that looks at results, or starts the run, as a rule
# Calls that say by their names that they change what is there.
_CHANGES = re.compile(
    r"(^|_)(seed|set|update|append|extend|insert|add|remove|discard|pop|popitem|clear|setdefault|"
    r"sort|reverse|fill|setattr|delattr|exec|reload|patch|use|enable|disable|chdir|putenv)(_|$)"
)


def is_label(change: Mapping[str, Any]) -> bool:
    """Tell whether a config key says where a run is kept, not what it does."""
    return is_incidental(change["key"])


def most_likely(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what may explain the results, the most likely first, as `kind`, `text` and `weak`.

    What surely ran or was read comes before what may have been. Weak is what only says where
    results go, and a function that nothing names: these come last and explain nothing.
    """
    found = list(_candidates(report))
    if any(rank < _OF_MODULES for rank, _, _ in found):
        # What is no longer reached is no longer loaded: a consequence of what else changed.
        found = [one for one in found if one[0] != _OF_MODULES]
    if any(rank < _WEAK for rank, _, _ in found):
        found = [one for one in found if one[0] != _CALL]
    found = list({text: (rank, kind, text) for rank, kind, text in reversed(found)}.values())[::-1]
    order = sorted(range(len(found)), key=lambda n: (found[n][0], n))
    return [{"kind": found[n][1], "text": found[n][2], "weak": found[n][0] >= _WEAK} for n in order]


def command_cause(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return that the commands differ, where nothing else explains the results.

    What the words of a command set stands in the config of most programs, which tells more.
    """
    for change in report["environment"]:
        if change["name"] == "command" and change.get("a") and change.get("b"):
            sides = [_words_of(change[side]) for side in "ab"]
            if all(sides) and _arguments(sides[0]) != _arguments(sides[1]):
                old, new = (" ".join(map(shlex.quote, words)) for words in sides)
                text = f"the command changed: {old} -> {new}"
                return [{"kind": "environment", "text": text, "weak": False}]
    return []


def _words_of(command: Any) -> list[str]:
    """Return the words of a command; none of one that is damaged."""
    try:
        words = json.loads(command) if isinstance(command, str) else command
    except ValueError:
        return []
    return [str(word) for word in words] if isinstance(words, list) else []


def _arguments(words: list[str]) -> list[str]:
    """Return what a command gives its program; the number of a cell goes up with each run."""
    is_cell = len(words) == 2 and _CELL.match(words[1])
    return [] if is_cell else words[1:]


def _candidates(report: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    derived = _derived(report)
    for change in report["config"]:
        if not is_label(change) and change["key"] not in derived:
            yield _rank_of_key(change), "config", config_sentence(change)
    for change in report["code"]:
        if not change["problem"] and change["a"] and change["b"]:
            yield 1, "code", _traced(change)
    for change in report["inputs"]:
        if not change["layout"]:
            yield _rank_of_input(change), "input", input_sentence(change)
    named = set()
    for change in report["sources"]:
        name = (change["name"], change["kind"])
        if change["traced_as"] or change["set_key"] or name in named:
            continue
        if change["function"] != "<module>":
            named.add(name)  # of several statements of a function the first is enough
        yield _rank_of_source(change), "source", source_sentence(change)
    for change in report["environment"]:
        if change["matters"]:
            yield _rank_of_fact(change["name"]), "environment", fact_sentence(change)
    for change in report["config"]:
        if not is_label(change) and change["key"] in derived:
            yield max(_DERIVED, _rank_of_key(change)), "config", config_sentence(change)
    for change in report["modules"]:
        yield _OF_MODULES, "source", module_sentence(change)
    for sentence in report["rewritten"]:
        yield _WEAK, "input", sentence
    for change in report["artifacts"]:  # a result, as a rule; whatever made it explains more
        yield 8, "artifact", artifact_sentence(change)


def _derived(report: Mapping[str, Any]) -> set[str]:
    """Return the keys that a lazy view made of what else changed.

    None where no other key and no input changed.
    """
    shown = [one for one in report["config"] if not is_label(one)]
    made = {one["key"] for one in shown if _is_by_lazy_view(one)}
    others = [one for one in shown if one["key"] not in made and _rank_of_key(one) < _WEAK]
    return made if others or any(not one["layout"] for one in report["inputs"]) else set()


def _is_by_lazy_view(change: Mapping[str, Any]) -> bool:
    """Whether the same lazy view has set a key in both runs; its line may be another."""
    setters = [(change[side] or {}).get("by") or "" for side in ("a", "b")]
    views = {found.group() if found else "" for found in map(_LAZY_VIEW.match, setters)}
    return len(views) == 1 and "" not in views


def _rank_of_key(change: Mapping[str, Any]) -> int:
    """The source of a function tells more than the key that holds it."""
    if _LABEL.search(change["key"]):
        return 8
    return 3 if is_code_alone(change) else 0


def _rank_of_input(change: Mapping[str, Any]) -> int:
    """Programs that it runs come before what they may have written."""
    if change["name"].endswith(_PROGRAMS):
        return 1
    return 2 if change["a"] and change["b"] else 4  # what is read depends on what asks for it


def _rank_of_source(change: Mapping[str, Any]) -> int:
    if change["used"] is False:
        return _WEAK
    if any(_IN_CELL.search(place or "") for place in change["places"]) and _only_calls(change):
        return _CALL
    if change["used"] == PERHAPS:
        return 4
    return 2 if change["kind"] == "changed" else 3


def _only_calls(change: Mapping[str, Any]) -> bool:
    """Whether a statement outside of any function defines nothing, and changes nothing."""
    import ast

    if change["function"] != "<module>":
        return False
    try:
        nodes = [node for side in ("old", "new") for node in ast.parse(change[side]).body]
    except SyntaxError:
        return False
    calls = [part.func for node in nodes for part in ast.walk(node) if isinstance(part, ast.Call)]
    named = [getattr(func, "attr", getattr(func, "id", "")) for func in calls]
    changes = any(map(_CHANGES.search, named))
    return not changes and all(isinstance(node, ast.Expr) for node in nodes)


def _rank_of_fact(name: str) -> int:
    """What the program asks for itself comes before what libraries may look at."""
    if name == "threads cpus":
        return 6
    if _OF_LIBRARIES.search(name):
        return 6
    return 3 if name.startswith("variable ") else 4


def _traced(change: Mapping[str, Any]) -> str:
    first = next(iter(change["statements"]), None)
    if first is not None and first["kind"] in ("value", "library"):
        sides = (first["old"] or "(none)", first["new"] or "(none)")
        old, new = excerpts(*sides, _LONGEST)
        places = [place for place in first["places"] if place]
        return f"{first['function']} changed: {old} -> {new}{_used_by(change, *places[-1:])}"
    places = first["places"] if first else change["places"]
    name = (first and first["name"]) or change["function"] or change["trace_id"]
    if (
        first
        and not first["name"]
        and first["function"] != (change["function"] or "").rpartition(".")[2]
    ):
        name = first["function"] or name
    place = places[1] or places[0]
    return f"{name} changed{f' ({place})' if place else _used_by(change)}"


def _used_by(change: Mapping[str, Any], *place: str) -> str:
    return f" ({'; '.join([*place, 'used by ' + (change['function'] or change['trace_id'])])})"


def source_sentence(change: Mapping[str, Any]) -> str:
    """Say that a definition changed, and where it stands."""
    change = typed_change(change)
    places = places_that_differ(change)
    place = places[1] or places[0]
    words = {"changed": "changed", "added": "was added", "removed": "was removed"}
    end = ", though no loaded module names it" if change["used"] is False else ""
    if change["function"] == "<module>" and change["kind"] == "changed" and not change["problem"]:
        return _statement_sentence(change, place) + end
    return f"{change['name']} {words[change['kind']]} ({_at(change['was'], places)}){end}"


def _at(was: str | None, places: Sequence[str | None]) -> str | None:
    """Say where a definition stands, and of one that was moved what it was called, and where."""
    if was is None:
        return places[1] or places[0]
    former = ", ".join(filter(None, [f"was {was}", places[0]]))
    return "; ".join(filter(None, [places[1], former]))


def _statement_sentence(change: Mapping[str, Any], place: str | None) -> str:
    """Say that a statement outside of any function changed."""
    old, new = change["old"].strip(), change["new"].strip()
    if old and new and len(old + new) <= 2 * _LONGEST and "\n" not in old + new:
        return f"{place} changed: {old} -> {new}"
    names = [re.match(r"([A-Za-z_]\w*)\s*(?::[^=\n]*)?=[^=]", text) for text in (old, new)]
    if names[0] and names[1] and names[0].group(1) == names[1].group(1):
        return f"{change['name']}.{names[0].group(1)} changed ({place})"
    for name, text, other, word in (
        (names[0], old, new, "was removed"),
        (names[1], new, old, "was added"),
    ):
        if name and not other:
            said = "changed" if _builds_on_itself(text) else word
            return f"{change['name']}.{name.group(1)} {said} ({place})"
    return f"{change['name']} changed outside of its functions ({place})"


def _builds_on_itself(text: str) -> bool:
    """Whether a text begins with `w = w + 1`: there was one before, and is one without it."""
    import ast

    try:
        first = ast.parse(text).body[0]
    except SyntaxError:
        return False
    names = [part for part in ast.walk(first) if isinstance(part, ast.Name)]
    read = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    return any(name.id in read for name in names if isinstance(name.ctx, ast.Store))


def module_sentence(change: Mapping[str, Any]) -> str:
    """Say that only one run had loaded a module."""
    which = "second" if change["run"] == "b" else "first"
    return f"{change['module']} was loaded only in the {which} run ({change['file']})"
