"""Every block of every page does what the page says."""

import importlib.util
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
    + list((ROOT / "docs").rglob("*.md"))
    + list((ROOT / "packages").glob("*/README.md"))
)
# A page whose first line is `<!-- needs: torch sklearn -->` runs where these can be imported.
NEEDS = re.compile(r"<!-- needs: (.*) -->")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_the_page_runs(page):
    needs = NEEDS.match(page.read_text(encoding="utf-8"))
    for module in needs.group(1).split() if needs else ():
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"the page needs {module}; the session 'integrations' has it")
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "run_page.py"), str(page)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout.decode()
