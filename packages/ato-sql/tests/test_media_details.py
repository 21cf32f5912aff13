"""What counts as an image, a histogram, a table, a sound or a film, whatever library made it."""

import io
import math
import os
import sys

import pytest

from ato_sql import MetricError, SQLLogger
from helping import PNG


@pytest.fixture
def run(logger):
    with logger.start() as run:
        yield run


@pytest.fixture
def last(run, finder):
    """Return what was logged last."""
    return lambda: finder.media(run.id)[-1]


class TestHistogramsOfNumbers:
    def test_a_list_needs_no_library(self, run, last):
        run.log_histogram("w", [0.0, 0.1, 0.9, 1.0], bins=2)
        assert last().read() == {"edges": [0.0, 0.5, 1.0], "counts": [2, 2]}

    def test_any_iterable_of_any_numbers_will_do(self, run, last):
        run.log_histogram("w", (n for n in (True, 2, 3.5)), bins=1)
        assert last().read()["counts"] == [3]

    def test_nan_and_infinity_are_counted_apart(self, run, last):
        run.log_histogram("w", [0.0, 1.0, math.nan, math.inf, math.inf, -math.inf], bins=1)
        found = last().read()
        assert (found["counts"], found["nan"], found["inf"], found["-inf"]) == ([2], 1, 2, 1)

    def test_complex_numbers_are_none_here(self, run):
        np = pytest.importorskip("numpy")
        for values in ([1j], np.array([1j]), np.array([1 + 0j], dtype="complex64")):
            with pytest.raises(MetricError, match="histogram 'w' needs numbers"):
                run.log_histogram("w", values)

    @pytest.mark.parametrize("unit", ["D", "ns"])
    @pytest.mark.parametrize("kind", ["datetime64", "timedelta64"])
    def test_days_and_durations_are_none_either(self, run, kind, unit):
        days = pytest.importorskip("numpy").arange(3).astype(f"{kind}[{unit}]")
        for values in (days, list(days)):
            with pytest.raises(MetricError, match="histogram 'x' needs numbers"):
                run.log_histogram("x", values)

    def test_of_no_numbers_there_are_no_bins(self, run, last):
        run.log_histogram("w", [])
        assert last().read() == {"edges": [], "counts": []}

    def test_equal_values_lie_in_the_middle(self, run, last):
        run.log_histogram("w", [5.0, 5.0], bins=3)
        assert last().read() == {
            "edges": [4.5, pytest.approx(4.8333333), pytest.approx(5.1666667), 5.5],
            "counts": [0, 2, 0],
        }

    def test_by_default_there_are_sixty_four_bins(self, run, last):
        run.log_histogram("w", [0, 1])
        assert len(last().read()["counts"]) == 64

    @pytest.mark.parametrize("values", [["a"], "abc", [b"1"], [None], [[1]], 3, [10**400]])
    def test_what_is_no_number_is_refused_by_the_name_of_the_histogram(self, run, values):
        with pytest.raises(MetricError, match="histogram 'w' needs numbers"):
            run.log_histogram("w", values)

    @pytest.mark.parametrize("bins", [0, -1, 4097, 1.5, "8", None])
    def test_a_number_of_bins_is_from_1_to_4096(self, run, bins):
        with pytest.raises(MetricError, match=r"histogram 'w': bins must be from 1 to 4096"):
            run.log_histogram("w", [1.0], bins=bins)

    @pytest.mark.parametrize(
        "values", [[1.0, 5e306], [-8e307, 8e307], [sys.float_info.max], [0.0, 5e-324]]
    )
    def test_edges_are_finite_and_rise_whatever_the_values(self, run, last, values):
        run.log_histogram("w", values)
        edges = last().read()["edges"]
        assert all(map(math.isfinite, edges))
        assert all(low < high for low, high in zip(edges, edges[1:]))

    def test_values_as_far_apart_as_floats_go_have_no_bins(self, run):
        with pytest.raises(MetricError, match=r"from -1e\+308 to 1e\+308 are too far apart"):
            run.log_histogram("w", [-1e308, 1e308])


class Failing:
    """Of another's code, whatever is asked of it."""

    def fail(self, *arguments):
        raise RuntimeError("no device")

    __array__ = __float__ = __fspath__ = __index__ = __iter__ = __len__ = __str__ = fail
    detach = savefig = fail


class Unnumbered:
    """Of numbers as log_histogram may be given them."""

    def __float__(self):
        raise RuntimeError("no device")


