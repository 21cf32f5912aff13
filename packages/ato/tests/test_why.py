"""`ato why` names the cause of a change, and claims nothing that was not recorded."""

import json
import os
import sqlite3
import sys

import pytest

from ato import SQLFinder
from ato_sql import SQLLogger

# Python 3.7 tells nobody which files are opened.
notices_reads = pytest.mark.skipif(sys.version_info < (3, 8), reason="no audit hooks")

TRAIN = """
import os

import data
import helper
from ato_sql import SQLLogger
from ato_trace import Scope

scope = Scope()


@scope.observe(default=True)
def defaults(config):
    config.lr = 0.1
    config.experiment.project_name = "p"
    config.experiment.sql.db_path = "experiments.db"


@scope.runtime_trace(trace_id="scaled")
def scaled(rows):
    return [helper.Scaler(2).scale(row) for row in rows]


@scope
def train(config):
    with SQLLogger(config).start() as run:
        values = scaled(data.load("data.csv"))
        gain = float(os.environ.get("GAIN", "1"))
        run.log_metric("loss", gain * sum(values) * config.lr, step=0)


train()
"""
LAZY = """from ato_adict import ADict


@scope.observe(default=True)
def fromfile(config):
    config.update(ADict.from_file("conf.yaml"))


@scope.observe(default=True, lazy=True)
def derived(config):
    config.total = config.seed * 2


"""
HELPER = """
class Scaler:
    def __init__(self, by):
        self.by = by

    def scale(self, value):
        return value * self.by


def spare():
    return 1
"""
DATA = """
def load(path):
    with open(path) as file:
        return [float(line) for line in file]
"""


@pytest.fixture
def program(tmp_path, shell):
    """A program of three modules and a data file, to be edited, run, and asked about."""

    class Program:
        folder = tmp_path

        def write(self, name, text):
            (tmp_path / name).write_text(text)

        def edit(self, name, old, new):
            text = (tmp_path / name).read_text()
            assert old in text
            self.write(name, text.replace(old, new))

        def run(self, *words, **variables):
            shell("train.py", *words, **variables)

        def why(self, *words, code=1):
            return shell("-m", "ato", "why", "1", "2", *words, code=code)

        def first_line(self, code=1):
            return self.why(code=code).splitlines()[0]

    made = Program()
    texts = {"train.py": TRAIN, "helper.py": HELPER, "data.py": DATA, "data.csv": "1\n2\n3\n"}
    for name, text in texts.items():
        made.write(name, text)
    return made


