"""The difference between two configs."""

from __future__ import annotations

from ato_adict._basics.errors import ConversionError
from ato_adict._names.dotted import literal
from ato_adict._names.places import flatten
from ato_adict._tree.hashing import canonical, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Mapping


class Diff:
    """What changed from one config to another, by dotted name.

    Falsy where nothing did; `print` shows one line per difference.

    Attributes:
        added: Name to the new value.
        removed: Name to the old value.
        changed: Name to (old, new) where the type stayed.
        retyped: Name to (old, new) where the type changed.
    """

    __module__ = "ato_adict"
    __hash__: ClassVar[None]  # type: ignore[assignment]  # it is compared by what it holds

    def __init__(self, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> None:
        before, after = flatten(old), flatten(new)
        common = [name for name in before if name in after]
        self.added: dict[str, Any] = {k: v for k, v in after.items() if k not in before}
        self.removed: dict[str, Any] = {k: v for k, v in before.items() if k not in after}
        self.changed: dict[str, tuple[Any, Any]] = {}
        self.retyped: dict[str, tuple[Any, Any]] = {}
        for name in common:
            self._compare(name, before[name], after[name])

    def _compare(self, name: str, old: Any, new: Any) -> None:
        if type_name(old) != type_name(new):
            self.retyped[name] = (old, new)
        elif not same(old, new):
            self.changed[name] = (old, new)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return the four mappings in a plain dict."""
        names = ("added", "removed", "changed", "retyped")
        return {name: dict(getattr(self, name)) for name in names}

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.retyped)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Diff) and self.to_dict() == other.to_dict()

    def __len__(self) -> int:
        return sum(map(len, self.to_dict().values()))

    def __repr__(self) -> str:
        return f"<Diff: {self.summary()}>"

    def summary(self) -> str:
        """Return the counts in one line."""
        counts = [f"{len(v)} {k}" for k, v in self.to_dict().items() if v]
        return ", ".join(counts) or "no difference"

    def __str__(self) -> str:
        lines = [f"+ {name}: {literal(value)}" for name, value in self.added.items()]
        lines += [f"- {name}: {literal(value)}" for name, value in self.removed.items()]
        lines += [
            f"~ {name}: {literal(old)} -> {literal(new)}"
            for name, (old, new) in self.changed.items()
        ]
        for name, (old, new) in self.retyped.items():
            kinds = f"({type_name(old)} -> {type_name(new)})"
            lines.append(f"! {name}: {literal(old)} -> {literal(new)} {kinds}")
        return "\n".join(lines) or "no difference"


def same(old: Any, new: Any) -> bool:
    """Whether two values of one type are equal, with the types of what is in them; nan is."""
    if old is new:
        return True
    try:
        return canonical(old) == canonical(new)
    except ConversionError:
        pass
    try:
        return bool(old == new)
    except Exception:  # of another's code, or several answers, as arrays give
        return False
