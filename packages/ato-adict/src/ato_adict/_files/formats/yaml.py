"""YAML, with the safe C loader where present and numbers as in YAML 1.2 (`1e-3` is a float)."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ato_adict._basics.errors import ConfigFileError, NestingError
from ato_adict._files.formats.numbers import LARGEST, MAX_DIGITS, place
from ato_adict._files.formats.simplify import (
    Rules,
    countable,
    no_surrogates,
    set_problem,
    simplify,
    whole_minutes,
)
from ato_adict._names.dotted import join

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

# Limits that no config comes near and that keep hostile files from taking the process down.
MAX_DEPTH = 5_000
MAX_VALUES = 5_000_000
_LETTERS = 10  # of a text that cost as much as one value more

MERGE = "tag:yaml.org,2002:merge"
BOOL = "tag:yaml.org,2002:bool"
TEXT = "tag:yaml.org,2002:str"
# What reads as a number. Left out of YAML 1.1: base 60 (`22:22`), numbers with leading zeros, which
# it took for octal (`010`), and underscores that do not group thousands (`1_1`); these are texts.
INTEGER = re.compile(
    r"^[-+]?(?:0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+|0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:_[0-9]{3})+)$"
)
_DIGITS = r"(?:[0-9]+|[1-9][0-9]{0,2}(?:_[0-9]{3})+)"
FLOAT = re.compile(
    rf"^(?:[-+]?{_DIGITS}\.[0-9]*(?:[eE][-+]?[0-9]+)?"
    rf"|[-+]?{_DIGITS}[eE][-+]?[0-9]+"
    r"|[-+]?\.[0-9]+(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
# What no YAML text holds: control characters and lone surrogates.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Loader(_Loader):  # type: ignore[misc]
    """A safe loader that refuses duplicate keys, and in which `on` and `no` are keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Build a mapping; values of merge keys (`<<`) may be overridden, others not."""
        # `!!set x` is none: a scalar, which the safe loader refuses with its place.
        pairs = list(node.value) if isinstance(node, yaml.MappingNode) else []
        for key, _ in pairs:
            is_word = key.tag == BOOL and isinstance(key, yaml.ScalarNode)
            if is_word and key.value.lower() not in ("true", "false"):
                key.tag = TEXT
        try:
            mapping = super().construct_mapping(node, deep)
        except TypeError:  # a tuple of lists looks as if it could be a key
            raise _error("a key that holds a list or a mapping", node) from None
        if len(mapping) < len(node.value):  # which holds what was merged in by now
            self._refuse_duplicates([key for key, _ in pairs if key.tag != MERGE])
        return mapping

    def _refuse_duplicates(self, keys: Any) -> None:
        seen = set()
        for node in keys:
            key = self.construct_object(node, deep=True)
            if key in seen:
                raise _error(f"the key {key!r} appears twice in one mapping", node)
            seen.add(key)


def _error(problem: str, node: Any) -> Exception:
    error: Exception = yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return error


def _guarded(kind: str) -> Any:
    """Return a constructor of one kind of value whose own errors name the value and its place."""
    construct = getattr(_Loader, f"construct_yaml_{kind}")

    def guarded(loader: Any, node: Any) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return construct(loader, node)  # which says what it expects
        text = str(node.value)
        # A long number takes time in the square of its digits, on some Pythons without a limit.
        if len(text) <= MAX_DIGITS if kind == "int" else _is_in_form(kind, text):
            try:
                value = construct(loader, node)
            except _STUMBLES:
                pass
            else:
                if kind != "int" or abs(value) < LARGEST:
                    return value
        shown = repr(text if len(text) <= 40 else text[:40] + "...")
        if kind == "binary":
            raise _error(f"failed to decode base64 {shown}", node)
        raise _error(f"{shown} is no {_KINDS[kind]}", node)

    return guarded


def _is_in_form(kind: str, text: str) -> bool:
    """Tell whether bytes are written as they must be: what is no base64 the library leaves out."""
    letters = "".join(text.split()) if kind == "binary" else ""
    return len(letters) % 4 == 0 and _BASE64.fullmatch(letters) is not None


_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
# What the library raises for a tagged text that it does not expect, such as `!!int ""`.
_STUMBLES = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
_KINDS = {
    "bool": "truth value; write true or false",
    "int": f"integer of at most {MAX_DIGITS} digits",
    "float": "number",
    "timestamp": "date or time",
    "binary": "base64",
}
for _kind in _KINDS:
    Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _guarded(_kind))


def _tuple(loader: Any, node: Any) -> Any:
    """Return what ato 2.x has written for a tuple in a list: plain data, though its tag is not."""
    return tuple(loader.construct_sequence(node, deep=True))


def _refused(_: Any, suffix: str, node: Any) -> Any:
    raise _error(f"the tag !!python/{suffix} is refused: loading a config runs no code", node)


Loader.add_constructor("tag:yaml.org,2002:python/tuple", _tuple)
Loader.add_multi_constructor("tag:yaml.org,2002:python/", _refused)


class Dumper(_Dumper):  # type: ignore[misc]
    """A safe dumper that writes every value where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write shared values twice: a config has no anchors."""
        return True


def _use_numbers(cls: Any, replaced: tuple[str, ...]) -> None:
    """Let a class recognise our numbers, instead of what the `replaced` tags stand for."""
    cls.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in pairs if tag.rpartition(":")[2] not in replaced]
        for first, pairs in cls.yaml_implicit_resolvers.items()
    }
    cls.add_implicit_resolver("tag:yaml.org,2002:int", INTEGER, list("-+0123456789"))
    cls.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+0123456789."))


_use_numbers(Loader, ("int", "float", "value"))
# Texts that are numbers to YAML 1.1 are written in quotes too: other programs read the file.
_use_numbers(Dumper, ())


def _leaves() -> dict[type, Any]:
    from datetime import date, datetime

    plain = (type(None), bool, int, float, bytes, date, datetime)
    in_sets = (*plain, str)
    checks: dict[type, Any] = {**dict.fromkeys(plain), str: no_surrogates, int: countable}
    checks[datetime] = whole_minutes
    return {**checks, set: lambda value: set_problem(value, in_sets)}


RULES = Rules("YAML", _leaves(), keys=(str, int, float, bool, type(None)))


def dumps(tree: Any, **options: Any) -> str:
    """Return a config as YAML text in the order of its keys."""
    plain = simplify(tree, RULES)
    chosen = {"sort_keys": False, "allow_unicode": True, "default_flow_style": False, **options}
    return str(yaml.dump(plain, Dumper=Dumper, **chosen))


def loads(text: str) -> Any:
    """Return the data of a YAML text.

    Raises:
        ConfigFileError: If it is malformed, has duplicate keys, or a tag that is not plain data.
        NestingError: If it is nested too deeply.
    """
    try:
        _check_depth(text)
        data = _load(text)
        return {} if data is None and _is_empty(text) else data
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        problem = " ".join(filter(None, [error.context, error.problem]))
        if "nesting depth" in problem:  # libyaml has a limit of its own from 0.2.6 on
            raise NestingError("YAML nested too deeply") from None
        raise ConfigFileError(problem, None, *place) from None
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        raise _unreadable(text, error) from None
    except yaml.YAMLError as error:
        raise ConfigFileError(str(error).replace("\n", " ")) from None


def _unreadable(text: str, error: Exception) -> ConfigFileError:
    """Return the error for a character that YAML does not allow; the parsers name no line."""
    found = _UNPRINTABLE.search(text)
    if found is None:
        return ConfigFileError(str(error).replace("\n", " "))
    problem = f"the character U+{ord(found.group()):04X} is not allowed in YAML"
    return ConfigFileError(problem, None, *place(text, found.start()))


def _is_empty(text: str) -> bool:
    """Whether a text that stands for None holds nothing but comments."""
    node = yaml.compose(text, Loader=Loader)
    return node is None or node.value == ""


def mapping_begins(text: str) -> int | None:
    """Return where the mapping at the top of a text begins; None if something else is there.

    The text may be cut off anywhere.
    """
    try:
        for event in yaml.parse(text, Loader=Loader):
            if isinstance(event, yaml.MappingStartEvent):
                mark: Any = event.start_mark
                return int(mark.index)
            if isinstance(event, yaml.NodeEvent):
                return None
    except yaml.YAMLError:
        pass
    return None


def _check_depth(text: str) -> None:
    """Refuse text that would overflow the stack of the C loader, which does not check it.

    Without many brackets or a very long line no text nests that deeply.
    """
    brackets = text.count("[") + text.count("{")
    if brackets < MAX_DEPTH and max(map(len, text.split("\n"))) < MAX_DEPTH:
        return
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise NestingError(f"YAML nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _load(text: str) -> Any:
    loader = Loader(text)
    try:
        node = _root(loader)
        if "*" in text:
            _check_aliases(node, len(text))
        return None if node is None else _constructed(loader, node)
    finally:
        loader.dispose()


def _root(loader: Any) -> Any:
    try:
        return loader.get_single_node()
    except (ValueError, OverflowError):  # of the parser in Python; the other says it itself
        problem = "an escape that stands for no character"
        raise yaml.scanner.ScannerError(None, None, problem, loader.get_mark()) from None


def _constructed(loader: Any, root: Any) -> Any:
    try:
        return loader.construct_document(root)
    except yaml.constructor.ConstructorError as error:
        keys = _keys_to(root, error.problem_mark)
        if keys:
            name = join(keys)
            shown = name if len(name) <= 80 else name[:80] + "..."
            error.problem = f"{error.problem}, at '{shown}'"
        raise


def _keys_to(root: Any, mark: Any) -> tuple[Any, ...]:
    """Return the keys that lead to what begins at a mark: to a value, or to where a key stands."""
    left: list[tuple[tuple[Any, ...], Any]] = [((), root)]
    seen = set()  # of aliases, which may go in circles
    while left and mark is not None:
        keys, node = left.pop()
        if (node.start_mark.line, node.start_mark.column) == (mark.line, mark.column):
            return keys
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            left += [((*keys, index), child) for index, child in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            left += [(keys, key) for key, _ in node.value]
            left += [((*keys, _shown(key)), child) for key, child in node.value]
    return ()


def _shown(key: Any) -> str:
    return str(key.value) if isinstance(key, yaml.ScalarNode) else "?"


def _check_aliases(root: Any, length: int) -> None:
    """Refuse aliases that stand for more values, or longer texts, than any config has.

    Counted before anything is built: merged and ordered mappings copy what they refer to. The texts
    of a file of that length count only as far as they are more than what stands in it.
    """
    sizes: dict[int, int] = {}

    def size(node: Any) -> int:
        if isinstance(node, yaml.ScalarNode):
            return 1 + len(node.value) // _LETTERS
        if id(node) not in sizes:
            sizes[id(node)] = 0  # where a value contains itself; converting it names the place
            children = node.value
            if isinstance(node, yaml.MappingNode):
                children = [part for pair in node.value for part in pair]
            sizes[id(node)] = 1 + sum(map(size, children))
        return sizes[id(node)]

    if root is not None and size(root) > MAX_VALUES + length // _LETTERS:
        raise ConfigFileError(f"its aliases stand for more than {MAX_VALUES:,} values")