class TestCauses:
    @notices_reads
    def test_a_changed_file_is_named_with_its_sizes_its_reader_and_its_line(self, program):
        program.run()
        program.write("data.csv", "1\n2.5\n3\n")
        program.run()
        output = program.why()
        first = "data.csv changed (6 -> 8 bytes; read by load in data.py:3)"
        assert output.splitlines()[0] == first
        assert "line 2: 2 -> 2.5" in output
        assert "scaled: 1 of 3 numbers differs, by at most 1" in output
        assert "loss: 1.2 -> 1.3 (+8.3 %)" in output

    def test_a_changed_method_that_nobody_traced_is_named_with_class_and_line(self, program):
        program.run()
        program.edit("helper.py", "value * self.by", "value * self.by + 1")
        program.run()
        output = program.why()
        assert output.splitlines()[0] == "helper.Scaler.scale changed (helper.py:7)"
        assert "- return value * self.by\n" in output
        assert "+ return value * self.by + 1\n" in output

    def test_one_that_was_moved_and_changed_is_named_with_where_it_was(self, program, tmp_path):
        program.write("a.py", "# a\n\n\ndef f(x):\n    return x * 2\n")
        program.write("b.py", "")
        program.edit("train.py", "import data\n", "import b\nimport data\nfrom a import f\n")
        program.edit("train.py", "gain * sum", "f(gain) * sum")
        program.run()
        program.write("a.py", "")
        program.write("b.py", "\ndef f(x):\n    return x * 5\n")
        program.edit("train.py", "from a import f", "from b import f")
        program.run()
        output = program.why()
        assert output.splitlines()[0] == "b.f changed (b.py:3; was a.f, a.py:5)"
        assert "b.f (was a.f)\n    a.py:5 -> b.py:3\n" in output
        (told,) = json.loads(program.why("--json"))["sources"]
        assert (told["name"], told["was"]) == ("b.f", "a.f")
        assert told["places"] == ["a.py:5", "b.py:3"]
        config = {"experiment": {"sql": {"db_path": str(tmp_path / "experiments.db")}}}
        page = SQLFinder(config).why(1, 2)._repr_html_()
        assert "a.py:5 -&gt; b.py:3" in page

    def test_so_is_what_stands_in_a_module_of_another_name(self, program):
        program.run()
        program.write("scaling.py", HELPER.replace("value * self.by", "value - self.by"))
        (program.folder / "helper.py").unlink()
        program.edit("train.py", "import helper", "import scaling as helper")
        program.run()
        line = "scaling.Scaler.scale changed (scaling.py:7; was helper.Scaler.scale, helper.py:7)"
        assert program.first_line() == line

    def test_a_traced_function_is_named_with_the_lines_of_both_versions(self, program):
        program.edit("train.py", "@scope.runtime", '@scope.trace(trace_id="t")\n@scope.runtime')
        program.run()
        program.edit("train.py", "import os\n", "# a line more\nimport os\n")
        program.edit("train.py", "Scaler(2)", "Scaler(3)")
        program.run()
        output = program.why()
        assert output.splitlines()[0] == "train.scaled changed (train.py:23)"
        assert "train.scaled, traced as 't' (train.py:19 -> train.py:20):" in output
        assert "train.py:22 -> train.py:23" in output
        assert output.count("Scaler(3)") == 1

    def test_a_value_from_the_command_line_is_named_with_who_set_it(self, program):
        program.run()
        program.run("lr=0.2")
        assert program.first_line() == "lr: 0.1 -> 0.2 (command line)"

    def test_a_value_that_a_lazy_view_derives_comes_after_what_it_is_made_of(self, program):
        program.edit("train.py", "@scope.runtime_trace", LAZY + "@scope.runtime_trace")
        program.write("conf.yaml", "seed: 3\n")
        program.run()
        program.write("conf.yaml", "seed: 4\n")
        program.run()
        found = json.loads(program.why("--json"))["cause"]
        texts = [one["text"].partition(" (")[0] for one in found]
        read = ["conf.yaml changed"] if sys.version_info >= (3, 8) else []
        assert texts == ["seed: 3 -> 4", *read, "total: 6 -> 8"]

    def test_it_comes_first_where_nothing_else_changed(self, program):
        program.edit("train.py", "@scope.runtime_trace", LAZY + "@scope.runtime_trace")
        program.write("conf.yaml", "seed: 3\n")
        program.run()
        program.edit("train.py", "config.seed * 2", "config.seed * 3")
        program.run()
        assert program.first_line().startswith("total: 6 -> 9 (lazy view 'derived'")

    def test_a_variable_that_the_program_reads_is_named(self, program):
        program.run(OMP_NUM_THREADS="1")
        program.run(OMP_NUM_THREADS="2", GAIN="2")
        first, second = program.first_line().split("; ")
        assert first == "The environment variable GAIN changed: (not set) -> 2"
        assert second == "the environment variable OMP_NUM_THREADS changed: 1 -> 2"

    def test_the_identity_of_a_job_is_no_cause(self, program):
        program.edit("train.py", '"GAIN", "1"', '"SLURM_JOB_ID", "1"')
        program.run(SLURM_JOB_ID="1")
        program.run(SLURM_JOB_ID="1.0")
        assert "SLURM" not in program.why(code=0)
        assert "variable SLURM_JOB_ID: 1 -> 1.0  (no cause)" in program.why("--all", code=0)

    def test_code_that_nothing_names_comes_last(self, program):
        program.run()
        program.edit("helper.py", "return 1", "return 2")
        program.edit("helper.py", "value * self.by", "value / self.by")
        program.run()
        first, second = program.first_line().split("; ")
        assert first == "helper.Scaler.scale changed (helper.py:7)"
        assert second == "helper.spare changed (helper.py:11), though no loaded module names it"

    def test_a_change_without_effect_is_said_to_have_none(self, program):
        program.run()
        program.edit("helper.py", "return 1", "return 2")
        program.run()
        assert program.first_line().endswith("; the recorded results agree")

    @notices_reads
    def test_json_has_all_of_it(self, program):
        program.run()
        program.write("data.csv", "1\n2\n")
        program.edit("helper.py", "value * self.by", "value * self.by + 1")
        program.run("lr=0.2")
        report = json.loads(program.why("--json"))
        assert [one["kind"] for one in report["cause"]] == ["config", "input", "source"]
        assert report["config"][0]["b"] == {"value": 0.2, "by": "command line: lr=0.2"}
        assert report["inputs"][0]["lines"][0]["old"] == "3"
        assert report["sources"][0]["function"] == "Scaler.scale"
        assert report["sources"][0]["loaded"] == [True, True]
        assert report["recorded"]["modules"] == 3
        assert report["results"] == "differ"


