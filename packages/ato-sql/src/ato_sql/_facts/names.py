"""What a run is called: by its user, or else two words and a number that can be said."""

from __future__ import annotations

import getpass
import re
import uuid

from ato_sql._errors import MetricError

# What asks for a run otherwise, and so cannot be its name.
ID, PLACE, BEST = "[0-9]{1,18}", "last|-[0-9]{1,9}", "best:"

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


def check_run_name(name: str) -> str:
    """Return the name that a run is given, unless commands take it for something else.

    Raises:
        MetricError: they do.
    """
    if not name.strip():
        raise MetricError(f"a run's name must have letters, not {name!r}")
    meaning = None
    if re.fullmatch(ID, name):
        meaning = "is the id of a run"
    elif re.fullmatch(PLACE, name) or name.startswith(BEST):
        meaning = "says which run by its place, as last, -1 and best:METRIC do"
    if meaning is not None:
        raise MetricError(
            f"a run cannot be called {name!r}: wherever a run is named, that {meaning}"
        )
    return name
