"""What the site has from outside of docs/: the changelog, and the version it is of."""

import pathlib

from mkdocs.structure.files import File

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
