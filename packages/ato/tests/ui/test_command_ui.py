"""`ato ui` as it is typed."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

START = "import runpy; runpy.run_module('ato', run_name='__main__')"


def command(*arguments, code=START, **options):
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-c", code, "ui", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        env=environment,
        **options,
    )


def finished(*arguments, **options):
    process = command(*arguments, **options)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.fixture
def database(new_database):
    with new_database(lr=0.1).start():
        pass
    return new_database.url[len("sqlite:///") :]


def url_of(process):
    line = process.stdout.readline()
    return re.search(r"http://\S+/", line).group()


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
class TestServing:
    def test_a_free_port_is_found_and_printed_and_ctrl_c_ends_it(self, database):
        process = command("--db", database, "--port", "0")
        try:
            with urllib.request.urlopen(f"{url_of(process)}api/projects", timeout=30) as reply:
                assert b'"runs":1' in reply.read()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
        assert process.returncode in (0, 130)
        assert err == ""

    def test_the_address_as_json(self, database):
        process = command("--db", database, "--port", "0", "--json")
        try:
            said = json.loads(process.stdout.readline())
        finally:
            process.kill()
            process.communicate()
        assert said["url"].startswith("http://127.0.0.1:")
        assert said["database"].endswith("new.db")

    def test_ato_db_names_the_database(self, database, tmp_path):
        process = command("--port", "0", env={"ATO_DB": database}, cwd=str(tmp_path))
        try:
            with urllib.request.urlopen(f"{url_of(process)}api/info", timeout=30) as reply:
                assert b"new.db" in reply.read()
        finally:
            process.kill()
            process.communicate()

    def test_experiments_db_in_the_working_directory_is_the_default(self, database, tmp_path):
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        os.rename(database, str(tmp_path / "experiments.db"))
        environment = {"ATO_DB": ""}
        process = command("--port", "0", env=environment, cwd=str(tmp_path))
        try:
            assert url_of(process)
        finally:
            process.kill()
            process.communicate()


class TestEditing:
    def test_the_printed_address_has_the_key_behind_its_hash(self, database):
        process = command("--db", database, "--port", "0", "--edit")
        try:
            line = process.stdout.readline()
        finally:
            process.kill()
            process.communicate()
        assert re.search(r"http://127\.0\.0\.1:\d+/#edit=[\w-]{20,} \(who has this", line)

    @pytest.mark.parametrize("more", [(), ("--allow-host", "lab")])
    def test_other_machines_are_never_let_in_to_edit(self, database, more):
        words = ("--db", database, "--host", "0.0.0.0", "--port", "0", "--edit", *more)
        code, out, err = finished(*words)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1


class TestMistakes:
    def test_open_to_all_asks_for_the_name_it_is_asked_for_by(self, database):
        code, out, err = finished("--db", database, "--host", "0.0.0.0", "--port", "0")
        assert (code, out) == (2, "")
        assert err.startswith("ato: --host 0.0.0.0 opens all of sqlite:///")
        assert "add --token to let in only who has the address" in err
        assert "--allow-host NAME" in err

    @pytest.mark.parametrize("host", ["0", "0.0", "::", "[::]", "", "::ffff:0.0.0.0"])
    def test_so_does_every_way_to_write_it(self, database, host):
        code, out, err = finished("--db", database, f"--host={host}", "--port", "0")
        assert (code, out) == (2, "")
        assert "opens all of" in err or "cannot listen" in err or "is not an address" in err

    def test_so_does_an_address_of_this_machine_that_others_reach(self, database):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(
                    ("192.0.2.1", 9)
                )  # nothing is sent: it tells which address would be used
            except OSError:
                pytest.skip("this machine is in no network")
            host = probe.getsockname()[0]
        code, out, err = finished("--db", database, "--host", host, "--port", "0")
        assert (code, out) == (2, "")
        assert f"--host {host} opens all of" in err

    @pytest.mark.parametrize("name", ["", " ", "*", "*.example.org"])
    def test_a_name_that_is_none_is_not_let_in(self, database, name):
        words = ("--host", "0.0.0.0", "--port", "0", f"--allow-host={name}")
        code, out, err = finished("--db", database, *words)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "is no name of a machine" in err

    def test_open_to_all_says_who_can_read_what(self, database):
        process = command(
            "--db", database, "--host", "0.0.0.0", "--port", "0", "--allow-host", "lab"
        )
        try:
            url_of(process)
            assert "everyone who can reach this machine" in process.stderr.readline()
        finally:
            process.kill()
            process.communicate(timeout=30)

    def test_a_token_is_made_and_stands_in_the_address(self, database):
        process = command("--db", database, "--host", "0.0.0.0", "--port", "0", "--token", "--json")
        try:
            url = json.loads(process.stdout.readline())["url"]
            assert re.match(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}$", url)
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            assert b"<!doctype html>" in opener.open(url, timeout=30).read().lower()
            with opener.open(url.partition("?")[0] + "api/projects", timeout=30) as reply:
                assert b'"runs":1' in reply.read()
            assert "who has this address" in process.stderr.readline()
        finally:
            process.kill()
            process.communicate(timeout=30)

    def test_a_token_of_the_environment_stays_the_same(self, database):
        environment = {"ATO_UI_TOKEN": "a-token-of-ones-own"}
        process = command("--db", database, "--port", "0", "--token", env=environment)
        try:
            assert "/?token=a-token-of-ones-own " in process.stdout.readline()
        finally:
            process.kill()
            process.communicate(timeout=30)

    @pytest.mark.parametrize("token", ["short", "has a blank and; more", "é" * 20])
    def test_a_token_that_is_none_is_one_line(self, database, token):
        code, _, err = finished("--db", database, "--token", env={"ATO_UI_TOKEN": token})
        assert code == 2
        assert err.startswith("ato: ATO_UI_TOKEN needs at least 16 letters")

    def test_no_database_is_one_line_that_says_what_was_tried(self, tmp_path):
        code, out, err = finished(cwd=str(tmp_path), env={"ATO_DB": ""})
        assert (code, out) == (2, "")
        assert "experiments.db" in err
        assert err.count("\n") == 1

    def test_a_port_in_use_is_one_line(self, database):
        import socket

        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen(1)
            port = str(other.getsockname()[1])
            code, _, err = finished("--db", database, "--port", port)
        assert code == 2
        assert f"cannot listen on 127.0.0.1 port {port}" in err
        assert err.count("\n") == 1

    @pytest.mark.parametrize("port", ["-1", "65536"])
    def test_a_port_that_cannot_be_is_one_line(self, database, port):
        code, _, err = finished("--db", database, "--port", port)
        assert (code, err) == (2, f"ato: --port must be 0 to 65535, not {port}\n")

    def test_a_host_that_is_not_this_machine_is_one_line(self, database):
        code, _, err = finished("--db", database, "--host", "no.such.host.invalid")
        assert code == 2
        assert "no.such.host.invalid" in err
        assert err.count("\n") == 1

    def test_without_the_extra_one_line_says_how_to_install_it(self, database):
        missing = f"import sys; sys.modules['uvicorn'] = None\n{START}"
        code, _, err = finished("--db", database, code=missing)
        assert code == 2
        assert err == "ato: ato ui needs its extra: pip install 'ato[ui]'\n"


def test_the_command_line_does_not_load_the_page_before_it_is_asked_for():
    code = (
        "import runpy, sys\n"
        "sys.argv = ['ato', 'ui', '--help']\n"
        "try:\n"
        "    runpy.run_module('ato', run_name='__main__')\n"
        "except SystemExit:\n"
        "    print([m for m in ('starlette', 'uvicorn', 'sqlalchemy') if m in sys.modules])"
    )
    out = subprocess.check_output([sys.executable, "-c", code], universal_newlines=True)
    assert "--allow-host" in out
    assert out.endswith("\n[]\n")
