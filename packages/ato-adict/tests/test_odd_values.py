"""Values that are no plain data: each has one meaning, or is refused by an error that names it."""

import collections
import ctypes
import datetime
import enum
import io
import socket
import subprocess
import sys
import threading
import types
import weakref

import pytest

from ato_adict import ADict, ConversionError, jsonable

FORMATS = ["yaml", "json", "jsonl", "toml", "xyz"]
METHODS = ("__bool__", "__fspath__", "__getattr__", "__len__")


def function():
    yield 1


async def coroutine():
    pass


def fail(*_, **__):
    raise RuntimeError("of another's code")


def failing(name, base=object):
    """Return a class one of whose methods fails, or whose attribute of that name does."""
    is_method = name != "__class__" and (callable(getattr(base, name, None)) or name in METHODS)
    return type("Odd", (base,), {name: fail if is_method else property(fail)})


class Metaclass(type):
    def __getattribute__(cls, name):
        raise RuntimeError("of another's code")


class OfMetaclass(metaclass=Metaclass):
    pass


class Duck:
    """Has the names of an array's attributes, and others' values."""

    dtype = 5
    shape = 3

    def tobytes(self):
        return 7

    def tolist(self):
        return 1


class Structure(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int)]  # noqa: RUF012


class Named:
    def __init__(self, name):
        self.name = name


class File(io.StringIO):
    pass


class Slotted:
    __slots__ = ("__dict__", "__weakref__", "a")

    def __init__(self, a, b):
        self.a, self.b = a, b


@pytest.fixture
def unclosed():
    """Return a coroutine that nobody awaits, and close it."""
    made = coroutine()
    yield made
    made.close()


def refuses(config, kind):
    """Check that the hash of a config is refused by one line that names key, type and fix."""
    pattern = rf"an object of type {kind} has no canonical form.*, at 'm\.x'; leave it out"
    with pytest.raises(ConversionError, match=pattern) as error:
        config.get_value_hash()
    assert "\n" not in str(error.value)


class TestHash:
    @pytest.mark.parametrize(
        "value",
        [
            function(),
            (i for i in []),
            iter([1]),
            zip([1], [2]),
            io.StringIO("x"),
            io.BytesIO(b"x"),
            File("x"),
            sys.stderr,
            threading.Lock(),
            threading.RLock(),
            memoryview(b"ab"),
            ctypes.c_int(3),
            Structure(1),
            weakref.ref(Named),
            object().__str__,
            function.__code__,
            sys._getframe(),
            collections.deque([1]),
            Duck(),
            OfMetaclass(),
            failing("__getattr__")(),
            failing("__fspath__")(),
            failing("__dict__")(),
            failing("__iter__", list)([1]),
        ],
        ids=lambda value: type.__dict__["__name__"].__get__(type(value)),
    )
    def test_of_what_has_no_one_meaning_is_refused_with_its_key(self, value):
        refuses(ADict(m={"x": value}), type.__dict__["__name__"].__get__(type(value)))

    def test_of_a_coroutine_is_refused_with_its_key(self, unclosed):
        refuses(ADict(m={"x": unclosed}), "coroutine")

    def test_of_a_socket_is_refused_with_its_key(self):
        with socket.socket() as made:
            refuses(ADict(m={"x": made}), "socket")

    def test_names_the_place_in_a_list(self):
        config = ADict(a=[1, {"b": (2, iter([]))}])
        with pytest.raises(ConversionError, match=r"at 'a\[1\]\.b\[1\]'"):
            config.get_value_hash()

    def test_of_attributes_that_have_none_names_the_key_of_the_object(self):
        with pytest.raises(ConversionError, match="type generator .*, at 'm'"):
            ADict(m=Named(function())).get_value_hash()

    def test_of_a_module_is_of_its_name(self):
        here, elsewhere = types.ModuleType("m"), types.ModuleType("m")
        elsewhere.__file__ = "/elsewhere/m.py"
        assert ADict(x=here).get_value_hash() == ADict(x=elsewhere).get_value_hash()
        assert ADict(x=here).get_value_hash() != ADict(x=types).get_value_hash()

    @pytest.mark.parametrize("name", ["__eq__", "__bool__", "__len__", "__repr__"])
    def test_does_not_ask_what_it_does_not_need(self, name):
        made = failing(name)
        assert ADict(x=made()).get_value_hash() == ADict(x=made()).get_value_hash()

    def test_of_slots_beside_attributes_depends_on_both(self):
        hashes = {ADict(x=Slotted(a, b)).get_value_hash() for a in (1, 2) for b in (1, 2)}
        assert len(hashes) == 4

    def test_of_flags_depends_on_which_are_set(self):
        flags = enum.Flag("flags", "A B C")
        set_together = [flags.A | flags.B, flags.A | flags.C, flags.A, flags(0)]
        assert len({ADict(x=one).get_value_hash() for one in set_together}) == 4

    def test_of_flags_is_the_same_on_every_version(self):
        flags = enum.Flag("flags", "A B C", module="golden")
        text = ADict(x=flags.A | flags.C).get_value_hash()
        assert text == "6a1b1053127d6d66dfbc35f60be3ac182a86e95a1461d8022e1871fc481e4b3c"


