"""`ato.ui()`: the page in the frame of a notebook, and in that of nobody else."""

import functools
import http.server
import threading
import urllib.error
import urllib.request

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

import ato
from ato_sql import DatabaseError

FRAMED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def framed(example):
    page = ato.ui(example)
    yield page
    page.close()


def answer_to(page, path="", **headers):
    return urllib.request.urlopen(urllib.request.Request(page.url + path, headers=headers))


def test_a_cell_shows_a_frame(framed, example):
    assert f'<iframe src="{framed.url}"' in framed._repr_html_()
    assert "height: 300px" in ato.ui(example, height=300)._repr_html_()


def test_a_second_call_shows_the_same_page(framed, example):
    assert ato.ui(example) is framed


def test_a_page_that_was_closed_is_served_anew(framed, example):
    framed.close()
    again = ato.ui(example)
    try:
        assert again is not framed
        assert answer_to(again).status == 200
    finally:
        again.close()


def test_a_page_that_was_closed_is_no_frame(framed):
    framed.close()
    assert "<iframe" not in framed._repr_html_()
    assert "is closed" in framed._repr_html_()
    assert "is closed" in repr(framed)


def test_pages_of_this_machine_may_frame_it(framed):
    with answer_to(framed, **FRAMED) as reply:
        assert "frame-ancestors http://localhost:* " in reply.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in reply.headers


def test_what_is_asked_from_another_site_is_still_refused(framed):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        answer_to(framed, "api/projects", **{"Sec-Fetch-Site": "cross-site"})


def test_a_database_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(DatabaseError, match="there is no database"):
        ato.ui(str(tmp_path / "none.db"))


@pytest.fixture
def notebook(framed, tmp_path):
    """The address of a page that shows the frame, on another port and by another name."""
    (tmp_path / "index.html").write_text(f"<!doctype html>{framed._repr_html_()}", "utf-8")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_a_browser_shows_it(chromium, notebook):
    from browser import View

    pytest.importorskip("selenium", reason="needs selenium")
    view = View(chromium, notebook)
    view.open("", until="iframe")
    chromium.switch_to.frame(view.wait("iframe"))
    assert "digits" in view.wait(".project").text
    chromium.switch_to.default_content()
