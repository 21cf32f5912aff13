"""The tables of the tracker as ORM classes, from ato-sql."""

from ato_sql import Artifact, Base, Experiment, Fingerprint, Metric, Project

__all__ = ["Artifact", "Base", "Experiment", "Fingerprint", "Metric", "Project"]
