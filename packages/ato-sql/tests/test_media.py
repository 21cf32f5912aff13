"""Images, tables, texts, histograms, sounds and films, by step."""

import datetime as dt
import io
import json
import math
import struct
import tempfile
import zlib
from decimal import Decimal
from fractions import Fraction

import pytest

from ato_sql import MetricError, NotFoundError, SQLFinder, SQLLogger, TrackerWarning
from helping import PNG

np = pytest.importorskip("numpy")

SIGNATURE = PNG[:8]
JPEG = b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x0b\x08\0\1\0\1\1\1\x11\0\xff\xda\0\2 pixels \xff\xd9"
WAV = b"RIFF\x24\0\0\0WAVEfmt "
MP4 = b"\0\0\0\x18ftypmp42"


def pixels(data):
    """Decode a PNG of eight bits without interlacing, filters 0 to 2, into rows of bytes."""
    place, packed = 8, b""
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, place + 8 + length)
        assert zlib.crc32(name + content) == checksum
        if name == b"IHDR":
            width, height, depth, colour = struct.unpack_from(">IIBB", content)
        packed += content if name == b"IDAT" else b""
        place += length + 12
    channels = {0: 1, 4: 2, 2: 3, 6: 4}[colour]
    raw, above, rows = zlib.decompress(packed), np.zeros(width * channels, "u1"), []
    for row in np.frombuffer(raw, "u1").reshape(height, -1):
        assert (depth, row[0]) == (8, 2)
        above = above + row[1:]
        rows.append(above.reshape(width, channels))
    return np.array(rows)


@pytest.fixture
def run(logger):
    return logger.start()


