"""`ato ui --edit`: what can be changed from the page, and by whom."""

import json
import socket

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

from ato.db_routers.sql.manager import SQLFinder  # noqa: E402


@pytest.fixture
def finder(new_database):
    """Finds the run 1 of a new database, `first` with the tags `a` and `b`."""
    with new_database(lr=0.1).start(name="first", tags=["a", "b"]):
        pass
    return SQLFinder({"experiment": {"sql": {"db_path": new_database.url}}})


@pytest.fixture
def page(finder, new_database, serve):
    return serve(new_database.url, edit=True)


def post(page, what, path="/api/edit/runs/1", raw=None, method="POST", **headers):
    """Post a change as the page does; headers that are None are left out."""
    sent = {
        "Origin": f"http://127.0.0.1:{page.port}",
        "Content-Type": "application/json",
        "X-Ato-Edit": page.key,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    sent = {name: value for name, value in sent.items() if value is not None}
    return page.ask(path, method, sent, body=json.dumps(what).encode() if raw is None else raw)


class TestChanges:
    def test_a_run_is_renamed(self, page, finder):
        assert post(page, {"name": "second"}).status == 200
        assert finder.get_run(1).name == "second"
        assert page.get("runs/1")["run"]["name"] == "second"

    def test_tags_are_added_and_removed(self, page, finder):
        assert post(page, {"tags": {"add": ["c"], "remove": ["a"]}}).status == 200
        assert finder.get_run(1).tags == ["b", "c"]

    def test_a_note_is_added(self, page, finder):
        assert post(page, {"note": "looks odd"}).status == 200
        assert [note["text"] for note in page.get("runs/1")["notes"]] == ["looks odd"]

    def test_a_run_is_archived_and_taken_back(self, page, finder):
        assert post(page, {"archived": True}).status == 200
        assert page.get("projects/1/runs")["total"] == 0
        assert page.get("projects/1/runs", filter="archived=true")["total"] == 1
        assert post(page, {"archived": False}).status == 200
        assert page.get("projects/1/runs")["total"] == 1

    def test_several_at_once(self, page, finder):
        assert post(page, {"name": "x", "note": "y"}).json["changed"] == ["name", "note"]

    def test_the_page_is_told_that_there_is_editing(self, page):
        assert page.get("info")["editable"] is True


class TestWhoMay:
    @pytest.mark.parametrize("key", [None, "", "wrong", "\u00e9"])
    def test_without_the_key_nothing_changes(self, page, finder, key):
        assert post(page, {"name": "theirs"}, X_Ato_Edit=key).status == 403
        assert finder.get_run(1).name == "first"

    @pytest.mark.parametrize(
        "origin", [None, "null", "http://evil.example", "http://127.0.0.1:1", "http://localhost"]
    )
    def test_another_site_changes_nothing_even_with_the_key(self, page, finder, origin):
        assert post(page, {"name": "theirs"}, Origin=origin).status == 403
        assert finder.get_run(1).name == "first"

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_what_the_browser_says_another_site_sent_is_refused(self, page, finder, site):
        assert post(page, {"name": "theirs"}, Sec_Fetch_Site=site).status == 403
        assert finder.get_run(1).name == "first"

    @pytest.mark.parametrize(
        "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
    )
    def test_what_a_form_could_send_is_refused(self, page, finder, kind):
        assert post(page, {"name": "theirs"}, Content_Type=kind).status == 415
        assert finder.get_run(1).name == "first"

    def test_another_host_is_refused_so_dns_rebinding_changes_nothing(self, page, finder):
        headers = {"Origin": "http://evil.example", "Content-Type": "application/json"}
        headers["X-Ato-Edit"] = page.key
        body = b'{"name": "theirs"}'
        path = "/api/edit/runs/1"
        assert page.ask(path, "POST", headers, host="evil.example", body=body).status == 421
        assert finder.get_run(1).name == "first"

    @pytest.mark.parametrize("path", ["/", "/api/info", "/runs/1", "/static/js/details/edit.js"])
    def test_no_answer_has_the_key_or_a_cookie(self, page, path):
        reply = page.ask(path)
        assert page.key.encode() not in reply.body
        assert page.key not in str(reply.headers)
        assert reply.headers["Set-Cookie"] is None

    def test_each_start_has_a_key_of_its_own(self, page, serve, new_database):
        assert serve(new_database.url, edit=True).key != page.key

    def test_a_request_for_permission_from_another_site_is_not_given_it(self, page):
        reply = post(page, {}, method="OPTIONS", Origin="http://evil.example")
        assert reply.status == 405
        assert reply.headers["Access-Control-Allow-Origin"] is None

    def test_with_a_token_too_the_key_alone_is_not_enough(self, serve, new_database, finder):
        page = serve(new_database.url, token="t" * 20, edit=True)
        assert post(page, {"name": "theirs"}).status in (401, 403)
        assert finder.get_run(1).name == "first"

    def test_with_a_token_another_site_changes_nothing(self, serve, new_database, finder):
        page = serve(new_database.url, token="t" * 20, edit=True)
        entered = page.ask(f"/?token={'t' * 20}")
        cookie = entered.headers["Set-Cookie"].partition(";")[0]
        refused = post(page, {"name": "theirs"}, Cookie=cookie, Origin="http://evil.example")
        assert refused.status == 403
        assert post(page, {"name": "theirs"}, Cookie=cookie, X_Ato_Edit=None).status == 403
        assert post(page, {"name": "mine"}, Cookie=cookie).status == 200
        assert finder.get_run(1).name == "mine"

    def test_without_edit_nothing_can_be_changed(self, serve, new_database, finder):
        page = serve(new_database.url)
        page.key = "any"
        assert post(page, {"name": "theirs"}).status == 405
        assert page.get("info")["editable"] is False

    def test_only_what_is_for_changes_may_be_posted_to(self, page):
        assert post(page, {"name": "x"}, path="/api/runs/1").status == 405


class TestMistakes:
    @pytest.mark.parametrize(
        "what",
        [
            {},
            [],
            None,
            {"status": "completed"},
            {"name": 3},
            {"tags": ["a"]},
            {"tags": {"set": ["a"]}},
            {"tags": {"add": [1]}},
            {"note": " "},
            {"archived": "yes"},
            {"name": ""},
        ],
    )
    def test_what_makes_no_sense_changes_nothing(self, page, finder, what):
        reply = post(page, what)
        assert reply.status == 400
        assert reply.json["error"]
        assert (finder.get_run(1).name, finder.get_run(1).tags) == ("first", ["a", "b"])

    def test_what_is_no_json_is_one_line(self, page):
        assert post(page, None, raw=b"{").status == 400

    def test_a_run_that_is_not_there_is_not_found(self, page):
        assert post(page, {"name": "x"}, path="/api/edit/runs/77").status == 404

    @pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**40, 10**600])
    def test_nor_is_one_of_a_number_that_no_database_can_hold(self, page, number):
        assert post(page, {"name": "x"}, path=f"/api/edit/runs/{number}").status == 404

    @pytest.mark.parametrize("raw", [b"[" * 90_000, b'{"a":' * 16_000, b"\xff", b"", b"1" * 5000])
    def test_what_python_cannot_read_is_no_json_either(self, page, raw):
        assert post(page, None, raw=raw).status == 400

    @pytest.mark.parametrize("what", [{"name": "\ud800"}, {"note": "\0\ud800"}])
    def test_what_no_database_can_hold_is_kept_as_far_as_it_can_be(self, page, what):
        assert post(page, what).status == 200

    def test_a_client_that_names_no_host_is_refused(self, serve, new_database, finder):
        page = serve(new_database.url, token="t" * 20, edit=True)
        request = f"POST /api/edit/runs/1?token={'t' * 20} HTTP/1.0\r\nX-Ato-Edit: {page.key}\r\n"
        with socket.create_connection(("127.0.0.1", page.port), 30) as asking:
            asking.sendall(f"{request}Origin: http://x\r\nContent-Length: 2\r\n\r\n{{}}".encode())
            assert asking.recv(100).split()[1] == b"403"

    def test_a_body_has_an_end(self, page):
        assert post(page, {"note": "x" * 200_000}).status == 413


