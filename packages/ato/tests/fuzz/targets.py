"""What is given damaged things: each target makes its own from a random number generator.

Each is `target(random, folder)`; it raises what a user must not see.
"""

import contextlib
import io
import json
import os
import pathlib
import runpy
import shutil
import sqlite3
import sys
import tempfile
import warnings

from mutate import VALUES, damaged, damaged_journal, damaged_record

from ato_adict import ADict, AtoError

CONFIGS = {
    ".yaml": (
        b"base: &b {lr: 0.1, n: 2}\nrun: {<<: *b, x: 1e-3}\nwhen: 2020-01-02 03:04:05\n"
        b"list:\n- a\n- !!set {q, r}\n- 'x ${run.x}'\n"
    ),
    ".json": b'{"lr": 0.1, "model": {"layers": [1, 2, {"a": null}], "name": "vgg"}, "on": true}',
    ".jsonl": b'{"lr": 0.1}\n{"model": {"layers": [1, 2]}}\n',
    ".toml": b'lr = 0.1\nwhen = 2020-01-02T03:04:05Z\n[model]\nlayers = [1, 2]\n[[x.y]]\nz = "a"\n',
    ".xyz": b"lr: 0.1\nmodel: {layers: [1, 2], name: 'vgg'}\n",
}
TOKENS = [
    "lr=0.1",
    "lr=[1, 2, (3,)]",
    "model.name:=x",
    "layers+=[1]",
    "~lr",
    "fast",
    "print",
    "manual",
]
TOKENS += [
    "explain",
    "@{folder}/a.yaml",
    "lr=config.lr*2**3",
    "a={'x': {1: 2}}",
    "--sweep",
    "lr=1,2",
]
TOKENS += ["lr=1#x", "a=config.layers[0:2]", "a[0]=1", "views", "-h", "--help", "model={'a':", "1}"]
COMMANDS = [["runs"], ["runs", "--json"], ["runs", "--metric", "loss", "--sort", "metric.loss.min"]]
COMMANDS += [["runs", "--where", "lr<1 tag:base"], ["show", "1"], ["show", "2", "--json"]]
COMMANDS += [
    ["compare", "1", "2"],
    ["best", "p", "loss"],
    ["tail", "1"],
    ["export", "-"],
    ["why", "1", "2"],
]
COMMANDS += [
    ["gc", "--dry-run"],
    ["export", "{folder}/m.csv"],
    ["delete", "3"],
    ["why", "2"],
]
PAGES = [
    "/api/projects",
    "/api/projects/1/runs",
    "/api/projects/1/columns",
    "/api/runs/1",
    "/api/runs/2",
]
PAGES += [
    "/api/compare?run=1&run=2",
    "/api/metrics?run=1&run=2&key=loss",
    "/api/metric-file?run=1&key=loss",
    "/api/projects/1/curves?key=loss",
    "/api/projects/1/runs?filter=lr%3C1&column=config.lr",
    "/api/runs/1/console",
    "/api/media?run=1",
    "/api/media/1",
    "/api/copies/1",
    "/api/files/1",
    "/api/searches/1",
    "/api/projects/1/history?trace=f",
    "/api/projects/1/functions",
]
PAGES += ["/api/projects/1/searches", "/api/projects/1", "/api/info"]


def config_files(random, folder):
    suffix = random.choice(sorted(CONFIGS))
    path = os.path.join(folder, "a" + suffix)
    pathlib.Path(path).write_bytes(damaged(CONFIGS[suffix], random))
    with contextlib.suppress(AtoError):
        config = ADict.from_file(path)
        config.dump(path)
        again = ADict.from_file(path)
        if repr(again) != repr(config):
            raise AssertionError(f"{config!r} came back as {again!r}")
        config.resolve()
    with contextlib.suppress(AtoError):
        ADict.from_mm_config(path)


def arguments(random, folder):
    """A program's command line, in this process."""
    from ato_scope import Scope

    scope = Scope(ADict(lr=0.1, layers=[1, 2], model={"name": "vgg"}))
    scope.observe("fast", config={"lr": 9})
    pathlib.Path(folder, "a.yaml").write_bytes(damaged(CONFIGS[".yaml"], random))
    tokens = [_token(random, folder) for _ in range(random.randrange(1, 6))]

    @scope
    def train(config):
        return dict(config)

    with contextlib.suppress(AtoError, SystemExit):
        train.with_args(tokens)()


def _token(random, folder):
    token = random.choice(TOKENS).replace("{folder}", folder)
    if random.random() < 0.5:
        token = damaged(token.encode(), random).decode("utf-8", "replace")
    return token