class TestImages:
    @pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (4, 5, 4), (1, 1), (7, 3, 1)])
    def test_an_array_of_floats_is_kept_as_a_png(self, run, finder, shape):
        array = np.linspace(0, 1, int(np.prod(shape))).reshape(shape)
        run.log_image("samples", array, step=3)
        (image,) = finder.media(run.id)
        assert (image.key, image.step, image.data_type) == ("samples", 3, "image")
        expected = np.rint(array * 255).reshape((*shape, 1)[:3])
        assert np.abs(pixels(image.read()).astype(int) - expected).max() <= 1

    def test_bytes_of_an_array_come_back_as_they_were(self, run, finder):
        array = np.random.RandomState(0).randint(0, 256, (40, 30, 3)).astype("uint8")
        run.log_image("noise", array)
        assert (pixels(finder.media(run.id)[0].read()) == array).all()

    @pytest.mark.parametrize("kind", ["int64", "bool", "float16"])
    def test_other_kinds_of_numbers_are_images_too(self, run, finder, kind):
        run.log_image("x", np.eye(3).astype(kind))
        found = pixels(finder.media(run.id)[0].read())[:, :, 0]
        assert found.max() == (1 if kind == "int64" else 255)

    def test_an_open_file_is_read(self, run, finder, tmp_path):
        (tmp_path / "a.png").write_bytes(PNG + b"rest")
        drawn = io.BytesIO()
        drawn.write(PNG + b"rest")  # as `savefig` leaves it, at its end
        run.log_image("memory", drawn)
        with open(tmp_path / "a.png", "rb") as file:
            run.log_image("file", file)
        with tempfile.TemporaryFile() as file:
            file.write(PNG + b"rest")
            run.log_image("temporary", file)
        assert [one.read() for one in finder.media(run.id)] == [PNG + b"rest"] * 3
        with pytest.raises(MetricError, match="an image is bytes, an open file"):
            run.log_image("text", io.StringIO("no image"))

    def test_nan_is_black(self, run, finder):
        run.log_image("x", np.array([[math.nan, 1.0]]))
        assert pixels(finder.media(run.id)[0].read()).ravel().tolist() == [0, 255]

    @pytest.mark.filterwarnings("ignore:the matrix subclass")
    def test_a_matrix_is_an_image_too(self, run, finder):
        run.log_image("x", np.asmatrix([[0.0, 1.0], [np.nan, 1.0]]))
        assert pixels(finder.media(run.id)[0].read()).tolist() == [[[0], [255]], [[0], [255]]]

    def test_of_an_animation_of_pillow_the_frame_is_kept_that_it_is_at(self, run, finder, tmp_path):
        pillow = pytest.importorskip("PIL.Image")
        frames = [pillow.new("RGB", (2, 2), (shade, 0, 0)) for shade in (10, 90, 170)]
        frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
        image = pillow.open(tmp_path / "a.gif")
        image.seek(1)
        run.log_image("a frame", image)
        run.log_image("all", tmp_path / "a.gif")
        every, one = (
            pillow.open(io.BytesIO(media.read()))
            for media in sorted(finder.media(run.id), key=lambda media: media.key != "all")
        )
        assert one.convert("RGB").getpixel((0, 0)) == (90, 0, 0)
        assert every.n_frames == 3

    def test_bytes_and_files_stay_as_they_are(self, run, finder, tmp_path):
        (tmp_path / "a.jpg").write_bytes(JPEG)
        run.log_image("x", PNG + b"rest", caption="a cat")
        run.log_image("x", tmp_path / "a.jpg")
        (tmp_path / "a.jpg").unlink()
        first, second = finder.media(run.id, "x")
        assert (first.read(), second.read()) == (PNG + b"rest", JPEG)
        assert first.data_info == {"type": "image/png", "caption": "a cat"}
        assert second.path == str(tmp_path / "a.jpg")
        assert [first.step, second.step] == [0, 1]

    def test_an_image_of_pillow_and_a_figure_are_saved(self, run, finder):
        class Image:
            def getbands(self):
                return ("L",)

            def save(self, file, format):
                file.write(PNG + format.encode())

        class Figure:
            def savefig(self, file, format, **options):
                file.write(PNG + format.encode())

        run.log_image("image", Image())
        run.log_image("figure", Figure())
        assert [m.read() for m in finder.media(run.id)] == [PNG + b"png", PNG + b"PNG"]

    @pytest.mark.parametrize(
        "mode", ["CMYK", "YCbCr", "HSV", "I", "F", "1", "P", "LA", "PA", "La", "RGBa"]
    )
    def test_an_image_of_pillow_in_any_mode_is_kept(self, run, finder, mode):
        pillow = pytest.importorskip("PIL.Image")
        run.log_image("x", pillow.new(mode, (3, 2)))
        found = pillow.open(io.BytesIO(finder.media(run.id)[0].read()))
        assert (found.format, found.size) == ("PNG", (3, 2))

    def test_an_image_of_pillow_that_cannot_be_saved_is_named(self, run):
        pillow = pytest.importorskip("PIL.Image")
        with pytest.raises(MetricError, match="image 'x'"):
            run.log_image("x", pillow.new("RGB", (0, 0)))

    def test_axes_stand_for_their_figure(self, run, finder):
        figure = pytest.importorskip("matplotlib.figure").Figure()
        run.log_image("x", figure.subplots())
        assert finder.media(run.id)[0].read().startswith(SIGNATURE)

    @pytest.mark.parametrize(
        ("image", "said"),
        [
            (np.zeros((3, 20, 30)), r"channels come first.*transpose\(1, 2, 0\)"),
            (np.zeros((2, 2)) + 200.0, "floats must be from 0 to 1.*200"),
            (np.array([[0.5, np.inf]]), "from 0 to 1, and ±inf is no colour$"),
            (np.array([[-np.inf, 0.5]]), "±inf is no colour$"),
            (np.zeros((2, 2), int) - 1, "numbers from 0 to 255"),
            (np.zeros((0, 2)), "array of shape"),
            (b"<svg xmlns=''/>", "an SVG may run scripts"),
            (b"not an image", "an image is"),
            (object(), "not object"),
            ("nowhere.png", "cannot read 'nowhere.png'"),
        ],
    )
    def test_what_is_none_is_refused_with_its_name_and_what_to_do(self, run, finder, image, said):
        with pytest.raises(MetricError, match=f"image 'x'.*{said}"):
            run.log_image("x", image)
        assert finder.media(run.id) == []

    def test_the_same_content_is_kept_once(self, run, finder, tmp_path):
        for step in range(5):
            run.log_image("same", np.zeros((9, 9)), step)
        assert len({m.stored for m in finder.media(run.id)}) == 1
        folder = tmp_path / "runs.sqlite.artifacts"
        assert len(list(folder.glob("??/" + "?" * 64))) == 1

    def test_what_is_larger_than_the_limit_is_refused_and_the_limit_said(
        self, config, open_logger, finder, tmp_path
    ):
        config.experiment.sql.media_limit = 1000
        run = open_logger(config).start()
        (tmp_path / "a.png").write_bytes(PNG.ljust(1008, b"x"))
        for image in (PNG.ljust(1008, b"x"), tmp_path / "a.png"):
            with pytest.raises(MetricError, match=r"1,008 bytes, more than 1,000.*media_limit"):
                run.log_image("x", image)
        assert finder.media(run.id) == []

    def test_a_folder_that_cannot_be_written_does_not_stop_the_program(
        self, config, open_logger, finder, tmp_path
    ):
        (tmp_path / "file").write_text("in the way")
        config.experiment.sql.artifact_dir = tmp_path / "file"
        run = open_logger(config).start()
        with pytest.warns(TrackerWarning, match="image 'x'.*is lost"):
            run.log_image("x", PNG)
        run.log_metric("loss", 1.0)
        assert finder.media(run.id) == []


