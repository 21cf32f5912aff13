"""YAML, with the safe C loader where present and YAML 1.2 floats (`1e-3` is a float)."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ato_adict._errors import ConfigFileError, NestingError
from ato_adict._simplify import Rules, countable, no_surrogates, simplify

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

# Limits that no config comes near and that keep hostile files from taking the process down.
MAX_DEPTH = 5_000
MAX_VALUES = 5_000_000

MERGE = "tag:yaml.org,2002:merge"
FLOAT = re.compile(
    r"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)


class Loader(_Loader):  # type: ignore[misc]
    """A safe loader that refuses duplicate keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Build a mapping; values of merge keys (`<<`) may be overridden, others not."""
        pairs = list(node.value)
        mapping = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):  # which holds what was merged in by now
            self._refuse_duplicates([key for key, _ in pairs if key.tag != MERGE])
        return mapping

    def _refuse_duplicates(self, keys: Any) -> None:
        seen = set()
        for node in keys:
            key = self.construct_object(node, deep=True)
            if key in seen:
                problem = f"the key {key!r} appears twice in one mapping"
                raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
            seen.add(key)


class Dumper(_Dumper):  # type: ignore[misc]
    """A safe dumper that writes every value where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write shared values twice: a config has no anchors."""
        return True


def _use_floats(cls: Any) -> None:
    resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:float"]
        for first, pairs in cls.yaml_implicit_resolvers.items()
    }
    cls.yaml_implicit_resolvers = resolvers
    cls.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+0123456789."))


_use_floats(Loader)
_use_floats(Dumper)


def _leaves() -> dict[type, Any]:
    from datetime import date, datetime

    plain = (type(None), bool, int, float, bytes, date, datetime, set)
    return {**dict.fromkeys(plain), str: no_surrogates, int: countable}


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
        data = yaml.load(text, Loader=Loader)
        if "*" in text:
            _check_aliases(data)
        return data
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (None, None)
        problem = " ".join(filter(None, [error.context, error.problem]))
        if "nesting depth" in problem:  # libyaml has a limit of its own from 0.2.6 on
            raise NestingError("YAML nested too deeply") from None
        raise ConfigFileError(problem, None, *place) from None
    except yaml.YAMLError as error:
        raise ConfigFileError(str(error).replace("\n", " ")) from None


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


def _check_aliases(data: Any) -> None:
    """Refuse aliases of aliases that stand for more values than any config has."""
    sizes: dict[int, int] = {}

    def size(value: Any) -> int:
        if not isinstance(value, (dict, list)):
            return 1
        if id(value) not in sizes:
            sizes[id(value)] = 0  # where a value contains itself; converting it names the place
            children = value.values() if isinstance(value, dict) else value
            sizes[id(value)] = 1 + sum(map(size, children))
        return sizes[id(value)]

    if size(data) > MAX_VALUES:
        raise ConfigFileError(f"its aliases stand for more than {MAX_VALUES:,} values")
