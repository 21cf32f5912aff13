"""What old pickles know as `ato_adict._locked`."""

from ato_adict._node.locked import FrozenList as FrozenList
from ato_adict._node.locked import FrozenSet as FrozenSet