class TestHistograms:
    def test_edges_and_counts_are_kept(self, run, finder):
        run.log_histogram("weights", np.array([[0.0, 1.0], [1.0, 4.0]]), bins=4)
        run.log_histogram("weights", [0, 1, 1, 4], bins=4)
        for found in finder.media(run.id, kind="histogram"):
            assert found.read() == {"edges": [0, 1, 2, 3, 4], "counts": [1, 2, 0, 1]}

    def test_they_do_not_grow_with_the_values(self, run, finder):
        run.log_histogram("weights", np.random.RandomState(0).randn(100_000))
        found = finder.media(run.id)[0]
        assert (len(found.read()["counts"]), sum(found.read()["counts"])) == (64, 100_000)
        assert found.size < 4000

    def test_what_is_not_finite_is_counted_apart(self, run, finder):
        values = [1.0, math.nan, math.inf, math.inf, -math.inf]
        run.log_histogram("x", values, bins=1)
        run.log_histogram("x", np.array(values), bins=1)
        for found in finder.media(run.id):
            assert found.read() == {
                "edges": [0.5, 1.5],
                "counts": [1],
                "nan": 1,
                "inf": 2,
                "-inf": 1,
            }

    def test_equal_and_no_values_have_a_histogram_too(self, run, finder):
        for values in ([2.0, 2.0], np.array([1e20, np.nextafter(1e20, 2e20)]), []):
            run.log_histogram("x", values, bins=2)
        counts = [sum(found.read()["counts"]) for found in finder.media(run.id)]
        assert counts == [2, 2, 0]

    @pytest.mark.parametrize("values", ["abc", ["a"], 3, np.array(["a"])])
    def test_what_is_no_number_is_refused(self, run, values):
        with pytest.raises(MetricError, match="histogram 'x' needs numbers"):
            run.log_histogram("x", values)

    @pytest.mark.parametrize("kind", [list, np.array])
    def test_values_too_far_apart_for_bins_are_named(self, run, kind):
        with pytest.raises(MetricError, match="histogram 'x'.*too far apart"):
            run.log_histogram("x", kind([-1.7e308, 1.7e308]))

    def test_the_number_of_bins_is_checked(self, run):
        with pytest.raises(MetricError, match="bins must be from 1 to 4096, not 0"):
            run.log_histogram("x", [1], bins=0)


