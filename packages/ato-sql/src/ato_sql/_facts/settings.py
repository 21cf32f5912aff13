"""What `config.experiment` says about where and how to track."""

from __future__ import annotations

import math
import os
import sys
import threading
from typing import Any, Iterable, Mapping, NamedTuple, Sequence

from ato_adict import did_you_mean
from ato_adict.notebooks import main_file, notebook_name
from ato_adict.surroundings import absolute, working_folder
from ato_sql import _values
from ato_sql._errors import SettingsError
from ato_sql._facts.facts import runs_another
from ato_sql._values import secrets
from ato_sql._values.place import is_url, place_of, url_of
from ato_sql._values.secrets.kinds import Kind
from ato_sql._values.values import NAME_LENGTH, check_name, clean_text, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_NAMES = (
    "db_path",
    "durability",
    "on_error",
    "heartbeat",
    "patience",
    "journal_dir",
    "artifact_dir",
    "redact",
    "secret_keys",
    "git",
    "source",
    "inputs",
    "media_limit",
    "quiet",
)


DEFAULT_DATABASE = "experiments.db"


class Settings(NamedTuple):
    """The settings of one tracker.

    Attributes:
        database: the path of an SQLite file or an SQLAlchemy URL, from `sql.db_path`; by default
            what the environment variable `ATO_DB` names, else `experiments.db`.
        project: from `project_name`; by default the program's name.
        durability: `'second'`, the default: a metric is in the database within a second;
            `'commit'`: it is when `log_metric` returns.
        on_error: `'warn'`, the default: the tracker's troubles never stop the program; `'raise'`.
        heartbeat: seconds between a run's signs of life, 10 by default.
        patience: seconds that `finish`, a flush and the end of the program wait for a database that
            does not answer, 20 by default.
        journal_dir: where to keep what is not in the database yet.
        artifact_dir: where copied artifacts go.
        redact: whether secrets are hidden in what is stored; True by default.
        secret_keys: more names of config keys whose values are secrets.
        git: whether to record commit and dirty flag; True by default.
        source: whether to keep the source of the project's own modules; True by default.
        inputs: whether to record the files that a run reads; True by default.
        media_limit: the most bytes that an image, a table, a sound or a film may have, 100 MB by
            default.
        quiet: whether to keep from stderr the line that says where a run goes; False by default,
            True where the environment variable `ATO_QUIET` is set, but not to 0, false, no or off.
    """

    database: str | URL
    project: str
    durability: str = "second"
    on_error: str = "warn"
    heartbeat: float = 10.0
    patience: float = 20.0
    journal_dir: str | None = None
    artifact_dir: str | None = None
    redact: bool = True
    secret_keys: tuple[str, ...] = ()
    git: bool = True
    source: bool = True
    inputs: bool = True
    media_limit: int = 100_000_000
    quiet: bool = False

    @property
    def url(self) -> URL:
        """The database as a URL."""
        return url_of(self.database)

    @property
    def shown(self) -> str:
        """The URL without its credentials."""
        return _values.url.show_url(self.url)

    def hide(self, text: str, kind: Kind = Kind.PROSE) -> str:
        """Return a text without the secrets in it, unless they are to be kept."""
        return secrets.redact_text(text, self.secret_keys, kind) if self.redact else text

    def hide_name(self, what: str, name: Any) -> str:
        """Return a name without the secrets in it, if every database can keep it.

        Raises:
            MetricError: it is no string, empty, or longer than 255 characters.
        """
        return check_name(what, self.hide(check_name(what, name)))

    def hide_in(self, value: Any) -> Any:
        """Return JSON data without the secrets in it, unless they are to be kept."""
        return secrets.redact.redact(value, self.secret_keys) if self.redact else value

    def hide_column(self, name: str, cells: list[Any]) -> list[Any]:
        """Return a column of a table without the secrets in it, unless they are to be kept."""
        return secrets.redact.redact_column(name, cells, self.secret_keys) if self.redact else cells

    def hide_rows(self, columns: Sequence[str], rows: list[list[Any]]) -> list[list[Any]]:
        """Return rows that may be of names and values without the secrets in them."""
        return secrets.redact.redact_rows(columns, rows, self.secret_keys) if self.redact else rows


def read_settings(config: Any, need_project: bool = True) -> Settings:
    """Return the settings in `config.experiment`, without marking them as read.

    Raises:
        SettingsError: something is unknown or of the wrong kind.
        DatabaseError: `db_path` is not a database URL or its driver is not installed.
    """
    experiment = _section({} if config is None else config, "experiment", "config")
    sql = _section(experiment, "sql", "config.experiment")
    _check_misspelt(experiment)
    for name in _items(sql):
        if name not in _NAMES:
            hint = did_you_mean(name, _NAMES)
            raise SettingsError(f"unknown setting config.experiment.sql.{name}{hint}")
    values = {name: value for name, value in _items(sql).items() if name != "db_path"}
    database = _items(sql).get("db_path")
    if database is None:
        database = os.environ.get("ATO_DB") or DEFAULT_DATABASE
    is_known = isinstance(database, (str, os.PathLike)) or is_url(database)
    if not is_known or not str(database) or not _can_be_a_path(str(database)):
        raise SettingsError(
            "config.experiment.sql.db_path must name a database, such as 'sqlite:///experiments.db'"
        )
    project = _project_name(experiment, need_project)
    return Settings(database=place_of(database), project=project, **_checked(values))


def _can_be_a_path(text: str) -> bool:
    try:
        return b"\0" not in os.fsencode(text)
    except ValueError:  # a lone surrogate
        return False