def test_what_fails_to_say_its_class_is_no_value():
    with pytest.raises(ConversionError, match="an object of type Odd is no value"):
        ADict(x=failing("__class__")())
    with pytest.raises(ConversionError, match="an object of type Odd is no value"):
        ADict().update(x=[failing("__getattribute__")()])


@pytest.mark.parametrize("format", ["json", "yaml", "toml", "xyz"])
def test_a_type_is_named_with_its_article(format):
    with pytest.raises(ConversionError, match=r"cannot hold an object \(<object"):
        ADict(x=object()).dumps(format)


def test_a_difference_of_what_cannot_be_compared_is_one():
    made = failing("__eq__", collections.deque)
    assert ADict(x=made([1])).diff(ADict(x=made([1]))).changed
    same = made([1])
    assert not ADict(x=same).diff(ADict(x=same))


class TestDumps:
    @pytest.mark.parametrize("format", FORMATS)
    @pytest.mark.parametrize(
        "value",
        [
            function(),
            io.StringIO("x"),
            memoryview(b"ab"),
            range(3),
            collections.deque([1]),
            OfMetaclass(),
            failing("__getattr__")(),
            failing("__fspath__")(),
            failing("__iter__", list)([1]),
            failing("dtype")(),
            type("Odd", (), {"__class__": 5})(),
            datetime.datetime(2020, 1, 1, tzinfo=failing("utcoffset", datetime.tzinfo)()),
            enum.Flag("flags", "A B")(3),
            enum.IntFlag("flags", "A B")(3),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_refuse_what_no_format_holds_with_its_key(self, value, format):
        with pytest.raises(ConversionError, match=r"cannot hold a .*, at 'm\.x'") as error:
            ADict(m={"x": value}).dumps(format)
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize("format", FORMATS)
    def test_write_members_of_enums_by_the_names_that_restore_them(self, format):
        flags = enum.IntFlag("flags", "A B")
        assert ADict.loads(ADict(x=flags.B).dumps(format), format) == {"x": "B"}

    @pytest.mark.parametrize("format", FORMATS)
    def test_write_the_value_of_a_number_whatever_its_methods_say(self, format):
        class Seven(int):
            def __int__(self):
                return 8

        class Half(float):
            def __float__(self):
                return 0.25

        config = ADict(n=Seven(7), x=Half(0.5))
        assert ADict.loads(config.dumps(format), format) == {"n": 7, "x": 0.5}

    def test_refuse_members_of_a_set_that_are_written_alike(self):
        colors = enum.Enum("colors", "RED")
        assert ADict.loads(ADict(x={colors.RED}).dumps("xyz"), "xyz") == {"x": {"RED"}}
        with pytest.raises(
            ConversionError, match="a set with members that are written alike, .*'x"
        ):
            ADict(x={colors.RED, "RED"}).dumps("xyz")

    def test_name_the_key_of_a_set_with_a_member_that_is_not_written(self):
        with pytest.raises(ConversionError, match=r"a set with a range .*, at 'm\.x'"):
            ADict(m={"x": {range(3)}}).dumps("xyz")


DIGEST = """
import numpy
from ato_adict import ADict
print(ADict(x=numpy.longdouble(1) / 10, y=numpy.array([1, 2], "g")).get_value_hash())
"""


class TestNumpy:
    @pytest.fixture
    def numpy(self):
        return pytest.importorskip("numpy")

    @pytest.mark.parametrize("format", FORMATS)
    def test_what_is_masked_is_refused(self, numpy, format):
        array = numpy.ma.array([1, 2], mask=[0, 1])
        record = numpy.ma.array([(1, 2)], dtype="i,i", mask=[(0, 1)])[0]
        for value in (numpy.ma.masked, array[1], array, numpy.ma.array(1, mask=True), record):
            with pytest.raises(ConversionError, match=r"(?i)cannot hold a masked.*, at 'm\.x'"):
                ADict(m={"x": value}).dumps(format)
        assert ADict.loads(ADict(x=array[0]).dumps(format), format) == {"x": 1}

    @pytest.mark.parametrize("format", FORMATS)
    @pytest.mark.parametrize(
        "words",
        [
            ("datetime64", "NaT", "s"),
            ("datetime64", "2020-01-01T00:00:00.123456789"),
            ("datetime64", "20200-01-01"),
            ("datetime64", 2**62, "s"),
            ("timedelta64", "NaT", "s"),
            ("timedelta64", 3, "ns"),
            ("timedelta64", 3, "Y"),
        ],
        ids=str,
    )
    def test_a_time_to_which_none_of_python_is_equal_is_refused(self, numpy, words, format):
        value = getattr(numpy, words[0])(*words[1:])
        for one in (value, numpy.array(value)):
            with pytest.raises(ConversionError, match="which no plain value equals, at 'x'"):
                ADict(x=one).dumps(format)

    @pytest.mark.parametrize("format", ["yaml", "toml", "xyz"])
    @pytest.mark.parametrize("unit", ["ns", "us", "s"])
    def test_a_time_is_the_equal_one_whatever_its_unit(self, numpy, unit, format):
        moment = datetime.datetime(2020, 1, 2, 3, 4, 5)
        text = ADict(x=numpy.datetime64("2020-01-02T03:04:05", unit)).dumps(format)
        assert ADict.loads(text, format) == {"x": moment}

    @pytest.mark.parametrize("format", FORMATS)
    def test_records_are_refused(self, numpy, format):
        with pytest.raises(ConversionError, match="cannot hold a void .*, at 'x'"):
            ADict(x=numpy.zeros(1, "i,i")[0]).dumps(format)

    @pytest.mark.parametrize("format", FORMATS)
    def test_a_long_double_is_the_equal_float_or_refused(self, numpy, format):
        text = ADict(x=numpy.longdouble(0.5)).dumps(format)
        assert ADict.loads(text, format) == {"x": 0.5}
        tenth = numpy.longdouble(1) / 10
        if tenth != 0.1:
            with pytest.raises(ConversionError, match="which no plain value equals, at 'x'"):
                ADict(x=tenth).dumps(format)

    def test_what_is_masked_has_a_hash(self, numpy):
        def digest(value):
            return ADict(x=value).get_value_hash()

        assert digest(numpy.ma.masked) == digest(numpy.ma.masked)
        masked = numpy.ma.array([1, 7], mask=[0, 1])
        assert digest(masked) == digest(numpy.ma.array([1, 8], mask=[0, 1], fill_value=5))
        others = [[1, 7], [1, 999999], numpy.ma.array([1, 7], mask=[1, 0])]
        assert digest(masked) not in map(digest, map(numpy.ma.asarray, others))

    def test_what_fills_up_a_long_double_is_no_part_of_its_hash(self, numpy):
        hashes = {subprocess.check_output([sys.executable, "-c", DIGEST]) for _ in range(3)}
        assert len(hashes) == 1

    def test_what_fills_up_a_record_is_no_part_of_its_hash(self, numpy):
        aligned = numpy.dtype("i1,i8", align=True)
        one, two = (numpy.frombuffer(fill * 16, aligned).copy() for fill in (b"\0", b"\1"))
        two["f0"], two["f1"] = 0, 0
        assert ADict(x=one).get_value_hash() == ADict(x=two).get_value_hash()

    def test_a_difference_of_masked_values_is_told(self, numpy):
        one, two = (numpy.ma.array([1, 2], mask=mask) for mask in ([0, 1], [1, 0]))
        assert ADict(x=one).diff(ADict(x=two)).changed
        assert not ADict(x=numpy.ma.masked).diff(ADict(x=numpy.ma.masked))

    def test_for_people_what_is_masked_is_no_number(self, numpy):
        found = jsonable([numpy.ma.masked, numpy.datetime64("2020-01-01")])
        assert found == ["masked", "2020-01-01"]
