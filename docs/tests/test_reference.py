"""The reference has every public name, and every guide leads to it."""

import importlib
import importlib.util
import pathlib
import pkgutil
import re

import pytest

DOCS = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ["ato_adict", "ato_scope", "ato_trace", "ato_hyperband", "ato_sql"]
GUIDES = [*DOCS.glob("*.md"), *(DOCS / "how-to").glob("*.md")]
FOR_MAINTAINERS = ["release.md"]


def shown():
    """The dotted names that the pages of the reference ask for."""
    pages = "\n".join(page.read_text("utf-8") for page in (DOCS / "reference").glob("*.md"))
    return re.findall(r"^::: (\S+)$", pages, re.MULTILINE)


def public_modules(package):
    """The modules of a package that are not private, itself left out."""
    path = importlib.import_module(package).__path__
    names = [one.name for one in pkgutil.walk_packages(path, f"{package}.")]
    return [name for name in names if "._" not in name and ".migrations" not in name]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_a_package_is_in_the_reference(package):
    names = {f"{package}.{name}" for name in importlib.import_module(package).__all__}
    assert names - set(shown()) - {f"{package}.__version__"} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_module_of_a_package_is_in_the_reference(package):
    packages = {f"{package}.integrations"}  # a folder of modules
    assert set(public_modules(package)) - set(shown()) - packages == set()


def test_no_name_is_there_twice():
    assert sorted(shown()) == sorted(set(shown()))


def test_scope_comes_first_where_people_begin():
    first = re.search(r"^::: (\S+)$", (DOCS / "reference" / "trace.md").read_text(), re.MULTILINE)
    assert first.group(1) == "ato_trace.Scope"
    navigation = (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    assert min(re.findall(r"reference/\w+\.md", navigation), key=navigation.index) == (
        "reference/trace.md"
    )


def test_each_page_of_the_reference_is_on_the_site():
    navigation = (DOCS.parent / "mkdocs.yml").read_text("utf-8")
    pages = [f"reference/{page.name}" for page in (DOCS / "reference").glob("*.md")]
    assert [page for page in pages if page not in navigation] == []


def test_the_table_of_paths_has_each_path_of_ato_with_its_names():
    table = (DOCS / "reference" / "paths.md").read_text("utf-8").splitlines()
    missing = []
    for path in public_modules("ato"):
        if path == "ato.page" and importlib.util.find_spec("starlette") is None:
            continue
        for name in getattr(importlib.import_module(path), "__all__", ()):
            row = next((line for line in table if line.startswith(f"| `{path}` |")), "")
            missing += [] if f"`{name}`" in row else [f"{path}.{name}"]
    assert missing == []


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_each_guide_leads_to_the_reference(page):
    if page.name not in FOR_MAINTAINERS:
        assert re.search(r"\]\((\.\./)?reference/\w+\.md\)", page.read_text("utf-8"))