class TestNoFalseCauses:
    @notices_reads
    def test_comments_and_names_are_no_difference(self, program):
        program.run()
        program.edit("helper.py", "def scale(self, value):", "def scale(self, item):  # scaled")
        program.edit("helper.py", "value * self.by", "item * self.by")
        program.edit("data.py", "def load", "# from a file\n\n\ndef load")
        program.run()
        assert program.first_line(code=0) == (
            "Run 1 and run 2 agree in config (3 keys), logic (3 modules), inputs (1 file), "
            "environment, outputs (1 output) and metrics (1 metric)."
        )

    @notices_reads
    def test_a_file_of_the_same_content_at_another_place_is_no_difference(self, program):
        program.write("copy.csv", "1\n2\n3\n")
        program.edit("train.py", 'data.load("data.csv")', "data.load(config.path)")
        program.edit("train.py", "config.lr = 0.1", 'config.lr = 0.1; config.path = "data.csv"')
        program.run()
        program.run("path:=copy.csv")
        assert json.loads(program.why("--json"))["inputs"] == []

    @notices_reads
    def test_a_file_that_the_run_writes_itself_is_no_cause(self, program):
        program.write("count.txt", "1")
        counting = (
            "        with open('count.txt') as file:\n            count = int(file.read())\n"
            "        with open('count.txt', 'w') as file:\n            file.write(str(count + 1))\n"
        )
        program.edit("train.py", "        values =", counting + "        values =")
        program.run()
        program.run()
        assert "agree" in program.first_line(code=0)


class TestNothingExplainsIt:
    def test_random_numbers_without_a_seed(self, program):
        drawing = HELPER.replace("value * self.by", "value * random.random()")
        program.write("helper.py", "import random\n" + drawing)
        program.run()
        program.run()
        output = program.why()
        assert output.splitlines()[0] == (
            "The outputs and metrics differ, and nothing that was recorded explains it."
        )
        assert "sets no seed" in output

    def test_what_a_program_changes_between_its_runs(self, program):
        changing = "for helper.GAIN in (1, 2):\n    train()"
        program.write("helper.py", "GAIN = 1\n" + HELPER.replace("self.by", "GAIN"))
        program.edit("train.py", "\n\ntrain()\n", f"\n\n{changing}\n")
        program.run()
        assert "one process made both, and what it changed between them" in program.why()

    def test_what_other_programs_read_and_which_files_there_are(self, program):
        asking = "len(os.listdir('parts')) + len(subprocess.check_output(['cat', 'x']))"
        program.write("helper.py", "import os\nimport subprocess\n" + HELPER)
        program.edit("helper.py", "value * self.by", asking)
        program.write("x", "")
        os.mkdir(program.folder / "parts")
        program.run()
        program.write("parts/a", "")
        program.run()
        output = program.why()
        assert "nothing that was recorded explains it" in output
        assert "name the folder with run.log_input" in output
        assert "it runs other programs" in output

    def test_a_run_outside_of_an_entry(self, runs):
        runs.add(metrics={"loss": 1.0})
        runs.add(metrics={"loss": 2.0})
        output = runs.why()
        assert output.startswith("The metrics differ, and nothing that was recorded explains it.")
        assert "no source was recorded of run 1" in output

    def test_where_results_go_explains_nothing(self, runs):
        runs.add(metrics={"loss": 1.0}, out_dir="runs/a")
        runs.add(metrics={"loss": 2.0}, out_dir="runs/b")
        assert runs.why().startswith(
            "The metrics differ, and nothing that was recorded explains it; "
            "out_dir: 'runs/a' -> 'runs/b'"
        )

    def test_what_was_not_recorded_is_not_claimed(self, runs):
        runs.add()
        runs.add()
        first, *_, last = runs.why(code=0).splitlines()
        assert first == "Run 1 and run 2 agree in config (4 keys) and environment."
        assert "nothing was traced" in last
        assert "which files were read is not known" in last
        assert "no outputs and no metrics" in last


@pytest.fixture
def runs(tmp_path, shell):
    """Runs logged by hand, and what `ato why` says of the first two."""

    class Runs:
        def add(self, metrics=(), inputs=(), lr=0.1, out_dir="", **fingerprints):
            sql = {"db_path": f"sqlite:///{tmp_path / 'experiments.db'}"}
            experiment = {"project_name": "p", "sql": sql}
            config = {"lr": lr, "out_dir": out_dir, "experiment": experiment}
            run = SQLLogger(config).start(fingerprints=fingerprints or None)
            for key, value in dict(metrics).items():
                run.log_metric(key, value, step=0)
            for path in inputs:
                run.log_input(path)
            run.finish()

        def why(self, *words, code=1):
            return shell("-m", "ato", "why", "1", "2", *words, code=code)

    return Runs()


