"""What the site has besides docs/: the changelog, the version it is of, and plain fences."""

import pathlib
import re

from mkdocs.structure.files import File

# What docs/run_page.py is told about a block is nothing that Markdown knows.
FENCE = re.compile(r"^( *```\w+)(?: (?:output|notest|kernel|notebook))+ *$", re.MULTILINE)
ROOT = pathlib.Path(__file__).resolve().parent.parent


def on_config(config):
    """Name the version in the header."""
    config.site_name = f"ato {(ROOT / 'VERSION').read_text().strip()}"
    return config


def on_files(files, config):
    """Add the changelog, whose links are from the root of the repository."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("](docs/", "](")
    page = File.generated(config, "changelog.md", content=text)
    page.edit_uri = "../CHANGELOG.md"
    files.append(page)
    return files


def on_page_markdown(markdown, page, config, files):
    """Leave of each fence its language and its title."""
    return FENCE.sub(r"\1", markdown)
