"""Make the picture of `ato why` that the front page shows.

Run as `python docs/pictures.py`. It is what the tutorial's program really prints, after one of its
statements was changed. The pictures of the page are made by packages/ato/tests/ui/screenshots.py,
from a real browser.
"""

import html
import os
import pathlib
import subprocess
import sys
import tempfile

import run_page

DOCS = pathlib.Path(__file__).resolve().parent
PICTURE = DOCS / "images" / "why.svg"
CHANGE = ("slope -= lr * sum", "slope -= 2 * lr * sum")
SHOWN = "$ ato why"
COLOURS = {"$": "#9ecbff", "-": "#ff9b92", "+": "#8fd694"}
LINE, CHARACTER, MARGIN = 20, 8.6, 20


def said():
    """Run the tutorial's program, change a statement, run it again, and return what why says."""
    blocks = run_page.blocks((DOCS / "tutorial.md").read_text("utf-8"))
    program = [block.text for block in blocks if block.title == "train.py"][-1]
    with tempfile.TemporaryDirectory() as folder:
        for text in (program, program.replace(*CHANGE)):
            pathlib.Path(folder, "train.py").write_text(text, "utf-8")
            _python(folder, "train.py")
        return _python(folder, "-m", "ato", "why", code=1).splitlines()


def _python(folder, *words, code=0):
    environment = {k: v for k, v in os.environ.items() if k != "ATO_DB"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
    )
    if done.returncode != code:
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    return done.stdout.decode()


def drawn(lines):
    """Return lines as the picture of a terminal."""
    width = MARGIN * 2 + max(map(len, lines)) * CHARACTER
    height = MARGIN * 2 + (len(lines) - 1) * LINE + 8
    texts = "".join(_text(line, number) for number, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
        f'viewBox="0 0 {width:.0f} {height}" role="img">\n'
        "<title>ato why names the statement that changed</title>\n"
        '<rect width="100%" height="100%" rx="8" fill="#1b1f24"/>\n'
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" '
        f'font-size="14" fill="#e6edf3">\n{texts}</g>\n</svg>\n'
    )


def _text(line, number):
    colour = COLOURS.get(line.strip()[:1])
    fill = f' fill="{colour}"' if colour else ' font-weight="bold"' if number == 1 else ""
    indent = len(line) - len(line.lstrip())  # not every program that draws keeps the blanks
    place = f'x="{MARGIN + indent * CHARACTER:.0f}" y="{MARGIN + 8 + number * LINE}"'
    return f"<text {place}{fill}>{html.escape(line.strip())}</text>\n" if line else ""


def picture():
    """Return the picture as it is now."""
    return drawn([SHOWN, *said()])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    print(f"{PICTURE}: {PICTURE.stat().st_size} bytes")
