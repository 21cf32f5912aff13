"""What keeping images, the console and figures of the machine costs a program.

    python benchmarks/media.py [--images 200] [--folder FOLDER] [--seconds 20]

An image is compared with writing the same bytes to a file, and with writing and hashing them, which
any store that names content by its hash does. All is from source, in one process after the other.
"""

import argparse
import hashlib
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[1]
PATH = os.pathsep.join(str(path) for path in sorted(ROOT.glob("packages/*/src")))
PIXELS = 1_000_000
LINES = 100_000

START = """
import sys, time
from ato import ADict, SQLLogger
sql = {"db_path": "sqlite:///bench.db"}
logger = SQLLogger(ADict(experiment=ADict(project_name="bench", sql=ADict(sql))))
"""
PRINTS = """
def loop():
    began = time.process_time()
    for step in range(LINES):
        print("step", step, "loss 0.12345 accuracy 0.98765, 123 images a second")
    return time.process_time() - began
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--folder", help="where to write, as the disk of the experiments")
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="how long the machine is watched"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        images(folder, options.images)
        console(folder)
        system(folder, options.seconds)


def images(folder, count):
    sys.path[:0] = PATH.split(os.pathsep)
    os.chdir(folder)
    os.environ["ATO_QUIET"] = "1"
    from ato import ADict, SQLLogger

    sql = ADict(db_path="sqlite:///images.db")
    run = SQLLogger(ADict(experiment=ADict(project_name="bench", sql=sql))).start()
    os.mkdir("plain")
    took = {"a file": [], "a file and its hash": [], "log_image": []}
    for number in range(count):
        data = png(os.urandom(PIXELS))
        path = os.path.join("plain", str(number))
        took["a file"].append(timed(write, path, data))
        took["a file and its hash"].append(timed(write_and_hash, f"{path}h", data))
        took["log_image"].append(timed(run.log_image, "sample", data))
    run.finish()
    plain = statistics.median(took["a file"])
    for what, times in took.items():
        median = statistics.median(times)
        print(f"1 MB as {what}: {median * 1000:.2f} ms, {median / plain:.2f} x the file")
    print("  (goal: log_image at most 2 x the file)")


def png(content):
    """What has the form of a PNG; what its dots are nobody looks at."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1000, 1000, 8, 0, 0, 0, 0))]
    parts += [(b"IDAT", content), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def write_and_hash(path, data):
    write(path, data)
    return hashlib.sha256(data).hexdigest()


def console(folder):
    program = START + PRINTS.replace("LINES", str(LINES))
    both = []
    for _ in range(3):
        plain = python(folder, program + "sys.stderr.write(repr(loop()))")
        kept = python(
            folder,
            program
            + "with logger.start(console=True): took = loop()\nsys.stderr.write(repr(took))",
        )
        both.append((kept - plain) / LINES * 1e6)
    print(f"console=True: {statistics.median(both):.2f} us a line (goal: at most 5)")


def system(folder, seconds):
    program = START
    program += f"with logger.start(SYSTEM): began = time.process_time(); time.sleep({seconds})\n"
    program += "sys.stderr.write(repr(time.process_time() - began))"
    plain = python(folder, program.replace("SYSTEM", ""))
    watched = python(folder, program.replace("SYSTEM", "system=1"))
    share = (watched - plain) / seconds / 10  # ten times as often as asked for, to see it at all
    print(f"system=10: {share:.4%} of one core (goal: at most 0.5 %)")


def python(folder, program):
    """The number that a program writes last to stderr, a program of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PATH, "ATO_QUIET": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return float(done.stderr.decode().split("\n")[-1])


def timed(work, *arguments):
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
