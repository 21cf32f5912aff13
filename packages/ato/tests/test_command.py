"""The `ato` command, as typed in a shell."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def ato(tmp_path):
    """Run `ato` in an empty directory; returns exit code, stdout and stderr."""
    environment = {k: v for k, v in os.environ.items() if k != "ATO_DB"}

    def run(*words):
        done = subprocess.run(
            [sys.executable, "-m", "ato", *words],
            cwd=str(tmp_path),
            env=environment,
            capture_output=True,
            timeout=120,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def test_version(ato):
    from ato import __version__

    assert ato("--version") == (0, f"ato {__version__}\n", "")


def test_version_loads_no_argparse():
    code = "import sys, ato._cli as c; c.main(['--version']); print('argparse' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code]).split()[-1] == b"False"


def test_an_unknown_command_is_one_line_and_exit_code_2(ato):
    code, out, err = ato("rnus")
    assert (code, out) == (2, "")
    assert "rnus" in err
    assert "Traceback" not in err


def test_diff_of_equal_files_is_silent(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("lr: 0.1\n")
    (tmp_path / "b.json").write_text('{"lr": 0.1}')
    assert ato("diff", "a.yaml", "b.json") == (0, "", "")


def test_diff_names_what_changed_and_exits_with_1(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("lr: 0.1\nmodel: {depth: 50}\n")
    (tmp_path / "b.yaml").write_text("lr: 0.1\nmodel: {depth: 101}\n")
    code, out, _ = ato("diff", "a.yaml", "b.yaml")
    assert code == 1
    assert "model.depth" in out
    assert "101" in out


def test_diff_as_json(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("lr: 0.1\n")
    (tmp_path / "b.yaml").write_text("lr: 0.1\nseed: 1\n")
    code, out, _ = ato("diff", "a.yaml", "b.yaml", "--json")
    assert code == 1
    assert json.loads(out)["added"] == {"seed": 1}


def test_diff_as_json_is_json_whatever_the_values_are(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("n: 1\nx: 1.0\n")
    (tmp_path / "b.xyz").write_text(f"n: 0x{'f' * 30000}\nx: nan\ns: [Set]\n  0) 1\n(1, 2): 3\n")
    code, out, err = ato("diff", "a.yaml", "b.xyz", "--json")
    assert (code, err) == (1, "")

    def refuse(constant):
        raise AssertionError(constant)

    changes = json.loads(out, parse_constant=refuse)
    assert changes["changed"]["n"] == [1, f"0x{'f' * 30000}"]
    assert changes["changed"]["x"] == [1.0, "nan"]
    assert changes["added"]["s"] == "{1}"


def test_hash_tells_structure_from_values(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("lr: 0.1\n")
    (tmp_path / "b.yaml").write_text("lr: 0.2\n")
    code, out, _ = ato("hash", "a.yaml", "b.yaml", "--json")
    hashes = json.loads(out)
    assert code == 0
    assert hashes["a.yaml"]["structure"] == hashes["b.yaml"]["structure"]
    assert hashes["a.yaml"]["values"] != hashes["b.yaml"]["values"]


def test_hash_names_file_and_key_of_a_value_without_one(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("lr: 0.1\n")
    (tmp_path / "b.py").write_text("a = {'x': (i for i in [1])}\n")
    code, out, err = ato("hash", "a.yaml", "b.py")
    assert (code, out) == (2, "")
    assert err.startswith("ato: b.py: get_value_hash: an object of type generator has no canonical")
    assert "at 'a.x'; leave it out" in err
    assert err.count("\n") == 1


def test_convert_names_the_key_of_what_is_masked(ato, tmp_path):
    pytest.importorskip("numpy")
    (tmp_path / "a.py").write_text("import numpy\nx = numpy.ma.masked\n")
    code, out, err = ato("convert", "a.py", "b.yaml")
    assert (code, out) == (2, "")
    assert err.startswith("ato: YAML cannot hold a masked value")
    assert not (tmp_path / "b.yaml").exists()


@pytest.mark.parametrize("words", ["hash {}", "diff {} {}", "convert a.yaml {}"])
def test_a_path_of_5000_letters_is_shown_without_its_middle(ato, tmp_path, words):
    (tmp_path / "a.yaml").write_text("lr: 0.1\n")
    path = "x" * 5000 + ".yaml"
    code, out, err = ato(*[word.format(path) for word in words.split()])
    assert (code, out) == (2, "")
    assert "File name too long" in err
    assert len(err) < 500


def test_convert_writes_the_format_of_the_suffix(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("model: {depth: 50}\n")
    code, _, _ = ato("convert", "a.yaml", "b.toml")
    assert code == 0
    assert (tmp_path / "b.toml").read_text().split() == ["[model]", "depth", "=", "50"]


def test_convert_replaces_a_program_only_by_force(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("lr: 0.1\n")
    (tmp_path / "train.py").write_text("import os\n")
    code, _, errors = ato("convert", "a.yaml", "train.py")
    assert code == 2
    assert "train.py" in errors
    assert "is a Python program" in errors
    assert (tmp_path / "train.py").read_text() == "import os\n"
    assert ato("convert", "a.yaml", "train.py", "--force")[0] == 0
    assert (tmp_path / "train.py").read_text() == "lr = 0.1\n"


def test_convert_replaces_an_export_only_by_force(ato, tmp_path):
    (tmp_path / "a.yaml").write_text("lr: 0.1\n")
    program = "from ato_sql import SQLLogger\nlogger = SQLLogger()\nlogger.run()\nlogger.finish()"
    words = [sys.executable, "-c", program]
    environment = {k: v for k, v in os.environ.items() if k != "ATO_DB"}
    subprocess.run(words, cwd=str(tmp_path), env=environment, check=True, timeout=120)
    assert ato("export", "runs.jsonl")[0] == 0
    before = (tmp_path / "runs.jsonl").read_bytes()
    code, out, errors = ato("convert", "a.yaml", "runs.jsonl")
    assert (code, out) == (2, "")
    assert "runs.jsonl: is an export" in errors
    assert "--force" in errors
    assert errors.count("\n") == 1
    assert (tmp_path / "runs.jsonl").read_bytes() == before
    assert ato("convert", "a.yaml", "runs.jsonl", "--force")[0] == 0
    assert (tmp_path / "runs.jsonl").read_text() == '{"lr": 0.1}\n'


@pytest.mark.parametrize("command", ["hash {}", "diff ok.yaml {}", "convert {} ok.yaml"])
@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.yaml", "ok: 1\na: !!int ''\n", "a.yaml:2:4: "),
        ("nul.yaml", "ok: 1\na: \0\n", "nul.yaml:2:4: "),
        ("a.xyz", "a: " + "1" * 4301, "a.xyz:1:4: "),
        ("exits.py", "import sys\nsys.exit(3)\n", "exits.py:2: "),
        ("key.toml", "a" + ".a" * 20_000 + " = 1", "key.toml: line 1: "),
    ],
)
def test_what_cannot_be_read_is_one_line_with_its_place(ato, tmp_path, command, name, text, place):
    (tmp_path / "ok.yaml").write_text("lr: 0.1\n")
    (tmp_path / name).write_text(text)
    code, out, err = ato(*command.format(name).split())
    assert (code, out) == (2, "")
    assert err.startswith(f"ato: {place}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [["hash", "none.yaml"], ["diff", "none.yaml", "none.yaml"], ["convert", "a.yaml", "b.xml"]],
)
def test_a_mistake_is_one_line_and_exit_code_2(ato, tmp_path, words):
    (tmp_path / "a.yaml").write_text("lr: 0.1\n")
    code, out, err = ato(*words)
    assert (code, out) == (2, "")
    assert err.startswith("ato: ")
    assert err.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_names_of_files_are_one_line_and_safe_to_paste(ato, tmp_path):
    (tmp_path / "a\nb.yaml").write_text("lr: 0.1\n")
    assert ato("hash", "a\nb.yaml")[1].splitlines()[0] == "a\\nb.yaml"
    assert (
        ato("convert", "a\nb.yaml", "\x1b[1m.toml")[1] == "a\\nb.yaml -> \\x1b[1m.toml (1 keys)\n"
    )
    assert ato("init", "my train.py")[1].startswith("'my train.py' written. Try:\n  python 'my ")
    assert ato("init")[0] == 0
    subprocess.run([sys.executable, "train.py"], cwd=str(tmp_path), check=True)
    assert ato("backup", "b\x1b.db")[1] == "the copy is b\\x1b.db\n"
    assert ato("export", "e\n.jsonl")[1] == "1 runs in e\\n.jsonl\n"


def test_init_does_not_overwrite(ato, tmp_path):
    (tmp_path / "train.py").write_text("# mine\n")
    code, _, err = ato("init")
    assert code == 2
    assert "exists already" in err
    assert (tmp_path / "train.py").read_text() == "# mine\n"


def test_help_names_every_command(ato):
    code, out, _ = ato("--help")
    assert code == 0
    commands = "init runs show best compare tail export gc backup upgrade diff hash convert why"
    assert [c for c in [*commands.split(), "verify", "merge", "ui"] if c not in out.split()] == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("buffered", [{}, {"PYTHONUNBUFFERED": "1"}])
@pytest.mark.parametrize("words", [["--version"], ["--help"], ["help", "runs"]])
def test_text_that_cannot_be_written_is_one_line_and_exit_code_2(words, buffered):
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "ato", *words]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env={**kept, **buffered}
        )
    assert (done.returncode, done.stderr.decode()) == (2, "ato: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="pipes of another system")
@pytest.mark.parametrize("buffered", [{}, {"PYTHONUNBUFFERED": "1"}])
@pytest.mark.parametrize("word", ["--version", "--help"])
def test_text_that_nobody_reads_is_no_mistake(word, buffered):
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "ato", word]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env={**kept, **buffered})
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
