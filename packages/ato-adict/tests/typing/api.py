"""The types that users see; checked by `mypy --strict`, never run."""

from dataclasses import dataclass
from typing import Any, Dict, List

from ato_adict import ADict, did_you_mean, record_writes, xyz


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
