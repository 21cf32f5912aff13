"""`hash_output`: equal values give equal hashes, everywhere."""

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
import random
import re
import subprocess
import sys
import types
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ato_adict import ADict
from ato_trace import HashError, hash_output


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Flags(enum.IntFlag):
    A = 1
    B = 2


@dataclasses.dataclass
class Record:
    x: int
    y: object = None


Point = collections.namedtuple("Point", "x y")

VALUES = {
    "None": None,
    "Ellipsis": ...,
    "True": True,
    "False": False,
    "0": 0,
    "1": 1,
    "-1": -1,
    "2**63": 2**63,
    "-2**64": -(2**64),
    "1.0": 1.0,
    "0.0": 0.0,
    "-0.0": -0.0,
    "inf": math.inf,
    "nan": math.nan,
    "1j": 1j,
    "''": "",
    "'1'": "1",
    "surrogate": "\ud800",
    "b''": b"",
    "b'1'": b"1",
    "[]": [],
    "()": (),
    "{}": {},
    "set()": set(),
    "[1]": [1],
    "(1,)": (1,),
    "{1}": {1},
    "{1: 1}": {1: 1},
    "[[1]]": [[1]],
    "[1, 2]": [1, 2],
    "[2, 1]": [2, 1],
    "twelve integers": list(range(12)),
    "twelve floats": [float(i) for i in range(12)],
    "twelve mixed": [*range(11), 11.0],
    "range(12)": range(12),
    "slice": slice(1, 2),
    "record": Record(1),
    "other record": Record(2),
    "point": Point(1, 2),
    "tuple of the point": (1, 2),
    "red": Colour.RED,
    "blue": Colour.BLUE,
    "flags": Flags.A | Flags.B,
    "date": datetime.date(2020, 1, 1),
    "datetime": datetime.datetime(2020, 1, 1),
    "utc": datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc),
    "duration": datetime.timedelta(1),
    "decimal": decimal.Decimal("1.0"),
    "decimal 1.00": decimal.Decimal("1.00"),
    "fraction": fractions.Fraction(1, 3),
    "path": pathlib.PurePosixPath("a/b"),
    "uuid": uuid.UUID(int=1),
    "regex": re.compile("a"),
    "regex with flags": re.compile("a", re.IGNORECASE),
    "array": array.array("d", [1.0, 2.0]),
    "deque": collections.deque([1, 2]),
    "type": dict,
}


class TestDistinctions:
    def test_all_of_these_differ(self):
        hashes = {}
        for name, value in VALUES.items():
            other = hashes.setdefault(hash_output(value), name)
            assert other == name, f"{name} equals {other}"

    def test_these_do_not(self):
        def equal(one, other):
            return hash_output(one) == hash_output(other)

        assert equal({"a": 1, "b": [2]}, {"b": [2], "a": 1})
        assert equal({1, "a", (2, 3)}, {(2, 3), "a", 1})
        assert equal({"a": {"b": 1}}, ADict(a=ADict(b=1)))
        assert equal({"a": 1}, collections.OrderedDict(a=1))
        assert equal({"a": 1}, collections.Counter("a"))
        assert equal({"a": 1}, types.MappingProxyType({"a": 1}))
        assert equal({1}, frozenset([1]))
        assert equal(b"x", bytearray(b"x"))
        assert equal(b"x", memoryview(b"x"))
        assert equal(math.nan, -math.nan)
        assert equal(Record(1, [2]), Record(1, [2]))

    def test_nothing_can_be_moved_between_neighbours(self):
        values = [["a", "b"], ["ab", ""], ["", "ab"], [["a"], "b"], ["a", ["b"]], [["a", "b"]]]
        assert len({hash_output(value) for value in values}) == len(values)

    def test_reading_for_the_hash_is_no_access(self):
        config = ADict(a=1, b=ADict(c=2))
        hash_output(config)
        assert not config.accessed_keys


class TestStability:
    # These may never change: they are stored in databases.
    @pytest.mark.parametrize(
        ("value", "start"),
        [
            (None, "8ce86a6ae65d3692"),
            (1, "d219cc776a7dc926"),
            ([1, 2.5, "x"], "fd23b765abc8aa13"),
            ({"a": {1, 2}, "b": (None, True)}, "b9afda4a46e54a5a"),
            (Flags.A | Flags.B, "0f5cd1fcd3c9b211"),
            (Record(1, Point(1, 2)), "4f174cba8c057cd6"),
        ],
    )
    def test_golden_hashes(self, value, start):
        assert hash_output(value).startswith(start)

    def test_the_hash_seed_of_the_process_does_not_matter(self):
        program = (
            "from ato_trace import hash_output\n"
            "print(hash_output({'a', 'b', 'c', ('d', 1)}), hash_output({'x': {'y', 'z'}}))"
        )
        outputs = {
            subprocess.run(
                [sys.executable, "-c", program],
                env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                stdout=subprocess.PIPE,
                check=True,
            ).stdout
            for seed in ("1", "2", "3")
        }
        assert len(outputs) == 1


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=8,
)


