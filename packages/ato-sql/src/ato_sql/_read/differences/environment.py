"""What a run was made in, fact by fact, and which facts may change a result."""

from __future__ import annotations

import re
from typing import Any, Mapping

from ato_sql._read.stored import FACTS, StoredRun, facts_of, of_connection

# Two runs of one program may differ in these without anything being different.
INCIDENTAL = ("command", "directory", "host", "git_dirty", "executable", "search_path", "worker")

# Parts of what is recorded that hold facts of their own, and what their names begin with.
_PARTS = {
    "packages": "package",
    "imported": "imported",
    "variables": "variable",
    "threads": "threads",
    "seeds": "seed",
    "accelerator": "accelerator",
}

# What a scheduler, a shell or a notebook server sets anew for each job.
_JOB = re.compile(
    r"(SLURM|PBS|LSB|LSF|SGE|PALS|PMI|PMIX|OMPI|KUBERNETES|SSH|XDG|TERM|WINDOW|JPY|VSCODE|WANDB_RUN"
    r"|BASH|GITHUB|CI|BUILDKITE|COMP|LC_TERMINAL|ITERM|TORCHELASTIC|RAY|CONDOR|AWS_BATCH)_"
    r"|(.*_)?(JOB|TASK|RUN|POD|SESSION|INVOCATION)_?(ID|NAME|UID|UUID|INDEX)$"
    r"|TERM$|HOSTNAME$|HOST$|PWD$|OLDPWD$|TMPDIR$|TEMP$|TMP$|DISPLAY$|WINDOWID$|SHLVL$|COLUMNS$"
    r"|LINES$|_$|HOME$|USERPROFILE$|USERNAME$|COMPUTERNAME$|SHELL$|VIRTUAL_ENV$|USER$|LOGNAME$|MAIL$|JOURNAL_STREAM$|INVOCATION_ID$|MASTER_(ADDR|PORT)$"
    r"|(LOCAL_|GROUP_|NODE_|ROLE_)?RANK$|QUEUE$|NODELIST$"
)


def is_job_identity(variable: str) -> bool:
    """Tell whether an environment variable says which job this is, not what it does."""
    return _JOB.match(variable) is not None


def is_drawn(seed: Any) -> bool:
    """Tell whether a library drew its own seed: nobody sets one of more than 32 bits."""
    return isinstance(seed, int) and seed >= 1 << 32


def flat_environment(a: StoredRun, b: StoredRun) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return by name the facts of two runs, less the kinds of facts that only one recorded."""
    both = {name for name in a.environment if name in b.environment}
    return _flat(a.facts, a.environment, both), _flat(b.facts, b.environment, both)


def _flat(
    facts: Mapping[str, Any], environment: Mapping[str, Any], wanted: Any = None
) -> dict[str, Any]:
    flat = dict(facts)
    for name, value in environment.items():
        if wanted is not None and name not in wanted:
            continue
        prefix = _PARTS.get(name)
        if prefix is None:
            flat[name] = value
        elif isinstance(value, dict):
            if name == "seeds":  # it is a variable too
                value = {key: one for key, one in value.items() if key != "PYTHONHASHSEED"}
            # An environment variable that is not set is as good as one that was not asked for.
            flat.update((f"{prefix} {key}", one) for key, one in value.items() if one is not None)
        elif value is not None:
            flat[prefix] = value
    return flat


def circumstances(connection: Any, run: Any) -> dict[str, Any]:
    """Return what a run was made in: by name, git state, command line, host, versions.

    Args:
        connection: to the database, or a session; reading is enough.
        run: a row of `tables['experiments']` or an `Experiment`.

    Returns:
        The facts of the run, those of Python and the platform, `package <name>` for each installed
        package, and `imported <name>`, `variable <name>`, `threads <name>`, `seed <name>` and
        `accelerator <name>` where they were recorded.
    """
    facts = facts_of({name: getattr(run, name) for name in FACTS})
    return _flat(facts, of_connection(connection).environment(run.environment_hash))


def matters(name: str, a: StoredRun, b: StoredRun) -> bool:
    """Tell whether a fact that differs may have changed the results.

    Not what says only where a run happened, which job it was, or which packages lay beside those
    that it imported; nor how its output was encoded, unless that ended it; nor the state of the
    checkout where the sources themselves were recorded.
    """
    kind, _, what = name.partition(" ")
    if name in INCIDENTAL or name == "platform":
        return False
    if name == "output_encoding":
        return any("UnicodeEncodeError" in (run.error or "") for run in (a, b))
    if kind == "package":
        return "imported" not in a.environment or "imported" not in b.environment
    if kind == "imported":
        known = a.environment.get("imported") or {}, b.environment.get("imported") or {}
        return all(what in one for one in known) and what.partition("_")[0] != "ato"
    if kind == "seed":
        return not any(is_drawn((run.environment.get("seeds") or {}).get(what)) for run in (a, b))
    if kind == "variable":
        return not is_job_identity(what)
    if name in ("git_commit", "git_diff_hash"):
        return name == "git_commit" and not (a.modules and b.modules)
    return True
