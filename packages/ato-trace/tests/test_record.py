"""What a config that an entry received tells a tracker: inputs, sources, circumstances."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap

import pytest

needs_hook = pytest.mark.skipif(sys.version_info < (3, 8), reason="audit hooks: Python 3.8")


@pytest.fixture
def program(tmp_path):
    """Run a program in a project of its own; it prints JSON in its last line."""

    def run(body, **files):
        project = tmp_path / "project"
        project.mkdir(exist_ok=True)
        for name, text in files.items():
            (project / name.replace("__", "/")).with_suffix(".txt").write_text(text)
        text = f"""\
import json, os, sys
from ato_adict import record_of
from ato_trace import Scope
scope = Scope()

@scope.observe(default=True)
def defaults(config):
    config.lr = 0.1
    config.data = {str(tmp_path / "outside")!r}

{textwrap.dedent(body)}
"""
        (project / "train.py").write_text(text)
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "train.py"],
            cwd=str(project),
            env=environment,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout.decode().splitlines()[-1])

    return run


MAIN = """
@scope
def main(config):
    {body}
    print(json.dumps(record_of(config).inputs(True)))

main()
"""


def names(inputs):
    own = os.environ.get("COVERAGE_FILE", "\0")  # what a coverage run keeps is none of the program
    return [one["name"] for one in inputs if not one["name"].startswith(own)]


@needs_hook
class TestInputs:
    def test_a_file_that_is_read_is_listed_with_its_reader_and_hash(self, program):
        body = "def load():\n    return open('a.txt').read()\n" + MAIN.format(body="load()")
        (one,) = program(body, a="hello")
        assert one["name"] == "a.txt"
        assert one["size"] == 5
        assert one["hash"].startswith("sha256:2cf24dba5fb0a30e")
        assert one["reader"].startswith("load (train.py:")
        assert (one["how"], one["problem"]) == ("read", None)

    def test_a_file_read_before_the_entry_is_its_input_too(self, program):
        body = "data = open('a.txt').read()\n" + MAIN.format(body="pass")
        assert names(program(body, a="hello")) == ["a.txt"]

    def test_a_file_that_is_only_written_is_none(self, program):
        assert program(MAIN.format(body="open('out.txt', 'w').close()")) == []

    def test_a_file_that_the_run_wrote_before_it_read_it_is_none(self, program):
        body = "open('c.txt', 'w').close(); open('c.txt').read()"
        assert program(MAIN.format(body=body)) == []

    def test_a_file_that_was_renamed_into_place_is_none(self, program):
        body = "open('t', 'w').close(); os.replace('t', 'c.txt'); open('c.txt').read()"
        assert program(MAIN.format(body=body)) == []

    def test_a_file_that_is_written_after_it_was_read_is_an_updated_one(self, program):
        body = "open('a.txt').read(); record_of(config).inputs(True); open('a.txt', 'w').close()"
        (one,) = program(MAIN.format(body=body), a="hello")
        assert one["how"] == "updated"

    def test_files_of_libraries_and_modules_are_none(self, program):
        body = "import wave, this_one; open(wave.__file__).read(); open('this_one.py').read()"
        text = "open('this_one.py', 'w').close()\n" + MAIN.format(body=body)
        assert program(text) == []

    def test_files_in_hidden_folders_are_none(self, program):
        body = "open('.cache/a.txt').read()"
        setup = "os.makedirs('.cache', exist_ok=True)\nos.system('echo 1 > .cache/a.txt')\n"
        assert program(setup + MAIN.format(body=body)) == []

    def test_a_file_in_a_hidden_folder_outside_counts_where_a_config_value_names_it(
        self, program, tmp_path
    ):
        for folder in ("outside/.a", ".b"):
            (tmp_path / folder).mkdir(parents=True)
            (tmp_path / folder / "a.csv").write_text("1")
        body = "open(config.data + '/.a/a.csv').read(); open('../.b/a.csv').read()"
        assert names(program(MAIN.format(body=body))) == [str(tmp_path / "outside/.a/a.csv")]

    def test_data_beside_the_project_counts(self, program, tmp_path):
        (tmp_path / "shared").mkdir()
        (tmp_path / "shared" / "a.csv").write_text("1")
        body = "open('../shared/a.csv').read(); open('/etc/passwd').read()"
        assert names(program(MAIN.format(body=body))) == [str(tmp_path / "shared" / "a.csv")]

    @pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no folder in memory here")
    def test_data_in_memory_counts_and_what_joblib_passes_on_does_not(self, program):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            passed = pathlib.Path(folder, "joblib_memmapping_folder_1_2")
            passed.mkdir()
            for path in (passed / "a.pkl", pathlib.Path(folder, "a.csv")):
                path.write_text("1")
            body = f"open('{folder}/a.csv').read(); open('{passed}/a.pkl').read()"
            assert names(program(MAIN.format(body=body))) == [f"{folder}/a.csv"]

    def test_data_in_a_hidden_folder_counts_and_caches_do_not(self, program):
        body = """for folder in (".data", ".git", ".mypy_cache"):
        os.makedirs(folder)
        os.system(f"echo 1 > {folder}/a.txt")
        open(f"{folder}/a.txt").read()"""
        assert names(program(MAIN.format(body=body))) == [".data/a.txt"]

    def test_what_is_opened_to_read_and_write_counts_unless_it_is_written(self, program):
        body = """import mmap
    with open("a.txt", "r+b") as file:
        mmap.mmap(file.fileno(), 0)[:1]
    with open("b.txt", "r+") as file:
        file.write("more than before")
    open("b.txt").read()"""
        found = program(MAIN.format(body=body), a="1", b="2")
        assert [(one["name"], one["how"]) for one in found] == [
            ("a.txt", "read"),
            ("b.txt", "updated"),
        ]

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is told by /proc")
    def test_a_name_below_an_open_folder_is_an_input(self, program):
        body = """os.mkdir("d")
    os.rename("a.txt", "d/b.txt")
    folder = os.open("d", os.O_RDONLY)
    os.rename("d", "e")
    os.open("b.txt", os.O_RDONLY, dir_fd=folder)"""
        assert names(program(MAIN.format(body=body), a="1")) == ["e/b.txt"]

    def test_data_of_a_package_and_code_without_a_module_are_inputs(self, program):
        body = """import importlib.util, linecache, pkgutil
    os.mkdir("pkg")
    for name in ("pkg/__init__.py", "pkg/a.txt", "b.txt", "c.py"):
        os.system(f"echo 1 > {name}")
    pkgutil.get_data("pkg", "a.txt")
    linecache.getline("b.txt", 1)
    spec = importlib.util.spec_from_file_location("c", "c.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))"""
        found = program(MAIN.format(body=body))
        assert [(one["name"], one["how"]) for one in found] == [
            ("b.txt", "read"),
            ("c.py", "read"),
            ("pkg/a.txt", "read"),
        ]
        again = """import importlib.util
    spec = importlib.util.spec_from_file_location("c", "c.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))"""
        assert names(program(MAIN.format(body=again))) == ["c.py"]  # from its byte code

    def test_what_a_line_for_a_shell_names_is_an_input(self, program):
        body = """import subprocess
    subprocess.run("sort <a.txt|tail -1", shell=True)"""
        assert names(program(MAIN.format(body=body), a="1")) == ["a.txt"]

    def test_what_a_script_names_that_it_runs_is_an_input(self, program, tmp_path):
        code = "open('a.txt').read(); open('b.txt', 'w').write('3')"
        body = f"""import subprocess
    with open("made.py", "w") as file:
        file.write({code!r})
    subprocess.run([sys.executable, "made.py"])"""
        found = program(MAIN.format(body=body), a="1", b="2")
        assert [one["name"] for one in found if one["how"] == "read"] == ["a.txt"]

    def test_what_was_written_before_the_entry_is_an_input_of_it(self, program):
        prepares = "\nwith open('a.txt', 'w') as file:\n    file.write('2')\nmain("
        found = program(
            MAIN.format(body="open('a.txt').read()").replace("\nmain(", prepares), a="1"
        )
        assert [(one["name"], one["how"], one["size"]) for one in found] == [("a.txt", "read", 1)]

    def test_what_the_entry_writes_before_it_reads_is_no_input(self, program):
        body = """with open("a.txt", "w") as file:
        file.write("2")
    open("a.txt").read()"""
        assert program(MAIN.format(body=body), a="1") == []

    def test_what_a_spawned_process_reads_is_the_runs(self, program):
        worker = "def work(name):\n    return open(name).read()\n"
        body = """import multiprocessing
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.map(work, ["a.txt"])"""
        main = MAIN.format(body=body).replace("\nmain(", "\nif __name__ == '__main__': main(")
        assert names(program(worker + main, a="1")) == ["a.txt"]

    def test_what_child_processes_read_is_theirs_and_the_runs(self, program):
        worker = "def work(name):\n    return open(name).read()\n"
        body = """import multiprocessing
    with multiprocessing.Pool(2) as pool:
        pool.map(work, ["a.txt", "b.txt"])"""
        found = program(worker + MAIN.format(body=body), a="1", b="2")
        assert names(found) == ["a.txt", "b.txt"]
        assert found[0]["reader"].startswith("work (train.py:")

    def test_what_a_command_names_is_an_input(self, program):
        code = "import subprocess; subprocess.run([sys.executable, '-c', '', 'a.txt', '-x=b.txt'])"
        found = program(MAIN.format(body=code), a="1", b="2")
        assert [(one["name"], one["how"]) for one in found] == [
            ("a.txt", "read"),
            ("b.txt", "read"),
        ]

    def test_what_a_command_writes_is_none_though_it_names_it(self, program):
        code = "os.system('echo longer > a.txt')"
        found = program(MAIN.format(body=code), a="1")
        assert [(one["name"], one["how"]) for one in found] == [("a.txt", "updated")]

    def test_a_database_that_is_only_read_is_an_input(self, program):
        code = "import sqlite3; sqlite3.connect('a.txt').close()"
        assert names(program(MAIN.format(body=code), a="")) == ["a.txt"]

    def test_what_was_read_before_ato_was_imported_is_an_input(self, program):
        body = """
            import runpy
            open("early.py", "w").write(
                "import os.path\\nHERE = os.path.dirname(__file__)\\n"
                "ROWS = open(os.path.join(HERE, 'a.txt')).read()\\n"
                "from ato_trace import Scope\\nfrom ato_adict import record_of\\n"
                "scope = Scope()\\n@scope\\ndef main(config):\\n"
                "    print(record_of(config).inputs(True)[0]['reader'])\\nmain()\\n"
            )
            import subprocess
            said = subprocess.check_output([sys.executable, "early.py"]).decode()
            print(json.dumps(said.splitlines()[-1]))
        """
        assert program(body, a="1") == "__main__ (early.py:3)"

    def test_what_one_call_reads_is_no_input_of_the_next(self, program):
        body = """
            @scope
            def main(config, name):
                open(name).read()
                return [one["name"] for one in record_of(config).inputs(True)]

            print(json.dumps([main(name="a.txt"), main(name="b.txt")]))
        """
        assert program(body, a="1", b="2") == [["a.txt"], ["b.txt"]]

    AGAIN = """
            @scope
            def main(config):
                {within}
                found = record_of(config).inputs(True)
                return [(one["name"], one["how"], str(one["hash"])[7:11]) for one in found]

            def save(text, name="a.txt"):
                {saving}

            def load(name="a.txt"):
                return open(name).read()

            calls = []
            for text in ("1", "22"):
                {between}
                calls.append(main())
            print(json.dumps(calls))
        """
    ONE, TWO = "6b86", "785f"  # SHA-256 of the two texts

    def again(
        self, program, between, within="pass", saving="os.system(f'echo -n {text} > {name}')"
    ):
        return program(self.AGAIN.format(between=between, within=within, saving=saving), a="0")

    def test_a_file_that_is_read_again_between_two_calls_is_as_it_was_then(self, program):
        found = self.again(program, "save(text); load()")
        assert found == [[["a.txt", "read", self.ONE]], [["a.txt", "read", self.TWO]]]

    def test_a_file_that_is_changed_and_not_read_again_is_as_it_was_read(self, program):
        found = self.again(program, "save(text); calls or load()")
        assert found[1] in (found[0], [])  # nobody can hash what it was unless it was hashed then

    def test_a_file_that_the_program_writes_and_reads_between_two_calls_is_an_input(self, program):
        saving = "print(text, end='', file=open(name, 'w'))"
        found = self.again(program, "save(text); load()", saving=saving)
        assert found == [[["a.txt", "read", self.ONE]], [["a.txt", "read", self.TWO]]]

    def test_a_counter_that_the_program_reads_and_writes_between_two_calls_is_updated(
        self, program
    ):
        saving = "print(text * 2, file=open(name, 'w'))"
        found = self.again(program, "load(); save(text)", saving=saving)
        assert [[one[:2] for one in call] for call in found] == [[["a.txt", "updated"]]] * 2

    def test_what_a_call_wrote_and_the_program_only_looks_at_is_no_input(self, program):
        writes = "open('log.txt', 'a').write('x'); open('log.txt').read()"
        found = self.again(program, "calls and load('log.txt')", within=writes)
        assert found == [[], []]

    def test_what_a_script_names_is_as_it_was_when_it_was_run_last(self, program, tmp_path):
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "reads.py").write_text("open('a.txt')")
        runs = "import subprocess; subprocess.run([sys.executable, 'reads.py'])"
        found = self.again(program, "save(text)", within=runs)
        hashes = [digest for call in found for name, _, digest in call if name == "a.txt"]
        assert hashes == [self.ONE, self.TWO]

    def test_a_large_number_of_files_is_counted_by_folder(self, program):
        body = """os.makedirs("many")
    for n in range(10_010):
        os.close(os.open(f"many/{n}", os.O_CREAT))
        open(f"many/{n}").close()"""
        found = program(MAIN.format(body=body))
        assert len(found) == 10_001
        assert found[-1]["problem"].startswith("10 more files")
        assert found[-1]["hash"].startswith("listed:")


