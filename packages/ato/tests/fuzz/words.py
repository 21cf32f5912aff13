"""What is given damaged words: commands, questions, sweeps, texts with secrets, values to dump."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse
import warnings

from mutate import damaged
from targets import COMMANDS, ask, ask_page, config_of, look, remove, seeds

from ato_adict import ADict, AtoError

QUESTION_WORDS = ["lr", "metric.loss", "config.", "layers[0]", "status", "tag", "note", "parent"]
QUESTION_WORDS += ["<", "<=", "=", "==", "!=", "~", ":", "-", ",", " ", '"', "\\", "(", ")", "%"]
QUESTION_WORDS += ["0.1", "1e999", "9" * 30, "running", "2026-13-45", "null", "\0", "_", "'", "x"]
COMMAND_WORDS = ["1", "2", "last", "-1", "best:loss", "best:", "p", "loss", "--json", "--where"]
COMMAND_WORDS += ["lr<1", "--sort", "metric.loss.min", "--tag", "--limit", "9" * 5000, "\u00b2", ""]
COMMAND_WORDS += ["{folder}", "{folder}/x.jsonl", "/dev/null", "../..", "\x1b[2J", "-n", "--force"]
ADDED = [["import", "{folder}/x.jsonl"], ["merge", "{folder}/other.db"], ["tag", "1", "a"]]
ADDED += [
    ["rename", "1", "new"],
    ["note", "1", "text"],
    ["archive", "1"],
    ["hash", "{folder}/a.yaml"],
]
ADDED += [["diff", "{folder}/a.yaml", "{folder}/b.json"], ["backup", "{folder}/copy.db"]]
ADDED += [["convert", "{folder}/a.yaml", "{folder}/c.toml"], ["replay", "{folder}/x.jsonl"]]


def commands(random, folder):
    """Command lines of `ato`, with words changed, doubled and left out."""
    database = _fresh(folder)
    pathlib.Path(folder, "a.yaml").write_bytes(damaged(b"lr: 0.1\nlayers: [1, 2]\n", random))
    pathlib.Path(folder, "b.json").write_bytes(b'{"lr": 0.2}')
    pathlib.Path(folder, "x.jsonl").write_bytes(
        damaged(pathlib.Path(seeds(folder).export).read_bytes(), random)
    )
    shutil.copy(seeds(folder).database, os.path.join(folder, "other.db"))
    for _ in range(4):
        words = [*random.choice([*COMMANDS, *ADDED])]
        for _ in range(random.randrange(3)):
            words.insert(random.randrange(1, len(words) + 1), random.choice(COMMAND_WORDS))
        if random.random() < 0.3:
            del words[random.randrange(len(words))]
        asked = [word.replace("{folder}", folder) for word in words]
        ask([*asked, "--db", database] if random.random() < 0.9 else asked)


def questions(random, folder):
    """Filters of runs as they are typed, at the command line and on the page."""
    database = seeds(folder).database
    for _ in range(2):
        text = "".join(random.choice(QUESTION_WORDS) for _ in range(random.randrange(1, 12)))
        if random.random() < 0.05:
            text *= 2000
        ask(["runs", "--db", database, "--where", text])
        ask(["runs", "--db", database, "--sort", text])
        ask_page(database, f"/api/projects/1/runs?filter={urllib.parse.quote(text)}")
        name = random.choice(["key", "run", "axis", "from", "points", "by", "sort", "limit"])
        address = random.choice(
            ["metrics?key=loss&run=1", "projects/1/curves?", "projects/1/runs?", "compare?run=1"]
        )
        ask_page(database, f"/api/{address}&{name}={urllib.parse.quote(text)}")


def merges(random, folder):
    """A damaged database that is merged into one, and what becomes of that."""
    database, other = _fresh(folder), os.path.join(folder, "other.db")
    remove(other)
    data = pathlib.Path(seeds(folder).database).read_bytes()
    pathlib.Path(other).write_bytes(damaged(data, random))
    ask(["merge", other, "--db", database])
    look(random, database, folder)


def sweeps(random, folder):
    """The file that a sweep goes on from."""
    program = os.path.join(folder, "sweep.py")
    pathlib.Path(program).write_text(
        "from ato_scope import Scope\n\n\n@Scope({'lr': 0})\ndef train(config):\n"
        "    return config.lr\n\n\ntrain()\n"
    )
    begun = (
        b'{"program": "sweep.py", "begin": {"fixed": [], "axes": [["lr=1"]], "zipped": false}}\n'
    )
    done = b'{"program": "sweep.py", "run": ["lr=1"], "code": 0, "seconds": 0.1, "result": 1}\n'
    state = damaged(begun + done, random)
    pathlib.Path(folder, "ato-sweep.jsonl").write_bytes(state)
    words = [sys.executable, "sweep.py", "--resume", "--sweep", "lr=1,2"]
    ended = subprocess.run(words, cwd=folder, capture_output=True, check=False)
    if ended.returncode != 0 or b"Traceback" in ended.stderr:
        raise AssertionError(f"{state!r}: exit code {ended.returncode}: {ended.stderr.decode()}")


SECRET = "s3cr3t-Needle-7"
CARRIERS = ["password={}", "postgresql://me:{}@host/db", "Authorization: Bearer {}", "api_key: {}"]
CARRIERS += ["AccountKey={};", "https://h/x?sig={}&a=1", '"token": "{}"', "--password {}"]
AROUND = ["", " ", "\n", "x", "'", '"', "{", "}", "(", "://", "a://u:", "@h", "=", "token: ", "\\"]


def redaction(random, folder):
    """What is hidden is hidden once and for all, whatever stands before it."""
    from ato_sql import SQLFinder, SQLLogger

    before = "".join(random.choice(AROUND) for _ in range(random.randrange(6)))
    text = f"{before} \n{random.choice(CARRIERS).format(SECRET)}"
    database = os.path.join(folder, "hidden.db")
    remove(database)
    logger = SQLLogger(config_of(database))
    with logger.start(config={"text": text, "list": [text, {"n": text}]}) as run:
        run.log_note(text)
    found = SQLFinder(config_of(database)).get_run(run.id)
    again = logger.start(config=found.config)
    again.log_note(found.notes[0].text)
    again.finish()
    logger.close()
    if SECRET.encode() in pathlib.Path(database).read_bytes():
        raise AssertionError(f"the secret in {text!r} is stored")
    twice = SQLFinder(config_of(database)).get_run(again.id)
    if twice.notes[0].text != found.notes[0].text or twice.config["list"] != found.config["list"]:
        raise AssertionError(f"{found.notes[0].text!r} became {twice.notes[0].text!r}")


def dumps(random, folder):
    """A value comes back from a file as it was, or is refused before the file is touched."""
    path = os.path.join(folder, "v" + random.choice([".yaml", ".json", ".toml", ".xyz", ".py"]))
    pathlib.Path(path).write_text("")
    config = ADict({_name(random): _value(random, 3) for _ in range(3)})
    try:
        config.dump(path, force=True)
    except AtoError:
        if pathlib.Path(path).read_text() != "":
            raise AssertionError(f"{path} was touched for {config!r}") from None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        again = ADict.from_file(path)
    if repr(again) != repr(config) and _untupled(again) != _untupled(config):
        raise AssertionError(f"{config!r} came back from {path} as {again!r}")


LEAVES = [0, -1, 2**70, 0.1, -0.0, 1e300, float("nan"), float("-inf"), 1 + 2j, complex(0, -0.0)]
LEAVES += [
    None,
    True,
    "",
    "x",
    "null",
    "1e3",
    "a: b",
    "#",
    "\n",
    "\t",
    "\x7f",
    "\u2028",
    "é",
    "'\"",
]
LEAVES += [
    b"x",
    {1, 2},
    frozenset(),
    (),
    range(3),
    slice(1),
    Ellipsis,
    int,
    print,
    "${a}",
    "\ud800",
]


def _value(random, depth):
    kind = random.randrange(6) if depth else 0
    if kind < 3:
        return random.choice(LEAVES)
    items = [_value(random, depth - 1) for _ in range(random.randrange(3))]
    if kind == 3:
        return tuple(items)
    return items if kind == 4 else {_name(random): item for item in items}


def _name(random):
    return random.choice(
        ["a", "b.c", "", "1", "null", "x y", "#", "é", 'q"', "a\nb", "yes", "_base_"]
    )


def _untupled(value):
    """A value by its text, tuples as lists: some formats have only these."""
    if isinstance(value, dict):
        return {key: _untupled(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_untupled(item) for item in value]
    return repr(value)


def _fresh(folder):
    database = os.path.join(folder, "into.db")
    remove(database)
    shutil.copy(seeds(folder).database, database)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, "copy.db"))
    return database


_ALL = (commands, questions, merges, sweeps, redaction, dumps)
TARGETS = {target.__name__: target for target in _ALL}