def shuffled(value):
    """The same value with its dicts in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        random.shuffle(items)
        return {key: shuffled(item) for key, item in items}
    if isinstance(value, (list, tuple)):
        return type(value)(shuffled(item) for item in value)
    return value


def tagged(value):
    """A form whose equality is that of hashes: with types, and NaN equal to itself."""
    if isinstance(value, dict):
        return "dict", frozenset((tagged(k), tagged(v)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return type(value).__name__, tuple(tagged(item) for item in value)
    if isinstance(value, float):
        return "float", "nan" if value != value else (value, math.copysign(1, value))
    return type(value).__name__, value


@settings(max_examples=50, deadline=None)
@given(trees)
def test_the_order_of_dicts_never_matters(value):
    assert hash_output(value) == hash_output(shuffled(value))


@settings(max_examples=50, deadline=None)
@given(trees, trees | st.sampled_from([0, 0.0, False, "", b"", [], (), {}]))
def test_hashes_are_equal_exactly_when_values_are(one, other):
    assert (hash_output(one) == hash_output(other)) == (tagged(one) == tagged(other))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.integers(0, 6))
def test_rounding_before_hashing_is_idempotent(values, decimals):
    scale = 10.0**decimals
    rounded = [round(value * scale) / scale for value in values]
    once = hash_output(rounded, decimals=decimals)
    assert once == hash_output([round(v * scale) / scale for v in rounded], decimals=decimals)


class TestQuantisation:
    def test_decimals(self):
        assert hash_output(0.12341, decimals=3) == hash_output(0.12339, decimals=3)
        assert hash_output(0.1234, decimals=3) != hash_output(0.1244, decimals=3)
        assert hash_output([0.0, 1], decimals=3) == hash_output([-1e-9, 1], decimals=3)
        assert hash_output(math.inf, decimals=3) != hash_output(math.nan, decimals=3)

    def test_relative(self):
        for scale in (1e-300, 1e-9, 1.0, 1e300):
            base = 1.2345678 * scale
            assert hash_output(base, rtol=1e-4) == hash_output(base * (1 + 1e-9), rtol=1e-4)
            assert hash_output(base, rtol=1e-4) != hash_output(base * (1 + 1e-2), rtol=1e-4)

    def test_powers_of_two_are_no_boundary(self):
        assert hash_output(1.0 - 1e-12, rtol=1e-6) == hash_output(1.0 + 1e-12, rtol=1e-6)

    def test_integers_are_never_rounded(self):
        assert hash_output(1234567, decimals=-3) != hash_output(1234568, decimals=-3)

    @pytest.mark.parametrize("arguments", [{"rtol": 0}, {"rtol": 2}, {"rtol": 0.1, "decimals": 1}])
    def test_impossible_requests(self, arguments):
        with pytest.raises(ValueError, match=r"rtol|decimals"):
            hash_output(1.0, **arguments)


class TestErrors:
    def path_of(self, value):
        with pytest.raises(HashError) as caught:
            hash_output(value)
        assert "inspect_fn" in str(caught.value)
        return caught.value.path

    def test_the_path_inside_the_value_is_named(self):
        thing = object()
        assert self.path_of(thing) == "value"
        assert self.path_of([1, {"model": Record(1, thing)}]) == "value[1]['model'].y"
        assert self.path_of({"a": (1, [thing])}) == "value['a'][1][0]"
        assert self.path_of(Point(1, {2: thing})) == "value.y[2]"

    def test_functions_and_generators(self):
        with pytest.raises(HashError, match="a function has no canonical value"):
            hash_output(lambda: 1)
        generator = (i for i in range(3))
        with pytest.raises(HashError, match="would consume it"):
            hash_output(generator)
        assert list(generator) == [0, 1, 2]

    def test_containers_inside_themselves_and_too_deep(self):
        loop = [1]
        loop.append({"again": loop})
        assert self.path_of(loop) == "value[1]['again']"
        deep = []
        for _ in range(10_000):
            deep = [deep]
        with pytest.raises(HashError, match="nested too deeply"):
            hash_output(deep)

    def test_the_random_generator_of_the_system(self):
        with pytest.raises(HashError, match="has no state"):
            hash_output(random.SystemRandom())
        assert hash_output(random.Random(1)) == hash_output(random.Random(1))

    def test_the_same_object_twice_is_fine(self):
        shared = [1]
        assert hash_output([shared, shared]) == hash_output([[1], [1]])
