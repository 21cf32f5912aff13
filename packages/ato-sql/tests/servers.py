"""Database servers of the tests' own, to be killed and restarted."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
import time

from sqlalchemy import make_url

DRIVERS = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql"}


def with_driver(url):
    """Return a plain URL with the driver of the extra, as SQLAlchemy by itself needs it."""
    plain = make_url(url)
    return plain.set(drivername=DRIVERS[plain.get_backend_name()])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def binary(name, *folders):
    found = shutil.which(name)
    for folder in folders:
        found = found or next(iter(sorted(glob.glob(os.path.join(folder, name)))), None)
    return found


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Server:
    """A server on a free port with its data in a temporary folder."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="ato-server-")
        os.chmod(self.folder, 0o777)
        self.port = free_port()
        self.process = None

    def apart(self):
        """Return how it is started: silent, its own files where another user may write."""
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return {**silent, "env": {**os.environ, "TMPDIR": self.folder}}

    def wait(self):
        deadline = time.monotonic() + 60
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not start")
            time.sleep(0.1)

    def stop(self, kill=False):
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(60)

    def signal(self, number):
        """Send a signal to the server and the processes that it started."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], stdout=subprocess.PIPE)
        for pid in [self.process.pid, *map(int, children.stdout.split())]:
            os.kill(pid, number)

    def remove(self):
        if self.process is not None and self.process.poll() is None:
            self.stop(kill=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def as_user(name):
    """Return what makes a command run as another user, which servers want instead of root."""
    if os.getuid() != 0:
        return {}
    import pwd

    user = pwd.getpwnam(name)

    def become():
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    return {"preexec_fn": become}


class Postgres(Server):
    """PostgreSQL."""

    initdb = binary("initdb", "/usr/lib/postgresql/*/bin")
    postgres = binary("postgres", "/usr/lib/postgresql/*/bin")

    def start(self):
        data = os.path.join(self.folder, "data")
        quiet = {**self.apart(), **as_user("postgres"), "cwd": self.folder}
        if not os.path.exists(data):
            command = [self.initdb, "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
            subprocess.run(command, check=True, **quiet)
        command = [self.postgres, "-D", data, "-p", str(self.port), "-k", self.folder]
        self.process = subprocess.Popen(command, **quiet)
        self.wait()

    def stop(self, kill=False):
        # SIGQUIT: drop every connection at once, as in a crash, without leaving children.
        import signal

        self.process.send_signal(signal.SIGQUIT if kill else signal.SIGINT)
        self.process.wait(60)

    def is_ready(self):
        import psycopg2

        try:
            psycopg2.connect(host="127.0.0.1", port=self.port, user="postgres").close()
            return True
        except psycopg2.OperationalError:
            return False

    @property
    def url(self):
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"


class MariaDB(Server):
    """MariaDB."""

    install = binary("mariadb-install-db", "/usr/bin")
    mariadbd = binary("mariadbd", "/usr/sbin")

    def start(self):
        data = os.path.join(self.folder, "data")
        quiet = self.apart()
        user = ["--user=mysql"] if os.getuid() == 0 else []
        if not os.path.exists(data):
            command = [self.install, "--no-defaults", f"--datadir={data}", *user]
            subprocess.run(
                [*command, "--auth-root-authentication-method=normal"], check=True, **quiet
            )
        command = [self.mariadbd, "--no-defaults", f"--datadir={data}", *user]
        command += [f"--port={self.port}", f"--socket={self.folder}/socket", "--skip-grant-tables"]
        command += ["--bind-address=127.0.0.1", "--skip-networking=0"]
        self.process = subprocess.Popen(command, **quiet)
        self.wait()

    def is_ready(self):
        import pymysql

        try:
            connection = pymysql.connect(host="127.0.0.1", port=self.port, user="root")
        except pymysql.MySQLError:
            return False
        connection.cursor().execute("CREATE DATABASE IF NOT EXISTS tracker")
        connection.close()
        return True

    @property
    def url(self):
        return f"mysql://root@127.0.0.1:{self.port}/tracker"
