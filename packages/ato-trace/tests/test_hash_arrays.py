"""`hash_output` of NumPy arrays, SciPy matrices and pandas tables."""

import os
import subprocess
import sys
import threading
import tracemalloc

import pytest

from ato_trace import HashError, hash_output

np = pytest.importorskip("numpy")

LARGE_GOLDEN = "7380afab32e57cc7e4a4c84b9d85e540e9b6cc74b5b2ec2005143e2921fd6f2f"


def equal(one, other, **how):
    return hash_output(one, **how) == hash_output(other, **how)


@pytest.fixture
def matrix():
    return np.random.RandomState(0).rand(40, 50)


class TestArrays:
    def test_memory_layout_does_not_matter(self, matrix):
        assert equal(matrix, np.asfortranarray(matrix))
        assert equal(matrix, matrix[::-1][::-1])
        assert equal(matrix, np.repeat(matrix, 2, axis=1)[:, ::2])
        assert equal(matrix, matrix.astype(">f8"))
        assert equal(np.array([1, 2], ">i4"), np.array([1, 2], "<i4"))
        assert equal(np.broadcast_to(matrix, (3, 40, 50)), np.stack([matrix] * 3))

    def test_values_shape_and_dtype_do(self, matrix):
        assert not equal(matrix, matrix + 1e-15)
        assert not equal(matrix, matrix.T)
        assert not equal(matrix, matrix.reshape(50, 40))
        assert not equal(matrix, matrix.astype("f4"))
        assert not equal(np.zeros(3, "i4"), np.zeros(3, "u4"))
        assert not equal(np.zeros((0, 3)), np.zeros((0, 4)))
        assert not equal(np.zeros(()), np.zeros((1,)))

    def test_every_nan_is_the_same(self):
        usual = np.array([1.0, np.nan])
        negative = np.array([1.0, -np.nan])
        payload = np.array([0x3FF0000000000000, 0x7FF8000000000001], "u8").view("f8")
        assert usual.tobytes() != negative.tobytes() != payload.tobytes()
        assert equal(usual, negative)
        assert equal(usual, payload)
        assert equal(usual.astype("f2"), negative.astype("f2"))
        assert equal(usual.astype("c16"), negative.astype("c16"))

    @pytest.mark.parametrize(
        "array",
        [
            np.array([True, False]),
            np.arange(5, dtype="u1"),
            np.arange(5).astype("f2"),
            np.arange(5).astype("c8"),
            np.arange(5).astype(np.longdouble),
            np.array(["a", "bcd", "\u00e9"]),
            np.array([b"a", b"bcd"]),
            np.array(["2020-01-01", "NaT"], "M8[D]"),
            np.array([1, 2], "m8[s]"),
            np.array([(1, 2.0, "x")], [("a", "i4"), ("b", "f8"), ("c", "U3")]),
            np.array([1, "a", None, [2]], dtype=object),
            np.array([[]]),
            np.array(3.0),
        ],
        ids=lambda array: str(array.dtype),
    )
    def test_every_kind_of_element(self, array):
        assert equal(array, array.copy(order="F"))
        assert not equal(array, array.reshape(*array.shape, 1))

    def test_padding_of_extended_precision_is_not_read(self):
        one, other = np.empty(3, np.longdouble), np.zeros(3, np.longdouble)
        one.view("u1")[:] = 255
        one[:] = other[:] = [1, 2, 3]
        assert equal(one, other)

    def test_what_is_masked_has_no_value(self):
        one = np.ma.array([1.0, 2.0], mask=[False, True])
        other = np.ma.array([1.0, 3.0], mask=[False, True])
        assert equal(one, other)
        assert not equal(one, np.ma.array([1.0, 2.0], mask=[False, False]))
        texts = [np.ma.array(["a", text], mask=[False, True], dtype=object) for text in "bc"]
        assert equal(*texts)

    def test_strings_of_any_length(self):
        if not hasattr(np.dtypes if hasattr(np, "dtypes") else np, "StringDType"):
            pytest.skip("new in NumPy 2")
        kind = np.dtypes.StringDType()
        assert equal(np.array(["a", "bcd"], kind), np.array(["a", "bcd"], kind))
        assert not equal(np.array(["a", "bcd"], kind), np.array(["ab", "cd"], kind))

    def test_scalars_of_numpy_are_those_of_python_where_they_are_the_same_number(self):
        assert equal(np.float64(1.5), 1.5)
        assert equal(np.int32(3), 3)
        assert equal(np.bool_(True), True)
        assert equal(np.str_("x"), "x")
        assert equal([np.float64(i) for i in range(20)], [float(i) for i in range(20)])
        assert not equal(np.float32(1.5), 1.5)
        assert equal(np.datetime64("2020"), np.datetime64("2020"))

    def test_random_generators_by_their_state(self):
        def state(seed):
            return hash_output(np.random.RandomState(seed))

        assert state(0) == state(0) != state(1)

    def test_rounding(self, matrix):
        noisy = matrix + 1e-13
        assert not equal(matrix, noisy)
        assert equal(matrix, noisy, decimals=6)
        assert equal(matrix, matrix * (1 + 1e-14), rtol=1e-5)
        assert equal(matrix.astype("f4"), np.asfortranarray(matrix.astype("f4")), rtol=1e-3)
        assert equal(matrix.astype("c16"), noisy.astype("c16"), decimals=6)
        assert equal([0.1234], [np.float64(0.12341)], decimals=3)

    def test_the_path_of_a_bad_element_is_named(self):
        bad = np.array([1, object()], dtype=object)
        with pytest.raises(HashError) as caught:
            hash_output({"x": bad})
        assert caught.value.path == "value['x'][1]"

    @pytest.mark.parametrize("order", ["C", "F", "strided", "swapped", "masked"])
    def test_large_arrays_are_streamed(self, order):
        size = 12_000_000  # 96 MB
        array = np.zeros((3000, 4000), order="F" if order == "F" else "C")
        if order == "strided":
            array = np.zeros((3000, 8000))[:, ::2]
        if order == "swapped":
            array = array.astype(">f8")
        if order == "masked":
            array = np.ma.array(array, mask=np.zeros(array.shape, bool))
        assert array.size == size
        hash_output(array[:2])
        tracemalloc.start()
        hash_output(array)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 64 << 20