class TestForeignErrors:
    """What a value's own code raises is named, and reaches a program as ato's own error."""

    @pytest.mark.parametrize(
        ("method", "values"),
        [
            ("log_histogram", [1, Unnumbered()]),
            ("log_histogram", Failing()),
            ("log_image", Failing()),
            ("log_audio", Failing()),
            ("log_video", Failing()),
            ("log_table", Failing()),
            ("log_table", [Failing()]),
            ("log_text", Failing()),
        ],
    )
    def test_of_media_it_is_named(self, run, method, values):
        with pytest.raises(MetricError, match="'w'.*no device|log_text keeps.*no device"):
            getattr(run, method)("w", values)

    def test_of_columns_it_is_named(self, run):
        with pytest.raises(MetricError, match="table 'w' .*no device"):
            run.log_table("w", [[1]], columns=[Failing()])

    def test_of_the_path_of_an_artifact_it_is_named(self, run):
        with pytest.raises(MetricError, match="path of an artifact .*no device"):
            run.log_artifact(Failing(), "model")

    def test_of_tags_it_is_named(self, logger):
        with pytest.raises(MetricError, match="the tags .*no device"):
            logger.start(tags=Failing())

    def test_of_what_went_wrong_it_is_named_and_the_run_can_end(self, logger, finder):
        run = logger.start()
        with pytest.raises(MetricError, match="what went wrong must be a text"):
            run.finish("failed", error=Failing())
        run.finish("failed", error=ValueError("7 is odd"))
        assert finder.get_run(run.id).error == "7 is odd"


class Tensor:
    """Looks like a tensor of torch on an accelerator."""

    def __init__(self, array):
        self.array = array

    def detach(self):
        return self

    cpu = float = detach

    def numpy(self):
        return self.array


class TestOtherLibraries:
    np = pytest.importorskip("numpy")

    def test_the_histogram_of_a_tensor(self, run, last):
        run.log_histogram("w", Tensor(self.np.arange(4.0)), bins=2)
        assert last().read()["counts"] == [2, 2]

    def test_the_histogram_of_a_series(self, run, last):
        class Series:
            def to_numpy(self):
                return TestOtherLibraries.np.array([1, 2])

        run.log_histogram("w", Series(), bins=2)
        assert last().read()["counts"] == [1, 1]

    def test_the_image_of_a_tensor(self, run, last):
        run.log_image("x", Tensor(self.np.zeros((2, 3))))
        assert last().data_info["type"] == "image/png"

    def test_the_image_of_what_only_becomes_an_array(self, run, last):
        class Lazy:
            def __array__(self):
                return TestOtherLibraries.np.zeros((2, 3))

        run.log_image("x", Lazy())
        assert last().read().startswith(PNG[:8])

    def test_an_array_of_texts_has_no_histogram(self, run):
        with pytest.raises(MetricError, match="histogram 'w' needs numbers, not <U1"):
            run.log_histogram("w", self.np.array(["a"]))

    def test_channels_that_come_first_are_told_how_to_come_last(self, run):
        with pytest.raises(MetricError, match=r"come first: use .transpose\(1, 2, 0\)"):
            run.log_image("x", self.np.zeros((3, 8, 8)))

    @pytest.mark.parametrize("shape", [(8,), (2, 2, 5), (0, 4), (2, 2, 2, 2)])
    def test_another_shape_is_named(self, run, shape):
        with pytest.raises(MetricError, match="not an array of shape"):
            run.log_image("x", self.np.zeros(shape))

    def test_floats_beyond_one_are_told_their_range(self, run):
        with pytest.raises(MetricError, match="are from 0 to 255; divide them, or give uint8"):
            run.log_image("x", self.np.array([[0.0, 255.0]]))

    def test_integers_beyond_a_byte_are_refused(self, run):
        with pytest.raises(MetricError, match="numbers from 0 to 255 are needed"):
            run.log_image("x", self.np.array([[0, 256]]))

    def test_what_is_masked_is_black(self, run, last):
        numpy = pytest.importorskip("numpy")
        pillow = pytest.importorskip("PIL.Image")
        given = numpy.ma.masked_array(numpy.ones((2, 2)), mask=numpy.eye(2))
        run.log_image("x", given)
        assert numpy.array(pillow.open(io.BytesIO(last().read()))).tolist() == [[0, 255], [255, 0]]

    def test_a_frame_is_no_image(self, run):
        pandas = pytest.importorskip("pandas")
        with pytest.raises(MetricError, match="image 'x': .*; not DataFrame"):
            run.log_image("x", pandas.DataFrame({"a": [1]}))

    def test_a_little_rounding_is_no_mistake(self, run, last):
        run.log_image("x", self.np.array([[-0.004, 1.004]]))
        assert last().key == "x"

    def test_a_frame_of_polars_is_a_table(self, run, last):
        class Frame:
            columns = ["word", "p"]

            def iter_rows(self):
                return iter([("cat", 0.5)])

        run.log_table("words", Frame())
        assert last().read() == {"columns": ["word", "p"], "rows": [["cat", 0.5]]}