class TestTables:
    @pytest.mark.parametrize(
        "rows",
        [
            [{"word": "cat", "p": 0.5}, {"word": "dog", "p": 1}],
            {"word": ["cat", "dog"], "p": [0.5, 1]},
        ],
    )
    def test_columns_and_rows_are_kept(self, run, finder, rows):
        run.log_table("words", rows)
        (found,) = finder.media(run.id)
        assert found.read() == {"columns": ["word", "p"], "rows": [["cat", 0.5], ["dog", 1]]}
        assert found.data_info == {"columns": ["word", "p"], "rows": 2}

    def test_rows_without_names_may_be_given_some(self, run, finder):
        run.log_table("x", [[1, 2], [3, 4]])
        run.log_table("x", np.array([[1, 2], [3, 4]]), columns=["a", "b"])
        first, second = (found.read() for found in finder.media(run.id))
        assert (first["columns"], second["columns"]) == (["0", "1"], ["a", "b"])
        assert first["rows"] == second["rows"] == [[1, 2], [3, 4]]

    def test_a_data_frame_is_a_table(self, run, finder):
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})
        run.log_table("frame", frame)
        run.log_table("frame", frame.set_index("a"))
        for found in finder.media(run.id):
            assert found.read() == {"columns": ["a", "b"], "rows": [[1, "x"], [2, "y"]]}

    def test_the_index_of_a_data_frame_is_kept_unless_it_only_counts(self, run, finder):
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame({"a": ["x", "y"], "b": [1, 2], "p": [0.5, 1.0]})
        run.log_table("x", frame.iloc[::-1])
        run.log_table("x", frame[["p"]].rename(index={0: "mean", 1: "max"}))
        run.log_table("x", frame.groupby(["a", "b"]).sum())
        assert [found.read() for found in finder.media(run.id)] == [
            {"columns": ["a", "b", "p"], "rows": [["y", 2, 1.0], ["x", 1, 0.5]]},
            {"columns": ["index", "p"], "rows": [["mean", 0.5], ["max", 1.0]]},
            {"columns": ["a", "b", "p"], "rows": [["x", 1, 0.5], ["y", 2, 1.0]]},
        ]

    def test_days_and_decimals_are_kept_as_people_write_them(self, run, finder):
        day = dt.date(2026, 1, 2)
        run.log_table("x", [[day, dt.timedelta(1), Decimal("1.10"), Fraction(1, 3), b"raw"]])
        found = finder.media(run.id)[0].read()["rows"]
        assert found == [["2026-01-02", "1 day, 0:00:00", "1.10", "1/3", "b'raw'"]]

    def test_keys_that_a_row_lacks_are_empty_and_odd_values_text(self, run, finder):
        run.log_table("x", [{"a": math.nan}, {"b": object}, {"a": np.float32(0.5), "b": [1]}])
        assert finder.media(run.id)[0].read()["rows"] == [
            [pytest.approx(math.nan, nan_ok=True), None],
            [None, "<class 'object'>"],
            [0.5, [1]],
        ]

    def test_numbers_come_back_as_numbers_also_those_that_json_lacks(self, run, finder):
        run.log_table("x", {"p": [0.5, math.inf, -math.inf, np.float32("nan")], "t": list("abcd")})
        run.log_table("x", [["nan", math.nan]])
        first, second = (found.read()["rows"] for found in finder.media(run.id))
        assert [row[0] for row in first[:3]] == [0.5, math.inf, -math.inf]
        assert math.isnan(first[3][0])
        assert second[0][0] == "nan"
        assert math.isnan(second[0][1])

    def test_what_a_data_frame_lacks_is_none(self, run, finder):
        pandas = pytest.importorskip("pandas")
        moments = pandas.to_datetime(["2026-01-02", None])
        frame = pandas.DataFrame({"t": moments, "n": pandas.array([1, None], dtype="Int64")})
        run.log_table("x", frame)
        run.log_table("x", [[np.datetime64("NaT"), np.timedelta64("NaT"), None]])
        first, second = (found.read()["rows"] for found in finder.media(run.id))
        assert first == [["2026-01-02 00:00:00", 1], [None, None]]
        assert second == [[None, None, None]]

    def test_secrets_are_hidden(self, run, finder):
        run.log_table("x", [{"user": "ann", "password": "hunter2"}])
        assert finder.media(run.id)[0].read()["rows"] == [["ann", "[redacted]"]]

    def test_a_mapping_in_a_column_of_tokens_is_hidden_as_in_a_config(self, run, finder):
        said = {"text": "the", "logprob": -0.1}
        run.log_table(
            "x", {"token": [{"x": "s3cr3t"}, {"a": {"b": "s3cr3t"}}, ["the", "cat"], said]}
        )
        found = [row[0] for row in finder.media(run.id)[0].read()["rows"]]
        assert found == [{"x": "[redacted]"}, {"a": "[redacted]"}, ["the", "cat"], said]

    def test_in_a_column_of_tokens_only_what_is_made_as_a_key_is_hidden(self, run, finder):
        cells = ["the", "ĠRepublican", "x1", 7, None, "a1b2c3d4e5f6a7b8c9"]
        run.log_table("x", {"token": cells, "prob": [0.1] * 6, "hf_token": cells})
        rows = finder.media(run.id)[0].read()["rows"]
        assert [row[0] for row in rows] == [*cells[:5], "[redacted]"]
        assert {row[2] for row in rows} == {"[redacted]"}

    def test_a_column_that_is_named_as_secret_is_hidden_whole(self, path):
        sql = {"db_path": path, "secret_keys": ["token"]}
        logger = SQLLogger({"experiment": {"project_name": "p", "sql": sql}})
        with logger.start() as run:
            run.log_table("x", {"token": ["the"], "n": [1]})
        finder = SQLFinder({"experiment": {"sql": sql}})
        assert finder.media(run.uuid)[0].read()["rows"] == [["[redacted]", 1]]

    def test_so_is_what_follows_the_name_of_one_in_a_row(self, run, finder):
        rows = [["lr", 0.1], ["password", "hunter2"], ["token", "label"], [None, 1]]
        run.log_table("x", rows, columns=["name", "value"])
        found = finder.media(run.id)[0].read()["rows"]
        assert found == [["lr", 0.1], ["password", "[redacted]"], ["token", "label"], [None, 1]]

    @pytest.mark.parametrize(
        "columns", [["name", "value", "source"], ["key", "new", "by"], ["Param", "Default", "at"]]
    )
    def test_so_it_is_where_the_columns_say_which_are_name_and_value(self, run, finder, columns):
        rows = [["lr", "x1", "y2"], ["HF_TOKEN", "x1Y2z3", "env2"], ["password", "abc", "a"]]
        run.log_table("x", rows, columns=columns)
        hidden = [rows[0], ["HF_TOKEN", "[redacted]", "env2"], ["password", "[redacted]", "a"]]
        assert finder.media(run.id)[0].read()["rows"] == hidden

    def test_what_stands_below_a_name_is_none(self, run, finder):
        rows = [["password", "x1"], ["epochs", "5"]]
        run.log_table("x", rows, columns=["word", "count"])
        found = finder.media(run.id)[0].read()["rows"]
        assert found == [["password", "[redacted]"], ["epochs", "5"]]

    @pytest.mark.parametrize(
        "rows", [3, "abc", ["abc"], [1, 2], [[1], [1, 2]], {"a": 1}, {"a": "bc"}, {"a": {"b": 1}}]
    )
    def test_what_is_none_is_refused(self, run, rows):
        with pytest.raises(MetricError, match="table 'x'"):
            run.log_table("x", rows)


