"""Execute every code block of Markdown pages, top to bottom, as a reader would.

    python docs/run_page.py README.md docs/adict.md

Each page runs in an empty temporary directory:

- a block with a title (```` ```python title="train.py" ````) is written to that file;
- other `python` blocks are executed, all in one namespace per page;
- `bash` blocks are run line by line; commands that set up a machine (`pip`, `git`, `make`, …) are
  left out, an unknown command is an error, `# exit code 2` at the end of a line expects that code;
- a `text output` block must equal what the block before it printed, `...` matching anything;
- `python notest` is left out: for what needs a cluster; `python kernel` as well, which only a
  notebook runs, see docs/tests/test_notebooks.py.

Programs run with `ATO_QUIET=1`.
"""

import contextlib
import doctest
import io
import linecache
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import types

RUN = ("python", "ato", "cat", "cp", "echo", "ls", "test", "NO_COLOR=1", "ATO_DB=")
LEAVE_OUT = (".", "pip", "git", "cd", "make", "nox", "torchrun", "mkdir", "source", "export", "uv")
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`\n]*)$")
TITLE = re.compile(r'title="([^"]+)"')
EXIT_CODE = re.compile(r"#.*exit code (\d+)")


class Block:
    """One fenced block: its language, the words behind it, its text and its first line."""

    def __init__(self, info, text, line):
        words = info.split()
        self.language = words[0] if words else ""
        self.words = set(words[1:])
        title = TITLE.search(info)
        self.title = title.group(1) if title else None
        self.text = text
        self.line = line


class PageError(Exception):
    """A block of a page does not do what the page says."""


def blocks(text):
    """Yield the fenced blocks of a Markdown text in order."""
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        opening = FENCE.match(line)
        if not opening:
            continue
        indent, body = len(opening.group("indent")), []
        for _, inner in lines:
            if inner.strip() == "```":
                break
            body.append(inner[indent:])
        else:
            raise PageError(f"line {number}: the block is never closed")
        yield Block(opening.group("info"), "\n".join(body) + "\n", number + 1)


def run_python(block, module, name):
    """Execute one block in `module`; line numbers and sources are those of the page."""
    source = "\n" * (block.line - 1) + block.text
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    return printed.getvalue()


def run_line(command):
    """Run one line of a shell block and return what it printed."""
    first = command.split()[0]
    if first in LEAVE_OUT:
        return ""
    if not command.startswith(RUN):
        raise PageError(f"cannot tell whether to run {command!r}")
    expected = EXIT_CODE.search(command)
    done = subprocess.run(
        ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300
    )
    output = done.stdout.decode()
    if done.returncode != (int(expected.group(1)) if expected else 0):
        raise PageError(f"{command!r} ended with exit code {done.returncode}:\n{output}")
    return output


def run_shell(block):
    """Run the commands of a shell block; a backslash continues a line."""
    commands = block.text.replace("\\\n", " ").splitlines()
    return "".join(run_line(c) for c in commands if c.strip() and not c.lstrip().startswith("#"))


def check_output(block, printed):
    """Compare what the page shows with what was printed."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if not doctest.OutputChecker().check_output(block.text, printed, flags):
        raise PageError(f"the page shows\n{block.text}\nbut the block before it printed\n{printed}")


def run_block(block, module, name, printed):
    """Do with one block what its language and words say; return what it printed."""
    if block.words & {"notest", "kernel"}:
        return printed
    if block.title:
        pathlib.Path(block.title).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(block.title).write_text(block.text, encoding="utf-8")
    elif block.language == "python":
        return run_python(block, module, name)
    elif block.language in ("bash", "console", "sh"):
        return run_shell(block)
    elif block.language == "text" and "output" in block.words:
        check_output(block, printed)
    return printed


def run_page(path):
    """Execute a page in the current directory."""
    page = pathlib.Path(path).resolve()
    module = types.ModuleType("__main__")
    printed = ""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sys.modules["__main__"] = module
        sys.argv = [page.name]
        sys.path.insert(0, folder)
        for block in blocks(page.read_text(encoding="utf-8")):
            name = f"{page.name}:{block.line}"
            try:
                printed = run_block(block, module, name, printed)
            except PageError as error:
                raise PageError(f"{name}: {error}") from None
        os.chdir(page.parent)


def main(paths):
    """Run each page in a process of its own, so that none sees another's imports."""
    if len(paths) == 1:
        run_page(paths[0])
        return 0
    return max(subprocess.call([sys.executable, __file__, path]) for path in paths)


if __name__ == "__main__":
    scripts = os.path.dirname(sys.executable)
    os.environ["PATH"] = scripts + os.pathsep + os.environ.get("PATH", "")
    os.environ["ATO_QUIET"] = "1"  # pages show results; where a run goes would be on each of them
    sys.exit(main(sys.argv[1:]))