def expressions(random, folder):
    """Values that Hypothesis makes: of any text, and of the words of the language."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st

    from ato_scope import Scope

    scope = Scope(ADict(lr=0.1, layers=[1, 2], model={"name": "vgg"}))

    @scope
    def train(config):
        return dict(config)

    words = ["config", ".", "layers", "[", "]", "(", ")", "{", "}", ":", ",", "'", '"', "\\", "#"]
    words += [
        "0",
        "9" * 30,
        "1e9",
        "**",
        "*",
        "<<",
        "not ",
        " if ",
        " else ",
        "-",
        "~",
        "=",
        "x",
        "@",
    ]
    value = st.text(max_size=30) | st.lists(st.sampled_from(words), max_size=25).map("".join)
    token = st.tuples(st.sampled_from(["a=", "a:=", "a+=", "layers=", "~", "", "@"]), value)

    @seed(random.randrange(1 << 30))
    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(token.map("".join), min_size=1, max_size=4))
    def try_tokens(tokens):
        with contextlib.suppress(AtoError, SystemExit), contextlib.redirect_stdout(io.StringIO()):
            train.with_args(tokens)()

    try_tokens()


def exports(random, folder):
    lines = [json.loads(line) for line in open(seeds(folder).export, encoding="utf-8")]
    text = "\n".join(
        json.dumps(damaged_record(one, random)) if random.random() < 0.4 else json.dumps(one)
        for one in lines
    )
    data = text.encode() if random.random() < 0.7 else damaged(text.encode(), random)
    path = os.path.join(folder, "in.jsonl")
    pathlib.Path(path).write_bytes(data)
    database = os.path.join(folder, "taken.db")
    remove(database)
    ask(["import", path, "--db", database])
    if os.path.exists(database):
        look(random, database, folder)


def databases(random, folder):
    database = os.path.join(folder, "damaged.db")
    remove(database)
    data = pathlib.Path(seeds(folder).database).read_bytes()
    at_random = random.random() < 0.5
    pathlib.Path(database).write_bytes(damaged_pages(data, random) if at_random else data)
    if not at_random:
        change_values(database, random)
    look(random, database, folder)


def damaged_pages(data, random):
    """Overwrite bytes; nothing moves, so that SQLite still knows the file."""
    data = bytearray(data)
    for _ in range(random.choice([1, 3, 30])):
        at = random.randrange(len(data))
        piece = bytes(random.randrange(256) for _ in range(random.choice([1, 2, 16])))
        data[at : at + len(piece)] = piece[: len(data) - at]
    return bytes(data[: random.choice([len(data)] * 5 + [random.randrange(len(data))])])


def change_values(database, random):
    connection = sqlite3.connect(database)
    with contextlib.closing(connection), connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for _ in range(random.choice([1, 2, 5])):
            table = random.choice(tables)
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            value = random.choice(VALUES)
            if isinstance(value, (list, dict)) or isinstance(value, float):
                value = json.dumps(value)
            if isinstance(value, int) and abs(value) >= 2**63:
                value = str(value)[:50]
            if isinstance(value, str):
                value = (
                    random.choice([value, json.dumps(value)]).encode("utf-8", "replace").decode()
                )
            if random.random() < 0.1:
                value = b"\xff\0"
            with contextlib.suppress(sqlite3.Error):
                connection.execute(f'UPDATE {table} SET "{random.choice(columns)}" = ?', (value,))


def journals(random, folder):
    from ato_sql import SQLLogger, TrackerWarning

    made = seeds(folder)
    database = os.path.join(folder, "j.db")
    remove(database)
    for path in pathlib.Path(folder).glob("j.db*"):
        path.unlink()
    shutil.copy(made.database, database)
    data = pathlib.Path(made.journal).read_bytes()
    data = damaged_journal(data, random) if random.random() < 0.6 else damaged(data, random)
    stem = made.stem(database)
    pathlib.Path(folder, f"{stem}-0123.ato-journal").write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrackerWarning)
        logger = SQLLogger(config_of(database))
        with contextlib.suppress(AtoError), logger.start() as run:
            run.log_metric("loss", 1.0)
        logger.close()
    look(random, database, folder)


def secrets(random, folder):
    from ato_sql import SQLLogger

    words = [
        "a://u:",
        "password=",
        "@h",
        " ",
        "'",
        '"',
        "{",
        "}",
        "token: ",
        "\n",
        "Bearer ",
        "x",
        "?sig=",
        "\\",
        "://",
    ]
    text = "".join(random.choice(words) * random.choice([1, 1, 3, 2000]) for _ in range(12))[
        :100_000
    ]
    logger = SQLLogger(config_of("sqlite://"))
    with logger.start(config={"text": text}) as run:
        run.log_note(text)
    logger.close()


_ALL = (config_files, arguments, expressions, exports, databases, journals, secrets)
TARGETS = {target.__name__: target for target in _ALL}


# -- asking ----------------------------------------------------------------------------------------


def look(random, database, folder):
    """Ask a few commands and a few pages about a database."""
    for command in random.sample(COMMANDS, 3):
        ask([word.replace("{folder}", folder) for word in command] + ["--db", database])
    for page in random.sample(PAGES, 3):
        ask_page(database, page)


def ask(arguments):
    """Run an `ato` command; a mistake is one short line and exit code 2."""
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["ato", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = runpy.run_module("ato", run_name="__main__")
        except SystemExit as end:
            code = end.code
    said = err.getvalue()
    problem = code not in (0, 1, 2) or "Traceback" in said
    if problem or (code == 2 and (len(said.splitlines()) != 1 or len(said) > 3000)):
        raise AssertionError(f"ato {' '.join(arguments)}: exit code {code}, said {said[:3000]!r}")


def ask_page(database, address):
    """Ask the page; whatever the database holds, the answer is JSON and no server error."""
    try:
        from ato.page import page_app
    except ImportError:  # without the extra ui
        return
    import asyncio

    from ato_sql.reading import ReadOnlyDatabase

    try:
        app = page_app(ReadOnlyDatabase(database), 80)
    except AtoError:
        return
    path, _, query = address.partition("?")
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode()}
    scope.update(headers=[(b"host", b"localhost")], http_version="1.1", scheme="http", root_path="")
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(
        app({**scope, "raw_path": path.encode(), "asgi": {"version": "3.0"}}, receive, send)
    )
    if sent[0]["status"] not in (200, 400, 404, 503):
        raise AssertionError(f"{address} answers {sent[0]['status']}")
    body = b"".join(message.get("body", b"") for message in sent)
    if b"json" in dict(sent[0]["headers"]).get(b"content-type", b""):
        json.loads(body)


# -- what is damaged -------------------------------------------------------------------------------


def config_of(database):
    sql = {"db_path": database, "git": False, "heartbeat": 1000}
    return {"experiment": {"project_name": "p", "sql": sql}, "lr": 0.1, "layers": [1, {"a": None}]}


def remove(database):
    for path in (database, database + "-wal", database + "-shm", database + "-journal"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


class Seeds:
    """A database with three runs, their export, and a journal; made once per process."""

    def __init__(self, folder):
        from ato_sql import SQLFinder, SQLLogger

        folder = tempfile.mkdtemp(prefix="seeds", dir=folder)
        self.database = os.path.join(folder, "whole.db")
        self.export = os.path.join(folder, "whole.jsonl")
        logger = SQLLogger(config_of(self.database))
        for number in range(3):
            with logger.start(tags=["base"]) as run:
                for step in range(5):
                    run.log_metric("loss", 1 / (step + number + 1))
                run.log_metric("odd", float("nan"))
                run.log_note("a note")
                run.log_artifact(self.database, "database", {"n": number})
                run.log_fingerprints({"f": f"{number}" * 64})
        logger.close()
        SQLFinder(config_of(self.database)).export(self.export)
        connection = sqlite3.connect(self.database)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        self.journal = self._journal(folder)

    def _journal(self, folder):
        """Track where there is no database: what is logged goes to a journal."""
        from ato_sql import SQLLogger, TrackerWarning

        database = os.path.join(folder, "gone", "no.db")
        config = config_of(database)
        config["experiment"]["sql"]["journal_dir"] = folder
        pathlib.Path(folder, "gone").write_text("a file where a folder has to be")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TrackerWarning)
            logger = SQLLogger(config)
            with logger.start() as run:
                run.log_metric("loss", 0.5)
                run.log_note("a note")
            logger.close()
        return str(next(pathlib.Path(folder).glob("*.ato-journal")))

    @staticmethod
    def stem(database):
        import hashlib

        digest = hashlib.sha256(os.path.abspath(database).encode()).hexdigest()[:8]
        return f"{os.path.basename(database)}-{digest}"


_made = {}


def seeds(folder):
    if "seeds" not in _made:
        _made["seeds"] = Seeds(folder)
    return _made["seeds"]
