"""`verify`: the same, within tolerance, or changed, and where most."""

import dataclasses
import math

import pytest

from ato_trace import hash_output, verify


@dataclasses.dataclass
class Result:
    loss: float
    curve: list


def outcome(old, new, **how):
    result = verify(old, new, **how)
    return result.status, result.path


def test_the_same():
    value = {"a": [1, 2.5, "x", None], "b": Result(0.1, [1.0])}
    result = verify(value, {"b": Result(0.1, [1.0]), "a": [1, 2.5, "x", None]})
    assert result.status == "same"
    assert result
    assert str(result) == "same"


def test_within_tolerance():
    result = verify(Result(1.0, [2.0, 4.0]), Result(1.0, [2.0, 4.00001]), rtol=1e-5)
    assert result.status == "within tolerance"
    assert result
    assert result.path == "value.curve[1]"
    assert result.difference == pytest.approx(1e-5)
    assert result.relative == pytest.approx(2.5e-6)


def test_changed():
    result = verify({"loss": 1.0}, {"loss": 1.5})
    assert not result
    assert str(result) == (
        "changed: largest difference 0.5 (relative 0.5) at value['loss']: 1.0 became 1.5"
    )


def test_what_is_out_of_tolerance_comes_before_what_is_larger():
    assert outcome([1e6, 1.0], [1e6 + 1, 1.1], rtol=1e-5) == ("changed", "value[1]")


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ({"a": 1}, {"b": 1}, "value['a']"),
        ({"a": 1}, {"a": 1, "b": 1}, "value['b']"),
        ([1], [1, 2], "value"),
        ([1], (1,), "value"),
        ({"a": "x"}, {"a": "y"}, "value['a']"),
        ([None], [1], "value[0]"),
        (1.0, math.nan, "value"),
        (1.0, math.inf, "value"),
        ({1, 2}, {1, 3}, "value"),
    ],
)
def test_structure_and_other_values_must_be_equal(old, new, path):
    assert outcome(old, new, rtol=0.5, atol=10) == ("changed", path)


def test_nan_and_infinity_equal_themselves():
    assert outcome([math.nan, math.inf], [math.nan, math.inf]) == ("same", "")


def test_a_changed_type_of_number_is_not_the_same():
    assert outcome(1, 1.0) == ("within tolerance", "value")


def test_a_stored_hash_is_a_baseline_too():
    assert verify(hash_output([1]), [1]).status == "same"
    result = verify(hash_output([1]), [2])
    assert result.status == "changed"
    assert "keep the value itself" in str(result)


def test_negative_tolerances():
    with pytest.raises(ValueError, match="cannot be negative"):
        verify(1, 1, rtol=-1)


class TestArrays:
    @pytest.fixture
    def np(self):
        return pytest.importorskip("numpy")

    def test_the_worst_element_is_found(self, np):
        old = np.arange(20.0).reshape(4, 5)
        new = old.copy()
        new[2, 3] += 1e-7
        assert outcome({"x": old}, {"x": new}) == ("within tolerance", "value['x'][2, 3]")
        new[1, 1] = np.nan
        assert outcome({"x": old}, {"x": new}) == ("changed", "value['x'][1, 1]")

    def test_shape_dtype_and_kind(self, np):
        old = np.ones((2, 3))
        assert verify(old, np.ones((3, 2))).reason == "shape (2, 3) became (3, 2)"
        assert verify(old, old.astype("f4")).reason == "dtype float64 became float32"
        assert verify(old, old.tolist()).status == "changed"
        assert verify(np.array(["a", "b"]), np.array(["a", "c"])).path == "value[1]"
        assert verify(np.array([1, None]), np.array([1, 2])).path == "value[1]"
        assert verify(np.array([1, 2]), np.array([1, 3])).difference == 1

    def test_tables_and_sparse_matrices(self, np):
        pd = pytest.importorskip("pandas")
        sparse = pytest.importorskip("scipy.sparse")
        frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
        assert outcome(frame, frame.copy())[0] == "same"
        assert outcome(frame, frame.assign(a=[1.0, 2.5])) == ("changed", "value['a'][1]")
        assert outcome(frame, frame.assign(b=["x", "z"]))[0] == "changed"
        assert outcome(sparse.eye(3), sparse.eye(3) * (1 + 1e-9))[0] == "within tolerance"
