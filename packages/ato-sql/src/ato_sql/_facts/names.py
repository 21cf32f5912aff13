"""What a run is called where nobody names it: two words and a number that can be said."""

from __future__ import annotations

import getpass
import uuid

_HOW = """
    amber bold brave bright brisk calm clear clever cosy crisp daring eager early fair fast
    fresh gentle glad golden green happy honest humble jolly keen kind late light lively lucky
    mellow merry mild neat noble patient plain proud quick quiet rapid ready shy silent simple
    smooth steady still sunny swift tender tidy warm wise witty young
"""
_WHAT = """
    badger bear beaver birch bison cedar condor crane deer dolphin eagle elm falcon fern finch
    fox gecko hare hawk heron ibex jay kiwi lake lark lion lynx maple meadow moose moss newt oak
    otter owl panda pike pine puffin quail raven reed river robin salmon seal sparrow spruce
    stork swan tiger trout tulip walrus willow wolf wren yak
"""


def chosen_name(run: str) -> str:
    """Return the name of a run by its UUID, such as `calm-otter-42`."""
    number = uuid.UUID(run).int
    words = []
    for choice in (_HOW.split(), _WHAT.split()):
        number, place = divmod(number, len(choice))
        words.append(choice[place])
    return f"{'-'.join(words)}-{number % 100}"


def user_name() -> str | None:
    """Return who runs this program, None where nobody can tell."""
    try:
        return getpass.getuser()
    except Exception:  # no such user, as in a container
        return None