def _check_misspelt(experiment: Mapping[str, Any]) -> None:
    """Refuse what looks like one of ours that is not there; other names are the user's own."""
    names = _items(experiment)
    missing = [one for one in ("project_name", "sql") if one not in names]
    for name in names:
        hint = did_you_mean(name, missing) if name not in ("project_name", "sql") else ""
        if hint:
            raise SettingsError(f"unknown setting config.experiment.{name}{hint}")


def _fix(config: Any) -> str:
    """Say how a database and a project are named, where one was given for a config."""
    if not isinstance(config, (str, os.PathLike)):
        return ""
    return (
        "; name a database as {'experiment': {'sql': {'db_path': ...}}}, "
        "a project as {'experiment': {'project_name': ...}}"
    )


def _section(config: Any, name: str, where: str) -> Mapping[str, Any]:
    """Return a section of a config, an empty one where it is not there."""
    if not isinstance(config, Mapping):
        found = _written(config)
        raise SettingsError(f"{where} must be a mapping, not {found}{_fix(config)}")
    section = _items(config).get(name)
    if section is None:
        return {}
    if not isinstance(section, Mapping):
        raise SettingsError(
            f"{where}.{name} must hold settings, such as project_name or sql.db_path, "
            f"not {_written(section)}"
        )
    return section


def _written(value: Any) -> str:
    """Return what something is, less secrets: all of it, as half of one is not known as one."""
    try:
        return secrets.redact_text(repr(value))
    except Exception:  # of another's code, or in itself
        return f"a {type(value).__name__}"


def _items(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same items, read so that an ADict does not count it as access."""
    return dict(dict.items(config)) if isinstance(config, dict) else config


def _project_name(experiment: Mapping[str, Any], needed: bool) -> str:
    name = _items(experiment).get("project_name")
    if name is None:
        return program_name() if needed else ""
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH:
        raise SettingsError(
            "config.experiment.project_name must be a string of 1 to "
            f"{NAME_LENGTH} characters, not {name!r}"
        )
    return name


def program_name() -> str:
    """Return the name of the program that runs: of its file, its package or its folder."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    path = main_file()
    called = sys.argv[0] if sys.argv else ""
    if spec is not None and runs_another(called, spec):
        name = os.path.splitext(os.path.basename(called))[0]
    elif spec is not None and spec.name not in ("__main__", None):
        name = spec.name[: -len(".__main__")] if spec.name.endswith(".__main__") else spec.name
    elif path and not path.startswith("<"):  # `<stdin>` is no file
        if os.path.basename(path) == "__main__.py":  # a folder, or a zipapp, is the program
            path = os.path.dirname(absolute(path))
        name = os.path.splitext(os.path.basename(path))[0]
    else:  # a prompt, or a notebook, whose name not every program that shows it tells
        notebook = notebook_name()
        name = os.path.splitext(notebook)[0] if notebook else os.path.basename(working_folder())
    return clean_text(name)[:NAME_LENGTH] or "default"


# What says no in a variable of the environment.
NO = ("", "0", "false", "no", "off", "n", "f")


def _checked(values: Mapping[str, Any]) -> Any:
    checked = dict(values)
    for name in ("redact", "git", "source", "inputs", "quiet"):
        if name in checked:
            checked[name] = _flag(name, checked[name])
    if os.environ.get("ATO_QUIET", "").strip().lower() not in NO:
        checked["quiet"] = True
    _one_of(checked, "durability", ["second", "commit"])
    _one_of(checked, "on_error", ["warn", "raise"])
    for name in ("heartbeat", "patience"):
        if name in checked:
            checked[name] = _seconds(name, checked[name], _LONGEST[name])
    if "media_limit" in checked:
        checked["media_limit"] = _bytes("media_limit", checked["media_limit"])
    if "secret_keys" in checked:
        checked["secret_keys"] = _key_names(checked["secret_keys"])
    for folder in ("journal_dir", "artifact_dir"):
        if checked.get(folder) is not None:
            checked[folder] = _folder(folder, checked[folder])
    return checked


def _flag(name: str, value: Any) -> bool:
    """Return a switch; `no` in quotes, and nothing, are no way to say that secrets may stay."""
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise SettingsError(f"config.experiment.sql.{name} must be True or False, not {short(value)}")


def _key_names(keys: Any) -> tuple[str, ...]:
    if isinstance(keys, (str, bytes)) or not isinstance(keys, Iterable):
        raise SettingsError(
            f"config.experiment.sql.secret_keys must be a list of names; write [{short(keys)}]"
        )
    return tuple(str(key) for key in keys)


def _folder(name: str, path: Any) -> str:
    if not isinstance(path, (str, os.PathLike)) or not _can_be_a_path(str(path)):
        raise SettingsError(
            f"config.experiment.sql.{name} must be the path of a folder, not {short(path)}"
        )
    return absolute(os.path.expanduser(os.fspath(path)))


def _one_of(values: Mapping[str, Any], name: str, allowed: list[str]) -> None:
    if values.get(name, allowed[0]) not in allowed:
        hint = did_you_mean(str(values[name]), allowed)
        raise SettingsError(
            f"config.experiment.sql.{name} must be {' or '.join(map(repr, allowed))}, "
            f"not {short(values[name])}{hint}"
        )


# Who waits for ever for the next sign of life gives none; Python itself cannot wait so long.
_LONGEST = {"heartbeat": math.inf, "patience": threading.TIMEOUT_MAX}


def _seconds(name: str, value: Any, longest: float) -> float:
    if not _is_above_0(value) or value > longest:
        raise SettingsError(
            f"config.experiment.sql.{name} must be a number of seconds above 0, not {short(value)}"
        )
    return float(value)


def _bytes(name: str, value: Any) -> int:
    if not _is_above_0(value) or value == math.inf:
        raise SettingsError(
            f"config.experiment.sql.{name} must be a number of bytes above 0, not {short(value)}"
        )
    return int(value)


def _is_above_0(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
