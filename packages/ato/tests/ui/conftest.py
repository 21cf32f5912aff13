"""A live page over a real database, on a free port of this machine."""

import http.client
import json
import pathlib
import socket
import sys
import threading
import urllib.parse

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))


class Reply:
    """What the server answered."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Page:
    """A running `ato ui`, asked over real sockets."""

    def __init__(self, port, key=None):
        self.port = port
        self.key = key
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, path, method="GET", headers=None, host=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True)
            if host != "":
                connection.putheader("Host", host or f"127.0.0.1:{self.port}")
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **params):
        """The JSON at /api/`path`; a list gives a parameter several times."""
        query = urllib.parse.urlencode(params, doseq=True)
        reply = self.ask(f"/api/{path}?{query}")
        assert reply.status == 200, reply.body
        return reply.json

    def error(self, path, **params):
        """The error message at /api/`path`, and its status."""
        reply = self.ask(f"/api/{path}?{urllib.parse.urlencode(params, doseq=True)}")
        return reply.status, reply.json["error"]


@pytest.fixture(scope="session")
def serve():
    """Serve a database for the rest of the session; returns the `Page`."""
    import uvicorn

    from ato.page import Editing, page_app
    from ato_sql.reading import ReadOnlyDatabase

    running = []

    def start(database, allow_hosts=(), edit=False):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        port = listener.getsockname()[1]
        shown = ReadOnlyDatabase(database)
        editing = Editing(database, shown) if edit else None
        app = page_app(shown, port, allow_hosts, editing)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        running.append((server, thread))
        return Page(port, editing and editing.key)

    yield start
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(10)


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """The URL of a database with the project `digits`: 24 runs and a failed one."""
    from ui_example import make_example

    url = f"sqlite:///{tmp_path_factory.mktemp('example')}/example.db"
    make_example(url)
    return url


@pytest.fixture(scope="session")
def page(serve, example):
    """The page over `example`."""
    return serve(example)


@pytest.fixture
def new_database(tmp_path):
    """Makes a tracker for a new database: `logger(project, **config)`, with its `url`."""
    from ato.adict import ADict
    from ato.db_routers.sql.manager import SQLLogger

    url = f"sqlite:///{tmp_path}/new.db"

    def logger(project="p", **config):
        experiment = ADict(project_name=project, sql=ADict(db_path=url))
        return SQLLogger(ADict(experiment=experiment, **config))

    logger.url = url
    return logger


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """A browser for all tests that need one."""
    from browser import start_chromium

    browser = start_chromium(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def look(chromium):
    """Look at a `Page` with a browser that remembers nothing; returns the `View`."""
    from browser import View

    def at(page):
        chromium.get(page.url)
        chromium.execute_script("localStorage.clear()")
        chromium.get_log("browser")
        return View(chromium, page.url)

    return at


@pytest.fixture
def view(look, page):
    """A browser looking at the page over `example`."""
    return look(page)