@pytest.mark.parametrize(
    "history",
    [
        1.5,
        {"lr": "the command line"},
        ["typed", 7, {}, {"key": {}, "source": {}}, {"key": "lr", "source": []}],
        [{"key": "lr", "source": {"kind": {"a": 1}, "name": [], "location": -1}}],
        [{"key": "lr", "source": {}}],
    ],
)
def test_a_provenance_that_is_none_of_a_scope_breaks_nothing(tmp_path, runs, history):
    """As any program may give, and any export bring along."""
    runs.add(lr=0.1)
    runs.add(lr=0.2)
    with sqlite3.connect(str(tmp_path / "experiments.db")) as connection:
        connection.execute("UPDATE experiments SET provenance = ?", (json.dumps(history),))
    connection.close()
    assert "lr: 0.1 -> 0.2" in runs.why()


class Print(str):
    """A fingerprint with what it was made of, as ato_trace hands it out."""

    def __new__(cls, digest, **parts):
        self = super().__new__(cls, digest * 64)
        self.__dict__.update(parts)
        return self


class TestSentences:
    def test_numbers_are_told_with_their_difference(self, runs):
        runs.add(metrics={"loss": 0.44, "acc": 1.0, "close": 0.1})
        runs.add(metrics={"loss": 0.52, "acc": 1.0, "close": 0.1 + 1e-12})
        output = runs.why()
        assert "loss: 0.44 -> 0.52 (+18 %)" in output
        assert "acc: 1  (unchanged)" in output
        assert "close: 0.1 -> 0.100000000001 " in output

    def test_an_integer_beyond_all_floats_is_told_in_a_few_digits(self, runs):
        huge = 10**400
        runs.add(metrics={"n": 0.5, "m": huge, "same": -huge})
        runs.add(metrics={"n": huge, "m": 3 * huge, "same": -huge, "new": 12345 * huge})
        output = runs.why()
        assert "n: 0.5 -> 1e+400" in output
        assert "m: 1e+400 -> 3e+400" in output
        assert "same: -1e+400  (unchanged)" in output
        assert "new: 1.2345e+404, not in the first run" in output

    def test_a_metric_of_time_is_no_difference(self, runs):
        runs.add(metrics={"epoch_seconds": 1.0})
        runs.add(metrics={"epoch_seconds": 2.0})
        assert "agree" in runs.why(code=0)

    def test_an_integer_that_became_a_float_is_a_difference(self, runs):
        runs.add(lr=1)
        runs.add(lr=1.0)
        assert runs.why().startswith("lr: 1 -> 1.0")

    def test_true_is_not_one(self, runs):
        runs.add(lr=1)
        runs.add(lr=True)
        assert runs.why().startswith("lr: 1 -> True")

    def test_an_output_that_is_kept_is_told_by_its_numbers(self, runs):
        kept = [json.dumps([n / 100 for n in range(100)])]
        kept.append(json.dumps([(n + 2 * (n < 3)) / 100 for n in range(100)]))
        for digest, text in zip("12", kept):
            runs.add(runtime={"out": Print(digest, canonical=text, kind="output")})
        assert "out: 3 of 100 numbers differ, by at most 0.02" in runs.why()

    def test_an_output_that_was_too_large_is_not_shown_as_two_hashes(self, runs):
        for digest in "12":
            runs.add(runtime={"out": Print(digest)})
        assert "out: it differs; it was too large to keep" in runs.why()

    def test_a_logged_input_that_changed_is_named(self, runs, tmp_path):
        path = tmp_path / "weights.bin"
        for size in (10, 20):
            path.write_bytes(b"x" * size)
            runs.add(inputs=[path], metrics={"loss": size})
        assert "weights.bin changed (10 -> 20 bytes; logged by log_input)" in runs.why()

    def test_an_older_form_is_said_and_is_no_difference(self, runs):
        made = {"source": "def f(): return 1", "kind": "source", "location": "/p/f.py:3"}
        runs.add(static={"f": Print("1", canonical="1 def", form=1, **made)})
        runs.add(static={"f": Print("2", canonical="2 def", form=2, **made)})
        output = runs.why(code=0)
        assert "agree" in output.splitlines()[0]
        assert "it cannot be compared, one is of the older form 1" in output

    def test_byte_code_is_not_compared_with_source(self, runs):
        runs.add(static={"f": Print("1", canonical="1 def", kind="source")})
        runs.add(static={"f": Print("2", canonical="LOAD", kind="code-object")})
        assert "made from byte code" in runs.why(code=0)

    def test_what_was_not_followed_is_listed_with_verbose(self, runs):
        skipped = [("model", "its state is not plain data")]
        for _ in range(2):
            made = Print("1", canonical="1 def", kind="source", skipped=skipped)
            runs.add(static={"f": made, "g": made})
        assert "model" not in runs.why(code=0)
        said = runs.why("--verbose", code=0)
        assert "f: model (its state is not plain data)" in said
        assert "g: model (its state is not plain data)" in said

    def test_an_unknown_run_is_one_line(self, runs):
        runs.add()
        assert runs.why(code=2).startswith("ato: there is no run 2 in ")