class TestSources:
    SHOW = """
        import helper
        @scope
        def main(config):
            print(json.dumps(record_of(config).sources()))
        main()
    """

    def test_the_projects_own_modules_are_told_with_their_texts(self, program, tmp_path):
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "helper.py").write_text("X = 1\n")
        found = program(self.SHOW)
        assert sorted(found) == ["__main__", "helper"]
        assert found["helper"]["name"] == "helper.py"
        assert found["helper"]["text"] == "X = 1\n"
        assert len(found["helper"]["hash"]) == 64

    def test_a_module_that_is_saved_during_the_run_keeps_the_text_that_runs(
        self, program, tmp_path
    ):
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "helper.py").write_text("X = 1\n")
        body = """
            import helper
            @scope
            def main(config):
                open("helper.py", "w").write("X = 2")
                print(json.dumps(record_of(config).sources()["helper"]["text"]))
            main()
        """
        assert program(body) == "X = 1\n"

    AGAIN = """
import helper, importlib

def save(text):
    open("helper.py", "w").write(text)

@scope
def main(config):
    return record_of(config).sources()["helper"]["text"]

first = main()
{again}
print(json.dumps([first, main()]))
"""

    @pytest.fixture
    def load_again(self, program, tmp_path):
        """The text of a module that was loaded, and the one after statements."""

        def load_again(again, text="X = 1\n"):
            (tmp_path / "project").mkdir()
            (tmp_path / "project" / "helper.py").write_text(text)
            return program(self.AGAIN.format(again=again))

        return load_again

    @pytest.mark.parametrize(
        "again",
        [
            "save('X = 22'); importlib.reload(helper)",
            "save('X = 22'); main(); importlib.reload(helper)",
            "save('X = 22'); del sys.modules['helper']; import helper",
        ],
    )
    def test_a_module_that_is_loaded_again_has_the_text_that_runs_now(self, load_again, again):
        assert load_again(again) == ["X = 1\n", "X = 22"]

    def test_so_has_one_whose_functions_were_replaced_by_those_that_were_saved(self, load_again):
        old, new = "def f():\n    return 1\n", "\n\ndef f():\n    return 22\n"
        assert load_again(f"save({new!r}); exec({new!r}, vars(helper))", old) == [old, new]

    @pytest.mark.parametrize(
        "again",
        [
            "save('X = 22')",
            "importlib.reload(helper); main(); save('X = 22')",
            "save('def f(): pass'); helper.f = lambda: None",
            "save('X = 22'); helper.X = 22",
            "save('X = (')\ntry: importlib.reload(helper)\nexcept SyntaxError: pass",
        ],
    )
    def test_what_is_saved_and_not_loaded_does_not_run(self, load_again, again):
        assert load_again(again) == ["X = 1\n", "X = 1\n"]

    def test_a_program_that_is_run_again_has_the_text_that_runs_now(self, program, tmp_path):
        body = """
            import runpy

            def run(text):
                open("again.py", "a").write(text)
                return runpy.run_path("again.py", run_name="__main__")["found"]["text"][-3:]

            print(json.dumps([run("X = 1"), run("#22"), run("\\n#3")]))
        """
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "again.py").write_text(
            "from ato_adict import record_of\n"
            "from ato_trace import Scope\n\n"
            "main = Scope()(lambda config: record_of(config).sources()['__main__'])\n"
            "found = main()\n"
        )
        assert program(body) == ["= 1", "#22", "\n#3"]