class TestTextsSoundsAndFilms:
    def test_texts_are_kept_whole_and_without_secrets(self, run, finder):
        run.log_text("sample", "Once upon a time\n" * 1000 + "ä\0")
        run.log_text("sample", "password=hunter2")
        first, second = (found.read() for found in finder.media(run.id))
        assert first == "Once upon a time\n" * 1000 + "ä\\x00"
        assert "hunter2" not in second

    def test_a_text_of_a_secrets_name_is_hidden(self, run, finder):
        run.log_text("db.password", "two words")
        run.log_text("num_tokens", "two words")
        assert [found.read() for found in finder.media(run.id)] == ["[redacted]", "two words"]

    def test_a_text_that_is_too_long_is_refused(self, run):
        with pytest.raises(MetricError, match=r"more than 1,000,000.*log_artifact"):
            run.log_text("x", "x" * 1_000_001)

    def test_sounds_and_films_are_files(self, run, finder, tmp_path):
        (tmp_path / "a.mp4").write_bytes(MP4 + b"rest")
        run.log_audio("speech", WAV, caption="hello")
        run.log_video("play", tmp_path / "a.mp4")
        film, sound = finder.media(run.id)
        assert (sound.read(), sound.data_info["type"]) == (WAV, "audio/wav")
        assert (film.read(), film.data_info["type"]) == (MP4 + b"rest", "video/mp4")

    def test_what_is_of_another_kind_is_refused(self, run):
        for log in (run.log_audio, run.log_video):
            with pytest.raises(MetricError, match=r"'x' is no .* known"):
                log("x", PNG)
            with pytest.raises(MetricError, match="not list"):
                log("x", [1.0])


class TestSteps:
    def test_they_count_up_for_each_kind_and_key(self, run, finder):
        run.log_metric("x", 1.0, step=7)
        run.log_text("x", "a")
        run.log_text("x", "b", step=5)
        run.log_text("x", "c")
        run.log_histogram("x", [1])
        found = [(m.data_type, m.step) for m in finder.media(run.id)]
        assert sorted(found) == [("histogram", 0), ("text", 0), ("text", 5), ("text", 6)]

    def test_they_go_on_after_a_run_was_reopened(self, logger, finder):
        with logger.start() as run:
            run.log_text("x", "a", step=4)
        logger.reopen(run.id).log_text("x", "b")
        logger.flush()
        assert [m.step for m in finder.media(run.id)] == [4, 5]

    @pytest.mark.parametrize(("key", "step"), [("", 0), ("x" * 256, 0), (3, 0), ("x", "a")])
    def test_keys_and_steps_are_checked(self, run, key, step):
        with pytest.raises(MetricError):
            run.log_text(key, "a", step)


