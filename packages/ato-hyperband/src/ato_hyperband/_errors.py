"""Everything a search can raise on its own account."""

from __future__ import annotations

from ato_adict import AtoError, UserError


class SearchError(AtoError):
    """Base of all errors raised by ato_hyperband."""

    __module__ = "ato_hyperband"


class SpaceError(SearchError, ValueError):
    """A search space is wrong; the message names the parameter and the fix."""

    __module__ = "ato_hyperband"


class SettingsError(SearchError, ValueError):
    """An argument of the search is wrong; the message names the argument and the fix."""

    __module__ = "ato_hyperband"


class CommandLineError(SearchError, UserError):
    """What was typed cannot be searched; at a command line this is one line and exit code 2."""

    __module__ = "ato_hyperband"


class ObjectiveError(SearchError):
    """The objective cannot be used as one (it yields nothing, cannot be sent to a process, …)."""

    __module__ = "ato_hyperband"


class AllTrialsFailedError(SearchError):
    """No trial of the search gave a usable metric; the message ends with the last traceback."""

    __module__ = "ato_hyperband"


class StudyMismatchError(SearchError):
    """The storage holds a study made with other settings or spaces."""

    __module__ = "ato_hyperband"


class StudyDamagedError(SearchError):
    """The storage holds what no search has written; the message names where."""

    __module__ = "ato_hyperband"


class RankFailedError(SearchError):
    """Another rank of a distributed search raised; the message holds its traceback."""

    __module__ = "ato_hyperband"
