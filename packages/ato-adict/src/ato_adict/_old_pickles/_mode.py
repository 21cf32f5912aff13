"""What old pickles know as `ato_adict._mode`."""

from ato_adict._node.state import AUTO as AUTO