class TestTables:
    def test_columns_of_different_lengths_are_refused(self, run):
        with pytest.raises(MetricError, match="table 'x' has columns of different lengths"):
            run.log_table("x", {"a": [1, 2], "b": [1]})

    def test_a_row_of_another_length_is_refused(self, run):
        with pytest.raises(MetricError, match="has 2 columns, and a row of another length"):
            run.log_table("x", [[1, 2, 3]], columns=["a", "b"])

    def test_a_dict_of_single_values_says_what_is_wanted(self, run):
        with pytest.raises(MetricError, match="in the dict of columns each is a list"):
            run.log_table("x", {"loss": 0.5})

    def test_a_structured_array_has_names_for_its_columns(self, run, last):
        np = pytest.importorskip("numpy")
        rows = np.array([(1, "a"), (2, "b")], dtype=[("x", "i4"), ("y", "U3")])
        run.log_table("x", rows)
        assert last().read() == {"columns": ["x", "y"], "rows": [[1, "a"], [2, "b"]]}

    def test_an_empty_table_is_one(self, run, last):
        run.log_table("x", [])
        assert last().read() == {"columns": [], "rows": []}

    def test_columns_may_share_a_name(self, run, last):
        run.log_table("x", [[1, 2]], columns=["a", "a"])
        assert last().read() == {"columns": ["a", "a"], "rows": [[1, 2]]}

    @pytest.mark.parametrize(
        "rows", [[{"a": 1, "b": 2}], {"a": [1], "b": [2]}], ids=["dicts", "columns"]
    )
    def test_of_columns_with_names_those_are_kept_that_were_asked_for(self, run, last, rows):
        run.log_table("x", rows, columns=["b", "a"])
        assert last().read() == {"columns": ["b", "a"], "rows": [[2, 1]]}
        run.log_table("x", rows, columns=["b"])
        assert last().read() == {"columns": ["b"], "rows": [[2]]}

    def test_a_column_that_it_lacks_is_refused(self, run):
        with pytest.raises(MetricError, match="table 'x' has no column 'los'; did you mean 'loss'"):
            run.log_table("x", [{"loss": 1}], columns=["los"])

    def test_of_a_frame_the_columns_that_were_asked_for_and_none_for_missing_texts(self, run, last):
        pandas = pytest.importorskip("pandas")
        texts, kinds = ["x", None], pandas.Categorical(["a", None])
        run.log_table("x", pandas.DataFrame({"n": [1.0, math.nan], "text": texts, "kind": kinds}))
        assert last().read()["rows"][0] == [1.0, "x", "a"]
        number, *missing = last().read()["rows"][1]
        assert (math.isnan(number), missing) == (True, [None, None])
        run.log_table("y", pandas.DataFrame({"a": [1], "b": [2]}), columns=["b", "a"])
        assert last().read() == {"columns": ["b", "a"], "rows": [[2, 1]]}

    def test_what_is_masked_is_missing(self, run, last):
        numpy = pytest.importorskip("numpy")
        run.log_table("x", numpy.ma.masked_array([[7.0, 7.0]], mask=[[False, True]]))
        assert last().read()["rows"] == [[7.0, None]]

    def test_a_cell_that_cannot_be_shown_is_kept_by_its_type(self, run, last):
        class Broken:
            def __str__(self):
                raise RuntimeError

            __repr__ = __str__

        run.log_table("x", [[Broken()]])
        assert last().read()["rows"] == [["<repr failed: RuntimeError>"]]

    def test_how_many_rows_and_which_columns_is_told_without_reading_it(self, run, last):
        run.log_table("x", [{"a": 1}, {"a": 2}])
        assert last().data_info == {"columns": ["a"], "rows": 2}