class TestCircumstances:
    SHOW = """
        NAME = "MY_CONSTANT"
        @scope
        def main(config):
            os.environ.get("MY_MODE"), os.getenv("MY_UNSET"), os.environ.get(NAME)
            print(json.dumps(record_of(config).environment()))
        main()
    """

    def test_variables_that_the_program_names_are_told(self, program, monkeypatch):
        monkeypatch.setenv("MY_MODE", "fast")
        monkeypatch.setenv("MY_CONSTANT", "1")
        monkeypatch.setenv("MY_OTHER", "2")
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        variables = program(self.SHOW)["variables"]
        assert variables["MY_MODE"] == "fast"
        assert variables["MY_CONSTANT"] == "1"
        assert variables["MY_UNSET"] is None
        assert variables["OMP_NUM_THREADS"] == "2"
        assert "MY_OTHER" not in variables

    def test_variables_whose_names_are_put_together_are_told(self, program, monkeypatch):
        monkeypatch.setenv("APP_SIZE", "3")
        monkeypatch.setenv("MYMODE", "1")
        monkeypatch.setenv("OTHER_SIZE", "2")
        body = """
            @scope
            def main(config):
                name = "size"
                os.environ.get(f"APP_{name.upper()}"), os.environ.get("MY" + "MODE")
                print(json.dumps(record_of(config).environment()))
            main()
        """
        variables = program(body)["variables"]
        assert (variables["APP_SIZE"], variables["MYMODE"]) == ("3", "1")
        assert "OTHER_SIZE" not in variables

    def test_of_their_parts_single_characters_are_those_where_they_are_asked_for(
        self, program, monkeypatch
    ):
        for name in ("MYX", "MYY", "MYZ", "XY"):
            monkeypatch.setenv(name, "1")
        body = """
            @scope
            def main(config):
                os.getenv("MY" + "X"), os.environ.get("MY" + "unset", "Y"), "Z"
                print(json.dumps(record_of(config).environment()))
            main()
        """
        variables = program(body)["variables"]
        assert {name for name in variables if name in ("MYX", "MYY", "MYZ", "XY")} == {"MYX"}

    def test_threads_and_imported_packages_are_told(self, program):
        found = program(self.SHOW)
        assert found["threads"]["cpus"] >= 1
        assert found["accelerator"] is None
        assert "pytest" not in found["imported"]


def test_fingerprints_of_outputs_are_those_of_this_call():
    from ato_adict import record_of
    from ato_trace import Scope

    scope = Scope()

    @scope.runtime_trace("once")
    def once():
        return 1

    @scope
    def main(config, again):
        if again:
            once()
        return record_of(config).fingerprints()["runtime"]

    assert list(main.with_args([])(again=True)) == ["once"]
    assert main.with_args([])(again=False) == {}


def test_globals_count_as_they_were_when_the_entry_began():
    from ato_adict import record_of
    from ato_trace import Scope

    scope = Scope()

    @scope.trace("step", follow=True)
    def step():
        return SCALE

    @scope
    def main(config):
        global SCALE
        SCALE = 5
        return str(record_of(config).fingerprints()["static"]["step"])

    global SCALE
    SCALE = 2
    first = main.with_args([])()
    SCALE = 2
    assert first == str(main.with_args([])())
