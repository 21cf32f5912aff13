"""Who is answered, and with which headers: the page is for this machine's user alone."""

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")


class TestHosts:
    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LocalHost"])
    def test_the_names_of_this_machine_are_answered(self, page, name):
        assert page.ask("/api/projects", host=f"{name}:{page.port}").status == 200

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "evil.example:{port}",
            "127.0.0.1",
            "127.0.0.1:1",
            "localhost.evil.example:{port}",
        ],
    )
    def test_any_other_host_is_refused_so_dns_rebinding_reads_nothing(self, page, host):
        reply = page.ask("/api/projects", host=host.format(port=page.port))
        assert reply.status == 421
        assert b"--allow-host" in reply.body
        assert b"digits" not in reply.body

    def test_a_request_without_a_host_is_refused(self, page):
        assert page.ask("/api/projects", host="").status in (400, 421)

    def test_a_host_that_was_allowed_is_answered(self, serve, example):
        page = serve(example, allow_hosts=["lab.example"])
        assert page.ask("/", host="lab.example").status == 200
        assert page.ask("/", host=f"lab.example:{page.port}").status == 200
        assert page.ask("/", host="other.example").status == 421

    @pytest.mark.parametrize("allowed", ["lab.example", "LAB.example."])
    def test_the_dot_that_ends_a_whole_name_makes_no_other_host(self, serve, example, allowed):
        page = serve(example, allow_hosts=[allowed])
        for host in ("lab.example.", f"Lab.example.:{page.port}", "lab.example"):
            assert page.ask("/", host=host).status == 200
        for host in ("lab.example..", ".", "lab.example.evil.", f"localhost..:{page.port}"):
            assert page.ask("/", host=host).status == 421


TOKEN = "0123456789-abcdefghij"


@pytest.fixture(scope="module")
def locked(serve, example):
    return serve(example, token=TOKEN)


class TestToken:
    @pytest.mark.parametrize("path", ["/", "/api/projects", "/static/js/main.js", "/nothing"])
    @pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%ff%C3%A9"])
    def test_without_it_nothing_is_answered(self, locked, path, query):
        reply = locked.ask(path + query)
        assert reply.status == 401
        assert b"ato ui printed" in reply.body

    @pytest.mark.parametrize("path", ["/", "/runs/1", "/compare?run=1&run=2"])
    def test_in_the_address_it_becomes_a_cookie_and_leaves_the_address(self, locked, path):
        sign = "&" if "?" in path else "?"
        reply = locked.ask(f"{path}{sign}token={TOKEN}")
        assert (reply.status, reply.headers["Location"]) == (303, path)
        cookie = reply.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        answered = locked.ask("/api/projects", headers={"Cookie": cookie.partition(";")[0]})
        assert answered.status == 200

    def test_a_program_may_ask_with_it_each_time(self, locked):
        assert locked.ask(f"/api/compare?run=1&token={TOKEN}&run=2").status == 200

    @pytest.mark.parametrize("value", ["", "wrong", TOKEN[:-1], TOKEN + "x", "\xff"])
    def test_a_wrong_cookie_is_none(self, locked, value):
        headers = {"Cookie": f"ato-{locked.port}={value}; other={TOKEN}"}
        assert locked.ask("/api/projects", headers=headers).status == 401

    def test_it_leads_to_no_other_site(self, locked):
        for path in ("//evil.example/", "/\\evil.example/", "///evil.example"):
            reply = locked.ask(f"{path}?token={TOKEN}")
            assert reply.headers["Location"] == "/" + path.lstrip("/\\").replace("\\", "%5C")

    def test_with_it_any_name_may_be_asked_for_unless_some_are_allowed(
        self, serve, locked, example
    ):
        path = f"/api/projects?token={TOKEN}"
        assert locked.ask(path, host="lab.example:80").status == 200
        named = serve(example, allow_hosts=["lab.example"], token=TOKEN)
        assert named.ask(path, host="lab.example").status == 200
        assert named.ask(path, host="other.example").status == 421

    def test_another_site_can_use_nothing_with_the_cookie_of_a_browser(self, locked):
        headers = {
            "Cookie": f"ato-{locked.port}={TOKEN}",
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "no-cors",
        }
        assert locked.ask("/api/projects", headers=headers).status == 403


class TestReadingOnly:
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
    @pytest.mark.parametrize("path", ["/", "/api/projects", "/api/runs/1"])
    def test_a_method_that_could_change_something_is_refused(self, page, method, path):
        reply = page.ask(path, method=method)
        assert reply.status == 405
        assert reply.headers["Allow"] == "GET, HEAD"

    def test_head_answers_without_a_body(self, page):
        reply = page.ask("/api/projects", method="HEAD")
        assert (reply.status, reply.body) == (200, b"")


class TestOtherSites:
    def test_what_another_site_asks_for_is_refused(self, page):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        assert page.ask("/api/projects", headers=headers).status == 403

    def test_following_a_link_to_the_page_works(self, page):
        headers = {
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
        }
        assert page.ask("/runs/1", headers=headers).status == 200

    def test_another_site_cannot_frame_the_page(self, page):
        headers = {
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "iframe",
        }
        assert page.ask("/runs/1", headers=headers).status == 403


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/api/projects", "/api/nothing", "/static/js/main.js"])
    def test_every_answer_forbids_inline_and_foreign_content(self, page, path):
        headers = page.ask(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers

    def test_a_refusal_has_them_too(self, page):
        headers = page.ask("/", host="evil.example").headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]


class TestFiles:
    @pytest.mark.parametrize(
        "path",
        [
            "/static/../_app.py",
            "/static/%2e%2e/_app.py",
            "/static/..%2f_app.py",
            "/static//etc/passwd",
            "/etc/passwd",
        ],
    )
    def test_only_the_files_of_the_page_are_served(self, page, path):
        assert page.ask(path).status == 404

    def test_scripts_come_with_the_type_browsers_demand_of_modules(self, page):
        assert "javascript" in page.ask("/static/js/main.js").headers["Content-Type"]

    def test_every_file_the_page_names_is_there(self, page):
        import re

        shell = page.ask("/").body.decode()
        names = re.findall(r'(?:src|href)="(/static/[^"]+)"', shell)
        assert len(names) > 5
        assert [name for name in names if page.ask(name).status != 200] == []

    def test_the_chart_library_comes_with_its_license(self, page):
        reply = page.ask("/static/vendor/uplot-1.6.32/LICENSE")
        assert b"MIT" in reply.body


class TestInAServerOfOnesOwn:
    """The page as an ASGI application, called without a server."""

    @pytest.fixture
    def call(self, example):
        import asyncio

        from ato.page import page_app
        from ato_sql.reading import ReadOnlyDatabase

        def called(port, scope):
            sent = []

            async def receive():
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message):
                sent.append(message)

            asyncio.run(page_app(ReadOnlyDatabase(example), port)(scope, receive, send))
            return sent

        return called

    @staticmethod
    def request(host):
        headers = [(b"host", host)]
        url = {"path": "/", "raw_path": b"/", "query_string": b"", "root_path": ""}
        return {"type": "http", "method": "GET", "headers": headers, "scheme": "http", **url}

    @pytest.mark.parametrize(("host", "status"), [(b"localhost", 200), (b"evil.example", 421)])
    def test_at_port_80_browsers_leave_the_port_out(self, call, host, status):
        assert call(80, self.request(host))[0]["status"] == status

    def test_a_websocket_is_closed(self, call):
        assert call(80, {"type": "websocket"}) == [{"type": "websocket.close", "code": 1008}]