class TestLargeArrays:
    """Above one MiB an array is hashed piece by piece, in several threads."""

    @pytest.fixture(scope="class")
    def large(self):
        array = np.arange(600_000, dtype="f8").reshape(600, 1000)
        array[7, 7] = np.nan
        return array

    def test_memory_layout_does_not_matter(self, large):
        assert equal(large, np.asfortranarray(large))
        assert equal(large, np.repeat(large, 2, axis=1)[:, ::2])
        assert equal(large, large.astype(">f8"))
        assert equal(large[::-1], large[::-1].copy())
        assert equal(np.broadcast_to(large[0], (600, 1000)), np.stack([large[0]] * 600))
        texts = np.array([["abc", "d"]] * 100_000)
        assert equal(texts, np.asfortranarray(texts))

    @pytest.mark.parametrize("place", [(0, 0), (300, 500), (599, 999)])
    def test_every_element_counts(self, large, place):
        other = large.copy()
        other[place] += 0.5
        assert not equal(large, other)

    def test_every_nan_is_the_same(self, large):
        other = large.copy()
        other[7, 7] = -np.nan
        assert large.tobytes() != other.tobytes()
        assert equal(large, other)

    def test_rounding(self, large):
        assert equal(large, np.asfortranarray(large + 1e-9), decimals=3)
        assert not equal(large, large + 0.1, decimals=3)

    def test_what_is_masked_has_no_value(self, large):
        mask = np.zeros(large.shape, bool)
        mask[5] = True
        other = large.copy()
        other[5] = 0
        assert equal(np.ma.array(large, mask=mask), np.ma.array(other, mask=mask))
        assert not equal(np.ma.array(large, mask=mask), np.ma.array(other, mask=~mask))

    def test_the_hash_is_the_same_on_every_python(self):
        assert hash_output(np.arange(500_000, dtype="<i8")) == LARGE_GOLDEN

    @pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs affinity")
    def test_the_number_of_processors_does_not_matter(self):
        program = (
            "import os, numpy, ato_trace\n"
            "os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\n"
            "print(ato_trace.hash_output(numpy.arange(500_000, dtype='<i8')))"
        )
        done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
        assert done.stdout.decode().strip() == LARGE_GOLDEN

    def test_an_error_in_a_piece_is_raised(self, large, monkeypatch):
        def fail(_):
            raise MemoryError("no room")

        monkeypatch.setattr(np, "isnan", fail)
        with pytest.raises(MemoryError, match="no room"):
            hash_output(large)

    def test_where_no_thread_can_start_one_does_all(self, large, monkeypatch):
        expected = hash_output(large)

        def refuse(_):
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        assert hash_output(large) == expected


