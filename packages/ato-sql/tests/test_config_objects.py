"""What a config may hold beside plain values, and when two of them are the same."""

import functools
import os

import pytest


@pytest.fixture
def same(keep):
    """Tell whether two values are one to `skip_if_done` and to whoever compares hashes."""
    return lambda a, b: keep({"x": a}).value_hash == keep({"x": b}).value_hash


def adds(number):
    return lambda value: value + number


class Layer:
    def __init__(self, width, name="a"):
        self.width, self.name = width, name

    def call(self):
        return self.width


class Counter:
    """Goes on to the next value each time it is asked; to look at it would change it."""

    def __next__(self):
        return 1


class TestFunctions:
    def test_what_it_does_counts_and_not_what_its_variables_are_called(self, same):
        def one(a):
            return a * 2 + len(a)

        def other(x):
            return x * 2 + len(x)

        assert same(one, one)
        other.__qualname__ = one.__qualname__
        assert same(one, other)

    def test_a_default_counts(self, same):
        def one(a, b=1):
            return a

        def other(a, b=2):
            return a

        other.__qualname__ = one.__qualname__
        assert not same(one, other)

    def test_a_default_of_a_keyword_counts(self, same):
        def one(a, *, b=1):
            return a

        def other(a, *, b=2):
            return a

        other.__qualname__ = one.__qualname__
        assert not same(one, other)

    def test_what_it_closes_over_counts(self, same):
        assert same(adds(1), adds(1))
        assert not same(adds(1), adds(2))

    def test_one_that_refers_to_itself_before_it_is_there_is_no_trouble(self, keep):
        def outer():
            def inner():
                return later

            kept = keep({"x": inner})
            later = 1
            return kept, later

        assert outer()[0].status == "completed"

    def test_a_constant_within_counts(self, same):
        assert not same(lambda: "a", lambda: "b")

    def test_a_set_among_its_constants_has_no_order(self, same):
        assert same(lambda v: v in {"a", "b", "c"}, lambda v: v in {"c", "b", "a"})

    def test_a_function_within_counts(self, same):
        assert not same(lambda: lambda: 1, lambda: lambda: 2)

    def test_of_a_method_the_object_counts_too(self, same):
        assert same(Layer(1).call, Layer(1).call)
        assert not same(Layer(1).call, Layer(2).call)

    def test_a_partial_counts_with_its_arguments(self, same):
        assert same(functools.partial(adds, 1), functools.partial(adds, 1))
        assert not same(functools.partial(adds, number=1), functools.partial(adds, number=2))

    def test_a_built_in_is_known_by_its_name(self, keep):
        assert keep({"x": len}).config["x"]["value"] == "<built-in function len>"

    def test_a_class_is_known_by_its_name(self, keep):
        found = keep({"x": Layer}).config["x"]
        assert found["type"] == "builtins.type"
        assert found["value"].endswith("Layer'>")


class TestObjects:
    def test_equal_attributes_make_equal_objects(self, same):
        assert same(Layer(1), Layer(1))
        assert not same(Layer(1), Layer(2))

    def test_what_they_hold_is_kept_beside_their_name(self, keep):
        found = keep({"x": Layer(3)}).config["x"]
        assert found["state"] == {"width": 3, "name": "a"}
        assert found["type"].endswith("Layer")

    def test_a_large_one_is_kept_by_a_hash(self, keep, same):
        found = keep({"x": Layer("y" * 10_000)}).config["x"]
        assert found["state"].startswith("sha256:")
        assert not same(Layer("y" * 10_000), Layer("z" * 10_000))

    def test_an_iterator_is_not_asked_for_anything(self, keep):
        assert "state" not in keep({"x": Counter()}).config["x"]

    def test_two_that_hold_each_other_end(self, keep):
        one, other = Layer(1), Layer(2)
        one.width, other.width = other, one
        assert keep({"x": one}).status == "completed"

    def test_a_property_that_fails_is_no_trouble(self, keep):
        class Odd:
            @property
            def shape(self):
                raise RuntimeError

        assert keep({"x": Odd()}).config["x"]["type"].endswith("Odd")

    def test_one_that_fails_whatever_it_is_asked_for_is_known_by_its_type(self, keep):
        class Disconnected:
            def __getattr__(self, name):
                raise ConnectionError(name)

        found = keep({"x": Disconnected()}).config["x"]
        assert found["type"].endswith("Disconnected")
        assert "state" not in found

    def test_a_path_is_its_text(self, keep, tmp_path):
        assert keep({"x": tmp_path}).config == {"x": str(tmp_path)}
        assert keep({"x": os.fspath(tmp_path)}).config == {"x": str(tmp_path)}

    def test_bytes_are_kept_whole(self, keep, same):
        assert keep({"x": b"ab"}).config["x"]["value"] == "b'ab'"
        assert not same(bytearray(b"a"), bytearray(b"b"))

    def test_sets_have_no_order(self, same):
        assert same({"a", "b", 3}, {3, "b", "a"})


