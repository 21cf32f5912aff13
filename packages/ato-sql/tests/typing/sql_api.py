"""The types that users see; checked by `mypy --strict` and pyright, never run."""

from typing import Any, Dict, List, Mapping, Optional, Union

from sqlalchemy import Table, select

from ato_adict import ADict
from ato_sql import (
    Artifact,
    Change,
    Cleanup,
    CodeChange,
    Comparison,
    Experiment,
    Intake,
    Metric,
    MetricSummary,
    NotFound,
    Point,
    Project,
    QuestionError,
    Run,
    SQLFinder,
    SQLLogger,
    TraceVersion,
)
from ato_sql.cli import database_url, main, open_finder
from ato_sql.reading import (
    Curve,
    Field,
    ReadOnlyDatabase,
    Term,
    complete,
    find_field,
    parse_question,
    read_curve,
    run_conditions,
    tables,
)

config = ADict(experiment=ADict(project_name="digits", sql=ADict(db_path="runs.db")))
logger = SQLLogger(config)
number: int = logger.run(tags=["baseline"])
with logger.start() as run:
    opened: Run = run
    uuid: str = run.uuid
    run.log_metric("loss", 0.5, step=1)
    run.log_metrics({"loss": 0.4})
    run.log_image("samples", b"...", step=1, caption="x")
    run.log_table("words", [{"word": "cat"}], columns=None)
    run.log_text("story", "Once")
    run.log_histogram("weights", [0.5], bins=8)
    run.log_audio("speech", "a.wav")
    run.log_video("play", "a.mp4")
number = logger.run(system=10, console=True)
current: Optional[Experiment] = logger.get_current_run()
skipped: bool = logger.skip_if_done()

finder = SQLFinder(config)
best = finder.find_best_run("digits", "loss", mode="min")
if best:
    found: Experiment = best
    run_id: int = best.id
    status: Optional[str] = best.status
    metrics: List[Metric] = best.metrics
else:
    nothing: NotFound = best
    kind: str = best.kind
statistics = finder.get_trace_statistics("digits", "train")
if statistics:
    versions: Dict[str, Any] = statistics
projects: List[Project] = finder.get_projects()
runs: List[Experiment] = finder.search("lr<0.05 tag:baseline", order_by="-acc.max", limit=3)
runs = finder.search(["lr<0.05", "tag:baseline"])
runs = finder.search({"config.lr": ("<", 0.05)}, tags=["baseline"])
count: int = finder.count("status=completed")
pictures: List[Artifact] = finder.media(1, "samples", "image")
printed: str = finder.console(1)
read: Any = pictures[0].read()
points: List[Point] = finder.get_metrics(1, "loss")
value: Union[int, float] = points[0].value
summaries: Dict[int, Dict[str, MetricSummary]] = finder.get_summaries([1])
history: List[TraceVersion] = finder.history("train")
compared: Comparison = finder.compare(1, 2)
changes: Dict[str, Change] = compared.config
code: Dict[str, CodeChange] = compared.code
intake: Intake = finder.merge("other.db")
cleaned: Cleanup = finder.gc(dry_run=True)

database = ReadOnlyDatabase(database_url())
table: Table = tables["experiments"]
every: Mapping[str, Table] = tables
with database.connect() as connection:
    try:
        rows = select(table).where(*run_conditions(connection, "lr<0.05", project_id=1))
    except QuestionError as error:
        message: str = str(error)
    field: Field = find_field(connection, "lr")
    words: List[str] = complete(connection, "status:comp")
    curve: Curve = read_curve(connection, 1, "loss", points=100)
terms: List[Term] = parse_question("lr<0.05")
other: SQLFinder = open_finder()
code_of_exit: int = main(["runs"])
