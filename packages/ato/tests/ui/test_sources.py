"""The scripts of the page, read: none has a way to make markup or code out of data."""

import pathlib
import re

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

import ato

STATIC = pathlib.Path(ato.__file__).parent / "_ui" / "static"
OURS = [path for path in STATIC.rglob("*.js") if "vendor" not in path.parts]


@pytest.mark.parametrize("path", OURS, ids=[path.name for path in OURS])
def test_a_script_makes_no_markup_and_no_code_from_text(path):
    dangers = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    assert re.findall(dangers, path.read_text(encoding="utf-8")) == []


def test_the_shell_has_no_inline_script_style_or_handler():
    shell = (STATIC / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)", shell) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", shell) == []


def test_nothing_names_another_host():
    for path in STATIC.rglob("*"):
        if path.suffix in (".js", ".css", ".html") and "vendor" not in path.parts:
            hosts = re.findall(r"https?://[\w.]+", path.read_text(encoding="utf-8"))
            assert [host for host in hosts if host != "http://www.w3.org"] == [], path


def test_every_import_names_a_file_that_is_there():
    for path in OURS:
        for name in re.findall(r"(?:from|import\()\s*\"(\.[^\"]+)\"", path.read_text("utf-8")):
            assert (pathlib.Path(path.parent) / name).resolve().is_file(), (path.name, name)
