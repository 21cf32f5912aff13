"""The pictures of the front page are of what there is now."""

import pathlib
import re
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(DOCS))

import pictures

MOST = 150_000


def test_the_picture_of_why_is_what_why_says():
    assert pictures.PICTURE.read_text("utf-8") == pictures.picture(), "python docs/pictures.py"


def test_the_front_page_shows_pictures_before_its_first_program():
    first_screen = (DOCS.parent / "README.md").read_text("utf-8").partition("```python")[0]
    sources = re.findall(r'<img src="([^"]+)"', first_screen)
    assert sources == ["docs/images/why.svg", "docs/images/ui-compare.png"]
    assert all((DOCS.parent / source).is_file() for source in sources)


def test_pictures_are_small():
    assert [one.name for one in (DOCS / "images").iterdir() if one.stat().st_size > MOST] == []