class TestReading:
    def test_media_are_chosen_by_key_and_kind(self, run, finder):
        run.log_text("a", "1")
        run.log_text("b", "2")
        run.log_image("b", PNG)
        assert [m.key for m in finder.media(run.id)] == ["a", "b", "b"]
        assert len(finder.media(run.id, key="b")) == 2
        assert [m.read() for m in finder.media(run.uuid, "b", "image")] == [PNG]
        with pytest.raises(NotFoundError, match="no kind 'imge'.*image"):
            finder.media(run.id, kind="imge")
        with pytest.raises(NotFoundError, match="no run 99"):
            finder.media(99)

    def test_they_are_apart_from_artifacts(self, run, finder):
        run.log_text("a", "1")
        run.log_artifact(__file__, "code")
        assert [a.path for a in finder.artifacts(run.id)] == [__file__]
        found = finder.get_run(run.id)
        assert (len(found.artifacts), [m.key for m in found.media]) == (1, ["a"])

    def test_an_artifact_is_read_where_a_copy_was_kept(self, run, finder, tmp_path):
        (tmp_path / "a").write_bytes(b"1")
        run.log_artifact(tmp_path / "a", "x", copy=True)
        run.log_artifact(tmp_path / "a", "x")
        kept, named = finder.artifacts(run.id)
        assert kept.read() == b"1"
        with pytest.raises(FileNotFoundError, match="no copy"):
            named.read()

    def test_they_are_no_difference_between_runs(self, logger, finder):
        runs = []
        for text in "ab":
            with logger.start() as run:
                run.log_text("sample", text)
            runs.append(run.id)
        assert finder.compare(*runs).artifacts == {}

    def test_the_command_shows_them(self, run, finder, path, command):
        run.log_text("sample", "a")
        run.log_image("faces", PNG, 7)
        run.log_image("faces", PNG, 9)
        run.finish()
        shown = command("show", str(run.id), "--db", path)
        assert "faces   image, 2 of steps 7 to 9" in shown
        assert "sample  text, step 0" in shown
        told = json.loads(command("show", str(run.id), "--db", path, "--json"))
        assert [m["key"] for m in told["media"]] == ["sample", "faces", "faces"]


def test_the_logger_hands_them_to_its_current_run(logger, finder):
    run_id = logger.run()
    logger.log_image("image", np.zeros((2, 2)), step=1)
    logger.log_table("table", [{"a": 1}])
    logger.log_text("text", "a")
    logger.log_histogram("histogram", [1, 2], bins=2)
    logger.log_audio("audio", WAV)
    logger.log_video("video", MP4, caption="x")
    logger.finish()
    found = finder.media(run_id)
    assert [m.data_type for m in found] == [m.key for m in found]
    assert len(found) == 6


def test_a_folder_has_a_manifest(logger, finder, tmp_path):
    (tmp_path / "model" / "deep").mkdir(parents=True)
    (tmp_path / "model" / "a.txt").write_bytes(b"")
    (tmp_path / "model" / "deep" / "b.bin").write_bytes(b"weights")
    with logger.start() as run:
        run.log_artifact(tmp_path / "model", "model")
        run.log_artifact(tmp_path / "model" / "a.txt", "file")
    folder, file = finder.artifacts(run.id)
    assert [(one["name"], one["size"]) for one in folder.files] == [("a.txt", 0), ("deep/b.bin", 7)]
    assert folder.files[1]["hash"].startswith("9a129038d9a0")
    assert file.files is None


def test_an_image_of_matplotlib(run, finder):
    pyplot = pytest.importorskip("matplotlib.figure")
    figure = pyplot.Figure(figsize=(1, 1))
    figure.add_subplot().plot([1, 2])
    run.log_image("curve", figure)
    assert finder.media(run.id)[0].read().startswith(SIGNATURE)


def test_an_image_of_pillow(run, finder):
    images = pytest.importorskip("PIL.Image")
    run.log_image("red", images.new("RGB", (3, 2), "red"))
    opened = images.open(io.BytesIO(finder.media(run.id)[0].read()))
    assert (opened.size, opened.getpixel((0, 0))) == ((3, 2), (255, 0, 0))
