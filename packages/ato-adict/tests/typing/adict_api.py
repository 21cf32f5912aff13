"""The types that users see; checked by `mypy --strict`, never run."""

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional

from ato_adict import (
    MISSING,
    ADict,
    Diff,
    did_you_mean,
    jsonable,
    lazy_exports,
    leaves,
    merge,
    record_writes,
    set_by_name,
    to_plain,
    warn_deprecated,
    xyz,
)
from ato_adict.surroundings import git, process_identity, process_start, restart_command


@dataclass
class Train:
    lr: float


class MyConfig(ADict):
    pass


config = ADict({"a": 1}, lr=0.1)
config.model.depth = 3
anything: Any = config.model
frozen: ADict = config.freeze().strict().defrost()
plain: Dict[Any, Any] = config.to_dict()
flat: Dict[str, Any] = config.flatten()
text: str = config.dumps("yaml")
digest: str = config.get_structural_hash(deep=True)
unused: List[str] = config.unused_keys()
changed: Dict[str, Any] = dict(config.diff(plain).changed)
mine: MyConfig = MyConfig.from_file("c.yaml")
mine2: MyConfig = mine.clone()
train: Train = config.to_dataclass(Train)
hint: str = did_you_mean("lrr", ["lr"])
record_writes(config, [])
data: Any = xyz.loads(xyz.dumps({}))

difference: Diff = config.diff(plain)
retyped: bool = bool(difference) and "lr" in difference.retyped
names: List[str] = [name for name, value in leaves(config, "model")]
merge(config, {"a": {"b": 1}})
merge(plain, {"a": {"b": 1}}, "_delete_")
set_by_name(config, "a.b", 1)
set_by_name(plain, "a.b", 1)
exact: Any = to_plain([config])
for_json: Any = jsonable(config, other=str)
default: Any = config.get_value_by_name("a", MISSING)
find: Callable[[str], Any] = lazy_exports("package", {"module": ("name",)})
warn_deprecated("old()", "new()", since="3.1", depth=3)
output: Optional[bytes] = git(".", "status", text=b"")
identity: Optional[str] = process_identity(1)
started: float = process_start()
command: Optional[List[str]] = restart_command()
