"""What `config.experiment` says about where and how to track."""

from __future__ import annotations

import os
from typing import Any, Mapping, NamedTuple

from sqlalchemy.engine import URL

from ato_adict import did_you_mean
from ato_sql._engine import parse_url
from ato_sql._errors import SettingsError
from ato_sql._types import NAME_LENGTH

_NAMES = (
    "db_path",
    "durability",
    "on_error",
    "heartbeat",
    "journal_dir",
    "artifact_dir",
    "redact",
    "secret_keys",
    "git",
)


class Settings(NamedTuple):
    """The settings of one tracker.

    Attributes:
        url: the database, from `sql.db_path`: an SQLAlchemy URL or the path of an SQLite file.
        project: from `project_name`.
        durability: `'second'`, the default: a metric is in the database within a second;
            `'commit'`: it is when `log_metric` returns.
        on_error: `'warn'`, the default: the tracker's troubles never stop the program; `'raise'`.
        heartbeat: seconds between a run's signs of life, 10 by default.
        journal_dir: where to keep what the database cannot take now.
        artifact_dir: where copied artifacts go.
        redact: whether secrets are hidden in what is stored; True by default.
        secret_keys: more names of config keys whose values are secrets.
        git: whether to record commit and dirty flag; True by default.
    """

    url: URL
    project: str
    durability: str = "second"
    on_error: str = "warn"
    heartbeat: float = 10.0
    journal_dir: str | None = None
    artifact_dir: str | None = None
    redact: bool = True
    secret_keys: tuple[str, ...] = ()
    git: bool = True


def read_settings(config: Any, need_project: bool = True) -> Settings:
    """Return the settings in `config.experiment`, without marking them as read.

    Raises:
        SettingsError: something is missing, unknown or of the wrong kind.
        DatabaseError: `db_path` is not a database URL or its driver is not installed.
    """
    experiment = _section(config, "experiment", "config")
    sql = _section(experiment, "sql", "config.experiment")
    for name in _plain(sql):
        if name not in _NAMES:
            hint = did_you_mean(name, _NAMES)
            raise SettingsError(f"unknown setting config.experiment.sql.{name}{hint}")
    values = {name: value for name, value in _plain(sql).items() if name != "db_path"}
    database = _plain(sql).get("db_path")
    if not isinstance(database, (str, os.PathLike, URL)) or not os.fspath(str(database)):
        raise SettingsError(
            "config.experiment.sql.db_path must name a database, such as 'sqlite:///experiments.db'"
        )
    project = _project_name(experiment, need_project)
    return Settings(url=parse_url(database), project=project, **_checked(values))


def _section(config: Any, name: str, where: str) -> Mapping[str, Any]:
    section = _plain(config).get(name) if isinstance(config, Mapping) else None
    if not isinstance(section, Mapping):
        raise SettingsError(
            f"{where}.{name} is missing; the tracker needs config.experiment.project_name "
            "and config.experiment.sql.db_path"
        )
    return section


def _plain(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same items, read so that an ADict does not count it as access."""
    return dict(dict.items(config)) if isinstance(config, dict) else config


def _project_name(experiment: Mapping[str, Any], needed: bool) -> str:
    name = _plain(experiment).get("project_name")
    if name is None and not needed:
        return ""
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH:
        raise SettingsError(
            "config.experiment.project_name must be a string of 1 to "
            f"{NAME_LENGTH} characters, not {name!r}"
        )
    return name


def _checked(values: Mapping[str, Any]) -> Any:
    checked = dict(values)
    _one_of(checked, "durability", ["second", "commit"])
    _one_of(checked, "on_error", ["warn", "raise"])
    if "heartbeat" in checked:
        checked["heartbeat"] = _seconds(checked["heartbeat"])
    if "secret_keys" in checked:
        checked["secret_keys"] = tuple(str(key) for key in checked["secret_keys"])
    for folder in ("journal_dir", "artifact_dir"):
        if checked.get(folder) is not None:
            checked[folder] = os.fspath(checked[folder])
    return checked


def _one_of(values: Mapping[str, Any], name: str, allowed: list[str]) -> None:
    if values.get(name, allowed[0]) not in allowed:
        hint = did_you_mean(str(values[name]), allowed)
        raise SettingsError(
            f"config.experiment.sql.{name} must be {' or '.join(map(repr, allowed))}, "
            f"not {values[name]!r}{hint}"
        )


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise SettingsError(
            f"config.experiment.sql.heartbeat must be a number of seconds above 0, not {value!r}"
        )
    return float(value)
