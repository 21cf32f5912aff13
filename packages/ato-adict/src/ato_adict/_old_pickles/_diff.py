"""What old pickles know as `ato_adict._diff`."""

from ato_adict._tree.diff import Diff as Diff
