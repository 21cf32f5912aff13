"""Print what a reader of a page does, for newcomer.sh: files to save, and commands to type.

Usage: newcomer_steps.py PAGE. Each step is three texts, each ended by a NUL: `save`, the name and
the text of a file; or `run`, the exit code that the page expects and the command.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import run_page

# A checkout and its tests are another reader's.
LEFT_OUT = ("git ", "make ")


def steps(text):
    """Yield the steps of a page in their order."""
    snippets = 0
    for block in run_page.blocks(text):
        if block.words & {"notest", "kernel"}:
            continue
        if block.title:
            yield "save", block.title, block.text
        elif block.language == "bash":
            for command in block.text.replace("\\\n", " ").splitlines():
                if command.strip() and not command.startswith(("#", *LEFT_OUT)):
                    expected = run_page.EXIT_CODE.search(command)
                    yield "run", expected.group(1) if expected else "0", command
        elif block.language == "python":  # typed at a prompt, or saved
            snippets += 1
            yield "save", f"snippet{snippets}.py", block.text
            yield "run", "0", f"python snippet{snippets}.py"


def main(page):
    """Print the steps of a page."""
    for step in steps(pathlib.Path(page).read_text(encoding="utf-8")):
        for text in step:
            sys.stdout.buffer.write(text.encode("utf-8") + b"\0")


if __name__ == "__main__":
    main(sys.argv[1])