class TestSparse:
    def test_the_format_does_not_matter(self):
        sparse = pytest.importorskip("scipy.sparse")
        matrix = sparse.random(30, 40, 0.1, random_state=0)
        formats = [matrix.tocsr(), matrix.tocsc(), matrix.tolil(), matrix.todok(), matrix.tocoo()]
        assert len({hash_output(m) for m in formats}) == 1
        assert not equal(matrix, matrix * 2)
        assert not equal(matrix, matrix.T)

    def test_duplicates_and_explicit_zeros_do_not_matter(self):
        sparse = pytest.importorskip("scipy.sparse")
        plain = sparse.coo_matrix(([3.0], ([0], [1])), shape=(2, 2))
        summed = sparse.coo_matrix(([1.0, 2.0, 0.0], ([0, 0, 1], [1, 1, 1])), shape=(2, 2))
        assert equal(plain, summed)


class TestPandas:
    @pytest.fixture
    def frame(self):
        pd = pytest.importorskip("pandas")
        return pd.DataFrame(
            {
                "integers": [1, 2, 3],
                "floats": [1.0, np.nan, 3.0],
                "texts": ["a", None, "c"],
                "kinds": pd.Categorical(["u", "v", "u"]),
                "days": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
                "zoned": pd.to_datetime(["2020-01-01"] * 3).tz_localize("UTC"),
                "nullable": pd.array([1, None, 3], dtype="Int64"),
            },
            index=["x", "y", "z"],
        )

    def test_a_copy_is_equal(self, frame):
        assert equal(frame, frame.copy())
        assert equal(frame.iloc[::-1].iloc[::-1], frame)

    def test_values_names_order_and_index_count(self, frame):
        changed = frame.copy()
        changed.iloc[0, 0] = 9
        others = [
            changed,
            frame.rename(columns={"floats": "other"}),
            frame[list(frame.columns[::-1])],
            frame.reset_index(drop=True),
            frame.iloc[::-1],
            frame.astype({"integers": "float64"}),
            frame.iloc[:2],
        ]
        assert len({hash_output(other) for other in [frame, *others]}) == len(others) + 1

    def test_series_indexes_and_scalars(self, frame):
        pd = pytest.importorskip("pandas")
        for column in frame:
            assert equal(frame[column], frame[column].copy())
        values = [
            pd.Timestamp("2020-01-01"),
            pd.Timestamp("2020-01-01", tz="UTC"),
            pd.Timedelta("1s"),
            pd.NaT,
            pd.NA,
            pd.Period("2020-01"),
            pd.Interval(0, 1),
            pd.MultiIndex.from_product([["a", "b"], [1, 2]]),
            pd.date_range("2020", periods=3),
            pd.IntervalIndex.from_breaks([0, 1, 2]),
        ]
        assert len({hash_output(value) for value in values}) == len(values)

    def test_the_path_of_a_bad_element_is_named(self):
        pd = pytest.importorskip("pandas")
        with pytest.raises(HashError) as caught:
            hash_output([pd.DataFrame({"q": [1, object()]})])
        assert caught.value.path == "value[0]['q'][1]"
