"""Two runs that log more than numbers: images, tables, texts, histograms, sounds, a film, files."""

import io
import math
import random
import struct
import wave

from ato.adict import ADict
from ato.db_routers.sql.manager import SQLLogger

STEPS = 40


def make_media(url, folder):
    """Fill a database with two runs of the project `media`; `folder` is for what they write."""
    for number in range(2):
        config = ADict(experiment=ADict(project_name="media", sql=ADict(db_path=url)), seed=number)
        with SQLLogger(config).start() as run:
            _log(run, random.Random(number), folder)


def _log(run, rng, folder):
    for step in range(0, STEPS * 10, 10):
        run.log_metric("loss", 1 / (step + 1), step=step)
        caption = f"noise {1 - step / 400:.2f}"
        run.log_image("samples", picture(rng, step), step, caption)
        spread = 0.2 + step / 200
        run.log_histogram(
            "weights/layer1", [rng.gauss(step / 100, spread) for _ in range(300)], step
        )
        run.log_histogram("weights/layer2", [rng.random() for _ in range(300)], step)
    for number in range(3):
        run.log_image("grid", picture(rng, number * 100), step=0, caption=f"no. {number}")
    rows = [
        {"word": f"word{n}", "said": rng.choice(["cat", "dog"]), "p": rng.random(), "odd": None}
        for n in range(250)
    ]
    run.log_table("mistakes", rows[:100], step=0)
    run.log_table("mistakes", rows, step=100)
    run.log_text("story", "Once upon a time,\nthere was a <b>loss</b>.", step=0)
    run.log_text("story", "It went down, " * 40, step=200)
    run.log_audio("tone", tone(440), step=0, caption="a tone")
    run.log_audio("tone", tone(880), step=100)
    for name, content in (
        ("notes.txt", b"plain"),
        ("page.html", b"<script>window.pwned = 1</script>"),
        ("model.bin", b"\0weights"),
    ):
        (folder / name).write_bytes(content)
        run.log_artifact(folder / name, "file", copy=True)
    (folder / "model").mkdir(exist_ok=True)
    (folder / "model" / "weights.bin").write_bytes(b"\0\1\2")
    (folder / "model" / "card.md").write_bytes(b"# A model")
    run.log_artifact(folder / "model", "folder", copy=True)
    run.log_artifact(folder / "elsewhere.pt", "model")


def picture(rng, step):
    """A PNG of 48 by 48 coloured pixels that clear up with the steps."""
    import zlib

    noise, rows = max(0, 120 - step // 3), []
    for y in range(48):
        row = [0]
        for x in range(48):
            ring = 127 + 100 * math.sin(math.hypot(x - 24, y - 24) / 3)
            shake = rng.randint(-noise, noise)
            row += [max(0, min(255, int(ring * f + shake))) for f in (1, 0.6, 0.3)]
        rows.append(bytes(row))

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 48, 48, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def tone(hertz):
    """A WAV of a tenth of a second."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        samples = [int(9000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in range(800)]
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()
