"""What the tabulator key offers: of `ato` and of programs with a scope, in three real shells."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="bash, zsh and fish")

PROGRAM = """
    #!/usr/bin/env python
    # PYTHON_ARGCOMPLETE_OK
    import atexit
    from ato.scope import Scope

    scope = Scope()
    print("noise of the program")

    @scope.observe(default=True)
    def defaults(config):
        config.lr = 0.1
        config.model = {"name": "vgg", "depth": 16}
        config.text = "two words"
        config.spaced = {"a key": 1}

    @scope.observe
    def long_run(config):
        config.epochs = 200

    @scope
    def main(config):
        open("ran", "w").close()

    if __name__ == "__main__":
        main()
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a program, the same as an installed command, and one with no mark."""
    source = textwrap.dedent(PROGRAM).lstrip()
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for path, text in (
        (tmp_path / "train.py", source),
        (bin_ / "my-train", source.replace("# PYTHON_ARGCOMPLETE_OK\n", "")),
        (bin_ / "ato", f'#!/bin/sh\nexec {sys.executable} -m ato "$@"\n'),
        (bin_ / "python", f'#!/bin/sh\nexec {sys.executable} "$@"\n'),
        (bin_ / "python3.9", f'#!/bin/sh\nexec {sys.executable} "$@"\n'),
        (tmp_path / "other.py", 'open("ran", "w").close()\n'),
    ):
        path.write_text(text)
        path.chmod(0o755)
    return tmp_path


@pytest.fixture
def environment(folder):
    kept = {k: v for k, v in os.environ.items() if k not in ("ATO_DB", "ZDOTDIR")}
    path = os.pathsep.join([str(folder / "bin"), kept["PATH"]])
    known = os.pathsep.join(one for one in sys.path if one)
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}
    return {**kept, **home, "PATH": path, "PYTHONPATH": known, "TERM": "xterm", "LC_ALL": "C.UTF-8"}


def need(shell):
    return shutil.which(shell) or pytest.skip(f"{shell} is not installed")


class Bash:
    """Asks the completion function of bash as the tabulator key does."""

    name = "bash"

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment

    def offers(self, line):
        script = f"""
            eval "$(ato completion bash my-train)"
            COMP_LINE={_quoted(line)} COMP_POINT={len(line)}
            read -r -a COMP_WORDS <<< "$COMP_LINE"
            word=${{COMP_LINE%% *}}
            spec=$(complete -p "$word" 2>/dev/null) || spec=$(complete -p -D)
            call=${{spec##*-F }}
            ${{call%% *}} "$word"
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        return _lines([need("bash"), "--norc", "-c", textwrap.dedent(script)], self)


class Fish:
    """fish completes a line that it is asked to."""

    name = "fish"

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment

    def offers(self, line):
        script = f"ato completion fish my-train | source\ncomplete --do-complete {_quoted(line)}"
        return _lines([need("fish"), "--no-config", "-c", script], self)


class Zsh:
    """Types a line and the tabulator key into a zsh on a terminal, and reads what it offers."""

    name = "zsh"

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment

    def offers(self, line):
        lines = self._type(
            line + "\x14",
            'show() { compadd() { builtin compadd -O all "$@"; print -l BEGIN $all END } }',
            'list() { show; _ato_complete; print DO""NE; compstate[insert]= }',
            'zle -C list complete-word list; bindkey "^T" list; print REA""DY',
        )
        begun = [n for n, text in enumerate(lines) if text.endswith("BEGIN")]
        return [text for n in begun for text in lines[n + 1 : lines.index("END", n)]]

    def line_after(self, line):
        """The line that a single offer makes of another."""
        lines = self._type(
            line + "\t\x14",
            'tell() { print; print -rl -- BEGIN "$BUFFER"; print DO""NE }',
            'zle -N tell; bindkey "^T" tell; print REA""DY',
        )
        return lines[lines.index("BEGIN") + 1].rstrip()

    def _type(self, keys, *settings):
        shell = need("zsh")
        script = """
            zmodload zsh/zpty
            zpty inner "zsh -f -i"
            say() { zpty -w inner "$1" }
            say 'unsetopt zle_bracketed_paste prompt_cr prompt_sp; PS1=; cd @FOLDER@'
            say 'eval "$(ato completion zsh my-train)"'
            say 'zstyle ":completion:*" list-prompt ""; LISTMAX=1000'
            @SETTINGS@
            while zpty -r inner out; do [[ $out == *READY* ]] && break; done
            zpty -w -n inner @KEYS@
            while zpty -r inner out; do print -rn -- $out; [[ $out == *DONE* ]] && break; done
        """
        said = "\n".join(f"say {_quoted(setting)}" for setting in settings)
        script = textwrap.dedent(script).replace("@SETTINGS@", said)
        script = script.replace("@FOLDER@", str(self.folder)).replace("@KEYS@", _quoted(keys))
        return _lines([shell, "-f", "-c", script], self)


def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def _lines(command, shell):
    done = subprocess.run(
        command,
        cwd=str(shell.folder),
        env=shell.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=120,
    )
    return [line.strip("\r") for line in done.stdout.decode().split("\n") if line.strip("\r")]


@pytest.fixture(params=[Bash, Fish, Zsh], ids=["bash", "fish", "zsh"])
def shell(request, folder, environment):
    made = request.param(folder, environment)
    yield made
    assert not (folder / "ran").exists(), "a program was run by the tabulator key"


@pytest.mark.parametrize("program", ["python train.py", "./train.py", "my-train"])
class TestPrograms:
    def test_views_keys_and_words(self, shell, program):
        offered = shell.offers(f"{program} ")
        assert {"long_run", "manual", "explain", "lr=", "model.name="} <= set(offered)
        assert "noise of the program" not in offered

    def test_explain_offers_keys(self, shell, program):
        assert sorted(shell.offers(f"{program} explain mod")) == [
            "model",
            "model.depth",
            "model.name",
        ]


@pytest.mark.parametrize("path", ["jobs/train.py", "./jobs/train.py", "{folder}/jobs/train.py"])
def test_a_program_in_another_folder(shell, folder, path):
    (folder / "jobs").mkdir()
    (folder / "train.py").rename(folder / "jobs" / "train.py")
    assert shell.offers(f"{path.format(folder=folder)} lo") == ["long_run"]


def test_a_program_in_the_home_folder(shell):
    assert shell.offers("python ~/train.py lo") == ["long_run"]


@pytest.mark.parametrize("runner", ["time", "env X=1", "nohup", "nice -n 5", "nice -n5"])
def test_a_program_that_another_one_runs(shell, runner):
    assert shell.offers(f"{runner} python train.py lo") == ["long_run"]


def test_files_behind_an_at(shell, folder):
    (folder / "configs").mkdir()
    (folder / "configs" / "base.yaml").write_text("lr: 1")
    (folder / "configs" / "notes.txt").write_text("")
    assert shell.offers("python train.py @configs") == ["@configs/"]
    assert shell.offers("python train.py @configs/") == ["@configs/base.yaml"]


def test_a_view_that_is_begun(shell):
    assert shell.offers("python train.py lo") == ["long_run"]


class TestSpaces:
    """What has some is quoted, so that a word stays one; fish does it by itself."""

    def test_bash(self, folder, environment):
        shell = Bash(folder, environment)  # it is offered what follows the last = only
        assert shell.offers("python train.py text:=tw") == [r"two\ words"]
        assert shell.offers("python train.py spaced") == [r"spaced\[\"a\ key\"\]="]
        assert shell.offers(r"python train.py spaced\[\"a") == [r"spaced\[\"a\ key\"\]="]
        assert shell.offers("python train.py 'spaced[") == ['spaced["a key"]=']
        assert shell.offers('python train.py text:="t') == ["two words"]

    def test_zsh(self, folder, environment):
        shell = Zsh(folder, environment)
        line = shell.line_after("python train.py text:=tw")
        assert line == r"python train.py text:=two\ words"
        line = shell.line_after("python train.py sp")
        assert line == r"python train.py spaced\[\"a\ key\"\]="


@pytest.mark.parametrize("options", ["-u", "-O -u", "-X utf8", "-W ignore", "-uW ignore -Xutf8"])
def test_options_of_python_before_the_program(shell, options):
    assert shell.offers(f"python {options} train.py lo") == ["long_run"]


@pytest.mark.parametrize("file", ["jobs/train.py", "jobs/train/__main__.py"])
def test_a_module(shell, folder, file):
    (folder / file).parent.mkdir(parents=True)
    (folder / "train.py").rename(folder / file)
    assert shell.offers("python -m jobs.train lo") == ["long_run"]
    assert shell.offers("python -u -mjobs.train lo") == ["long_run"]


@pytest.mark.parametrize("options", ["-c", "-m", "-mjobs", "-cpass"])
def test_what_is_no_program_after_an_option_of_python(folder, environment, options):
    shell = Bash(folder, environment)
    assert "long_run" not in shell.offers(f"python {options} train.py lo")


@pytest.mark.parametrize("before", ["time", "env LR=1"])
def test_a_program_that_another_runs(folder, environment, before):
    shell = Bash(folder, environment)  # zsh and fish see to it themselves
    assert shell.offers(f"{before} python train.py lo") == ["long_run"]


def test_a_python_with_its_version(shell):
    assert shell.offers("python3.9 train.py lo") == ["long_run"]


def test_a_program_whose_name_has_a_space(shell, folder):
    (folder / "my train.py").write_text((folder / "train.py").read_text())
    assert shell.offers(r"python my\ train.py lo") == ["long_run"]


def test_values_of_a_key(shell):
    (value,) = shell.offers("python train.py lr=")
    assert value in ("lr=0.1", "0.1")  # bash replaces what follows the sign only


def test_a_program_without_the_mark_is_not_run(shell):
    assert "long_run" not in shell.offers("python other.py ")


TELLS = """
    # PYTHON_ARGCOMPLETE_OK
    import json, os, sys
    from ato.scope import Scope

    scope = Scope()

    @scope.observe(default=True)
    def defaults(config):
        config.brace = "run_{a,b}"
        config.counted = "ck-{1..3}"
        config.bang = "wow!x"
        config.quote = "'tis"
        config.dollar = "$HOME `x`"
        config.star = "a*"
        config.home = "~/data"
        config.wlist = [1, "a b", "it's"]
        config.pair = (1, 2)
        config.multi = "first\\nsecond"
        config.tabs = "first\\tsecond"
        config.escape = "first\\x1b[1msecond"

    @scope
    def main(config):
        with open("argv.part", "w") as file:
            json.dump(sys.argv[1:], file)
        os.replace("argv.part", "argv")

    main()
"""


class Terminal:
    """Types a line into a shell on a terminal and runs it; returns the words that a program got."""

    COMMANDS = {
        "bash": ["bash", "--norc", "-i"],
        "zsh": ["zsh", "-f", "-i"],
        "fish": ["fish", "--no-config", "-i"],
    }
    SETTINGS = {
        "bash": 'bind "set bell-style none"; eval "$(ato completion bash)"',
        "zsh": 'eval "$(ato completion zsh)"',
        "fish": "ato completion fish | source",
    }

    def __init__(self, name, folder, environment):
        self.name, self.folder, self.environment = name, folder, environment
        (folder / "tell.py").write_text(textwrap.dedent(TELLS))

    def words_of(self, line):
        """The words that `python tell.py` gets of a line; each `\\t` is the tabulator key."""
        import pty

        need(self.name)
        process, terminal = pty.fork()
        if not process:
            os.chdir(str(self.folder))
            os.execvpe(self.COMMANDS[self.name][0], self.COMMANDS[self.name], self.environment)
        try:
            return self._run(terminal, line)
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(terminal)

    def _run(self, terminal, line):
        ready, got = self.folder / "ready", self.folder / "argv"
        os.write(terminal, f"{self.SETTINGS[self.name]}; touch ready\r".encode())
        _read_until(terminal, ready.exists)
        os.write(terminal, f"python tell.py {line}\r".encode())
        _read_until(terminal, got.exists)
        words = json.loads(got.read_text())
        ready.unlink()
        got.unlink()
        return words


def _read_until(terminal, is_there):
    end, text = time.monotonic() + 30, b""
    while not is_there():
        assert time.monotonic() < end, text
        if select.select([terminal], [], [], 0.02)[0]:
            text += os.read(terminal, 65536)


@pytest.fixture(params=["bash", "fish", "zsh"])
def terminal(request, folder, environment):
    return Terminal(request.param, folder, environment)


class TestWhatTheProgramGets:
    def test_characters_that_mean_something_to_the_shell(self, terminal):
        line = "brace:=\t counted:=\t bang:=\t quote:=\t dollar:=\t star:=\t home:=\t"
        assert terminal.words_of(line) == [
            "brace:=run_{a,b}",
            "counted:=ck-{1..3}",
            "bang:=wow!x",
            "quote:='tis",
            "dollar:=$HOME `x`",
            "star:=a*",
            "home:=~/data",
        ]

    def test_the_same_behind_an_open_quote(self, terminal):
        line = "'brace:=\t 'bang:=\t \"brace:=\t \"star:=\t 'star:=\t"
        assert terminal.words_of(line) == [
            "brace:=run_{a,b}",
            "bang:=wow!x",
            "brace:=run_{a,b}",
            "star:=a*",
            "star:=a*",
        ]

    def test_a_double_quote_keeps_a_bang_where_the_shell_can(self, terminal):
        got = terminal.words_of('"bang:=\t' + ('"' if terminal.name == "bash" else ""))
        assert got == ["bang:=" if terminal.name == "bash" else "bang:=wow!x"]

    def test_a_list_is_one_word(self, terminal):
        words = ["wlist=[1, 'a b', \"it's\"]", "pair=(1, 2)"]
        assert terminal.words_of("wlist=\t pair=\t") == words

    def test_words_that_are_half_typed(self, terminal):
        line = r"brace:=run_\{a\t bang:=wow\!\t wlist=\[1\t star:=a\*\t"
        assert terminal.words_of(line.replace(r"\t", "\t")) == [
            "brace:=run_{a,b}",
            "bang:=wow!x",
            "wlist=[1, 'a b', \"it's\"]",
            "star:=a*",
        ]

    def test_a_file_behind_an_at(self, terminal, folder):
        (folder / "base.yaml").write_text("star: b")
        assert terminal.words_of("@ba\t @./ba\t") == ["@base.yaml", "@./base.yaml"]

    def test_a_key_to_remove(self, terminal):
        assert terminal.words_of("~wli\t ~pa\t") == ["~wlist", "~pair"]

    @pytest.mark.parametrize("key", ["multi", "tabs", "escape"])
    def test_a_value_with_control_characters_is_not_offered(self, terminal, key):
        assert terminal.words_of(f"{key}:=\t") == [f"{key}:="]


class TestAto:
    @pytest.fixture
    def shell(self, shell, folder, environment):
        (folder / "track.py").write_text(
            "from ato_sql import SQLLogger\n"
            "logger = SQLLogger({'experiment': {'project_name': 'digits'}, 'lr': 0.1})\n"
            "with logger.start(name='calm-otter') as run: run.log_metric('loss', 1.0, 0)\n"
            "with logger.start(name='odd\\notter'): pass\n"
        )
        subprocess.run([sys.executable, "track.py"], cwd=str(folder), env=environment, check=True)
        return shell

    def test_commands(self, shell):
        assert {"runs", "why", "verify", "completion"} <= set(shell.offers("ato "))
        assert shell.offers("ato ver") == ["verify"]

    def test_options_and_their_values(self, shell):
        assert {"--project", "--sort"} <= set(shell.offers("ato runs --"))
        assert shell.offers("ato export --to m") == ["mlflow"]
        begun = "" if shell.name == "bash" else "--project="  # it is offered what follows the =
        assert shell.offers("ato runs --project=d") == [f"{begun}digits"]

    def test_projects_and_metrics(self, shell):
        assert shell.offers("ato best d") == ["digits"]
        assert shell.offers("ato best digits l") == ["loss"]

    def test_tags(self, shell, folder, environment):
        words = [sys.executable, "-m", "ato", "tag", "1", "good"]
        subprocess.run(words, cwd=str(folder), env=environment, check=True, stdout=subprocess.PIPE)
        assert shell.offers("ato tag 1 --remove ") == ["good"]
        assert shell.offers("ato tag 1 g") == ["good"]

    def test_behind_an_open_quote(self, shell):
        assert shell.offers("ato best 'di") == ["digits"]

    def test_runs_by_name(self, shell):
        assert shell.offers("ato show ca") == ["calm-otter"]
        assert shell.offers("ato why calm-otter la") == ["last"]
        assert not {"odd", "otter"}.intersection(shell.offers("ato show o"))