class TestFiles:
    @pytest.mark.parametrize(
        ("data", "kind", "ending"),
        [
            (b"ID3\x04" + b"\0" * 20, "audio/mpeg", "mp3"),
            (b"OggS" + b"\0" * 20, "audio/ogg", "ogg"),
            (b"fLaC" + b"\0" * 20, "audio/flac", "flac"),
            (b"\0\0\0\x20ftypM4A " + b"\0" * 20, "audio/mp4", "m4a"),
        ],
    )
    def test_sounds_of_each_kind(self, run, last, data, kind, ending):
        run.log_audio("speech", data, step=3, caption="hello")
        found = last()
        assert (found.data_info["type"], found.data_info["caption"]) == (kind, "hello")
        assert (found.step, found.read()) == (3, data)

    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b"OggS" + b"\0" * 20, "video/ogg"),
            (b"\x1aE\xdf\xa3" + b"\0" * 20, "video/webm"),
            (b"\0\0\0\x20ftypqt  " + b"\0" * 20, "video/quicktime"),
        ],
    )
    def test_films_of_each_kind(self, run, last, data, kind):
        run.log_video("play", data)
        assert last().data_info["type"] == kind

    def test_bytes_of_any_sort_will_do(self, run, finder):
        for data in (PNG, bytearray(PNG), memoryview(PNG)):
            run.log_image("x", data)
        assert {found.read() for found in finder.media(run.id)} == {PNG}

    def test_a_path_may_be_a_text_or_a_path(self, run, finder, tmp_path):
        (tmp_path / "a.png").write_bytes(PNG)
        run.log_image("x", tmp_path / "a.png")
        run.log_image("x", str(tmp_path / "a.png"))
        assert [found.path for found in finder.media(run.id)] == [str(tmp_path / "a.png")] * 2

    @pytest.mark.parametrize("log", ["log_image", "log_audio", "log_video"])
    def test_a_file_that_is_not_there_is_named(self, run, log, tmp_path):
        with pytest.raises(MetricError, match="'x': cannot read '.*gone.bin'"):
            getattr(run, log)("x", tmp_path / "gone.bin")

    def test_a_drawing_that_may_run_scripts_is_told_where_it_may_go(self, run):
        with pytest.raises(MetricError, match="an SVG may run scripts, log it with log_artifact"):
            run.log_image("x", b"<svg xmlns='http://www.w3.org/2000/svg'>")

    def test_what_is_too_large_says_the_limit_and_how_to_raise_it(
        self, config, open_logger, tmp_path
    ):
        config.experiment.sql.media_limit = 10
        (tmp_path / "a.png").write_bytes(PNG)
        with open_logger(config).start() as run:
            for image in (PNG, tmp_path / "a.png"):
                with pytest.raises(MetricError, match="has .. bytes, more than 10.*media_limit"):
                    run.log_image("x", image)

    def test_a_copy_that_was_removed_cannot_be_read(self, run, last):
        run.log_image("x", PNG)
        found = last()
        os.remove(found.stored)
        with pytest.raises(FileNotFoundError):
            found.read()

    def test_texts_and_histograms_are_in_the_row_and_need_no_file(self, run, finder, path):
        run.log_text("story", "once")
        run.log_histogram("w", [1.0])
        assert [found.stored for found in finder.media(run.id)] == [None, None]
        assert not os.path.exists(f"{path}.artifacts")


class TestOfMachines:
    def test_what_is_not_installed_needs_no_array(self, run, last, monkeypatch):
        monkeypatch.setitem(sys.modules, "numpy", None)
        run.log_histogram("w", [1.0, 2.0], bins=1)
        assert last().read()["counts"] == [2]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes of Unix")
class TestWhatIsNoFile:
    @pytest.mark.parametrize("log", ["log_image", "log_audio", "log_video"])
    def test_pipes_and_devices_are_refused_and_not_waited_for(self, run, tmp_path, log):
        os.mkfifo(str(tmp_path / "pipe"))
        for path in (str(tmp_path / "pipe"), "/dev/zero"):
            with pytest.raises(MetricError, match="is a device or a pipe"):
                getattr(run, log)("k", path)

    @pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="only Linux has it")
    def test_a_file_that_does_not_say_its_size_is_not_read_beyond_the_limit(self, path):
        config = {"experiment": {"sql": {"db_path": path, "media_limit": 100}}}
        with SQLLogger(config).start() as run:
            with pytest.raises(MetricError, match="more than 100"):
                run.log_image("k", "/proc/self/maps")