class TestArrays:
    np = pytest.importorskip("numpy")

    def test_the_values_count_that_the_repr_leaves_out(self, same):
        one, other = self.np.zeros(10_000), self.np.zeros(10_000)
        assert same(one, other)
        other[5000] = 1
        assert not same(one, other)

    def test_type_and_shape_count(self, same):
        assert not same(self.np.zeros(4), self.np.zeros(4, "f4"))
        assert not same(self.np.zeros(4), self.np.zeros((2, 2)))

    def test_arrays_of_objects_are_told_apart_by_what_they_hold(self, same):
        kinds = [self.np.array(["a", None], object), self.np.array(["b", None], object)]
        assert not same(*kinds)
        assert same(kinds[0], kinds[0].copy())

    def test_the_hash_of_the_content_stands_beside_the_repr(self, keep):
        found = keep({"x": self.np.arange(3)}).config["x"]
        assert found["value"] == "array([0, 1, 2])"
        assert found["content"].startswith("sha256:")

    def test_a_number_of_no_dimension_is_a_number(self, keep):
        assert keep({"x": self.np.array(0.5), "y": self.np.float64(2)}).config == {
            "x": 0.5,
            "y": 2.0,
        }

    @pytest.mark.parametrize("text", ["2026-11-24", "2026-11-24T00:00:00.123456789"])
    def test_a_moment_of_numpy_is_kept_by_its_repr(self, keep, text):
        found = keep({"x": self.np.datetime64(text)}).config["x"]
        assert text in found["value"]

    def test_what_is_masked_is_no_number(self, keep):
        found = keep({"x": self.np.ma.masked, "y": [self.np.ma.masked]}).config
        assert (found["x"]["value"], found["y"][0]["value"]) == ("masked", "masked")

    def test_a_tensor_counts_by_its_values(self, same):
        class Tensor:
            def __init__(self, values):
                self.values = TestArrays.np.array(values)

            def __repr__(self):
                return "tensor(...)"

            def detach(self):
                return self

            cpu = detach

            def numpy(self):
                return self.values

        assert same(Tensor([1]), Tensor([1]))
        assert not same(Tensor([1]), Tensor([2]))

    def test_a_data_frame_counts_by_values_and_types(self, same):
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame({"a": [1, 2]})
        assert same(frame, frame.copy())
        assert not same(frame, frame.astype(float))
        assert not same(frame["a"], frame["a"] + 1)


class TestComingBack:
    def test_keys_that_are_no_texts(self, keep, finder):
        row = keep({1: "a", (2, 3): "b", None: "c", "[x": "d", "[1]": "e"})
        assert finder.get_config(row.id) == {1: "a", (2, 3): "b", None: "c", "[x": "d", "[1]": "e"}

    def test_a_key_that_says_no_value_of_python_stays_a_text(self, keep, finder):
        row = keep({Layer: 1})
        (key,) = finder.get_config(row.id)
        assert key.endswith("Layer'>]")

    def test_special_numbers_wherever_they_stand(self, keep, finder):
        row = keep({"x": [float("inf"), {"y": float("-inf")}], "z": 10**5000})
        found = finder.get_config(row.id)
        assert found.x == [float("inf"), {"y": float("-inf")}]
        assert found.z == 10**5000