@pytest.mark.browser
class TestInTheBrowser:
    def test_with_the_printed_address_a_run_is_edited(self, look, page, finder):
        pytest.importorskip("selenium", reason="needs selenium")
        view = look(page)
        view.open(f"/#edit={page.key}", ".project")
        view.wait_for(lambda: view.script("return location.hash") == "")
        view.open("/runs/1", ".head .button").one(".head .button").click()
        name = view.wait("dialog [aria-label=Name]")
        name.clear()
        name.send_keys("renamed")
        tags = view.one("dialog [aria-label=Tags]")
        tags.clear()
        tags.send_keys("b\nkeep this")
        view.one("dialog [aria-label=Note]").send_keys("seen")
        view.one("dialog [type=submit]").click()
        view.wait_for(lambda: view.texts(".run-name") == ["renamed"])
        assert view.texts(".head .tag") == ["b", "keep this"]
        assert "seen" in view.texts(".notes li")[0]
        assert finder.get_run(1).name == "renamed"
        assert view.complaints() == []

    def test_a_token_and_the_key_come_in_one_address(self, chromium, serve, new_database, finder):
        pytest.importorskip("selenium", reason="needs selenium")
        from browser import View

        page = serve(new_database.url, token="t" * 20, edit=True)
        view = View(chromium, page.url)
        view.open(f"/?token={'t' * 20}#edit={page.key}", ".project")
        view.open("/runs/1", ".head .button")
        assert view.texts(".head .button") == ["Edit"]

    def test_without_the_key_there_is_no_button(self, look, page):
        view = look(page).open("/runs/1", ".run-name")
        assert not view.all(".head .button")

    @pytest.mark.parametrize(
        ("name", "told"), [("x" * 300, "1 to 255 characters"), ("", "1 to 255 characters, not 0")]
    )
    def test_a_mistake_is_told_in_the_form(self, look, page, finder, name, told):
        before = finder.get_run(1).name
        view = look(page)
        view.open(f"/#edit={page.key}", ".project")
        view.wait_for(lambda: view.script("return location.hash") == "")
        view.open("/runs/1", ".head .button").one(".head .button").click()
        field = view.wait("dialog [aria-label=Name]")
        view.script("arguments[0].value = arguments[1]", field, name)
        view.one("dialog [type=submit]").click()
        view.wait_for(lambda: told in view.texts("dialog [role=alert]")[0])
        assert finder.get_run(1).name == before
