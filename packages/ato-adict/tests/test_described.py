"""Dataclasses with computed fields, paths, enums and dates: there and back, and by key."""

import dataclasses
import datetime
import decimal
import fractions
import ipaddress
import pathlib
import sys
import uuid
from dataclasses import InitVar, dataclass, field
from enum import Enum, IntEnum
from typing import Any, ClassVar, Dict, List, Optional, Union

import pytest

from ato_adict import ADict, ConversionError, Schema, ValidationError


class Kind(Enum):
    SMALL = 1
    BIG = "large"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass
class Model:
    depth: int = 18
    width: Optional[int] = None


@dataclass
class Everything:
    """A bit of everything.

    Attributes:
        data: Where the data is.
        lr: Not this text, since the field has its own.
    """

    shared: ClassVar[int] = 3
    data: pathlib.Path = pathlib.Path("/data")
    lr: float = field(default=0.1, metadata={"help": "Learning rate", "gt": 0})
    kind: Kind = Kind.BIG
    level: Level = Level.HIGH
    day: datetime.date = datetime.date(2018, 11, 25)
    moment: datetime.datetime = datetime.datetime(2018, 11, 25, 22, 22)
    hour: datetime.time = datetime.time(22, 22)
    model: Model = field(default_factory=Model)
    extra: Optional[Model] = None
    models: List[Model] = field(default_factory=lambda: [Model(1), Model(2, 3)])
    heads: Dict[str, Model] = field(default_factory=lambda: {"a": Model(4)})
    total: float = field(init=False)
    scale: InitVar[float] = 2.0

    def __post_init__(self, scale):
        self.total = self.lr * scale


VALUES = [
    Everything(),
    Everything(lr=0.5),
    Everything(data=pathlib.Path("x/y")),
    Everything(kind=Kind.SMALL),
    Everything(level=Level.LOW),
    Everything(day=datetime.date(2024, 2, 29)),
    Everything(moment=datetime.datetime(2024, 2, 29, 1, 2, 3, 4)),
    Everything(moment=datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)),
    Everything(extra=Model(7)),
    Everything(models=[]),
    Everything(heads={}),
    Everything(model=Model(3, 4)),
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
class TestThereAndBack:
    def test_by_a_config(self, value):
        assert ADict.from_dataclass(value).to_dataclass(Everything) == value

    @pytest.mark.parametrize("form", ["yaml", "json", "xyz"])
    def test_by_a_text(self, value, form):
        config = ADict.from_dataclass(value)
        for name in ("day", "moment", "hour"):
            config[name] = config[name].isoformat()
        assert ADict.loads(config.dumps(form), form).to_dataclass(Everything) == value


def test_what_is_computed_is_computed_again():
    config = ADict.from_dataclass(Everything())
    config.lr = 5.0
    assert config.to_dataclass(Everything).total == 10.0


def test_what_is_only_given_may_be_given():
    config = ADict.from_dataclass(Everything())
    config.scale = 3.0
    assert config.to_dataclass(Everything).total == pytest.approx(0.3)


def test_what_is_only_given_may_be_required():
    @dataclass
    class Needs:
        seed: InitVar[int]
        lr: float = 0.1

        def __post_init__(self, seed):
            self.seeded = seed

    assert ADict(seed=3).to_dataclass(Needs).seeded == 3
    with pytest.raises(ValidationError, match="'seed': missing"):
        ADict().to_dataclass(Needs)
    if sys.version_info >= (3, 8):  # before, an InitVar keeps no type
        with pytest.raises(ValidationError, match="'seed': expected int"):
            ADict(seed="x").validate(Needs)


@pytest.mark.parametrize("form", ["yaml", "json", "toml", "xyz"])
def test_paths_and_members_are_written_as_text(form):
    config = ADict(
        path=pathlib.PurePosixPath("/a/b"), kind=Kind.BIG, level=Level.LOW, n={"k": [Kind.SMALL]}
    )
    read = ADict.loads(config.dumps(form), form)
    assert read == {"path": "/a/b", "kind": "BIG", "level": "LOW", "n": {"k": ["SMALL"]}}


class TestSchema:
    schema = Schema(Everything)

    def test_defaults(self):
        defaults = self.schema.defaults()
        assert defaults["model"] == {"depth": 18, "width": None}
        assert defaults["kind"] is Kind.BIG
        assert "total" not in defaults
        assert "shared" not in defaults

    def test_docs_come_from_metadata_and_docstrings(self):
        assert self.schema.docs() == {"data": "Where the data is.", "lr": "Learning rate"}

    READ = {
        ("lr",): (3, 3.0),
        ("kind",): ("SMALL", Kind.SMALL),
        ("level",): (1, Level.LOW),
        ("data",): ("/x", pathlib.Path("/x")),
        ("day",): ("2020-01-02", datetime.date(2020, 1, 2)),
        ("moment",): (
            "2020-01-02T03:04:05Z",
            datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
        ),
        ("hour",): ("10:20", datetime.time(10, 20)),
        ("model", "depth"): (3, 3),
        ("model", "width"): (None, None),
        ("extra", "depth"): (3, 3),
        ("models", 0, "depth"): (3, 3),
        ("heads", "b", "depth"): (3, 3),
        ("extra",): ({"depth": 1}, {"depth": 1, "width": None}),
    }

    @pytest.mark.parametrize("keys", READ, ids=str)
    def test_a_value_is_read_as_its_field(self, keys):
        value, expected = self.READ[keys]
        made = self.schema.read(keys, [value])
        assert made == expected
        assert type(made) is type(expected)

    REFUSED = {
        ("lr",): ("x", "expected float"),
        ("kind",): ("HUGE", "expected one of SMALL, BIG"),
        ("day",): ("25.11.2018", "expected date"),
        ("learning_rate",): (1, "not a key of Everything"),
        ("model", "dept"): (1, "not a key of Model; did you mean 'depth'"),
        ("lr", "x"): (1, "is float, with no 'x' below"),
        ("total",): (1, "Everything computes this field"),
        ("models", "x"): (1, "with no 'x' below"),
        ("extra",): ({"dept": 1}, "not a key of Model"),
        ("model",): (3, "expected a mapping for Model"),
    }

    @pytest.mark.parametrize("keys", REFUSED, ids=str)
    def test_what_does_not_fit_is_refused(self, keys):
        value, problem = self.REFUSED[keys]
        with pytest.raises(ConversionError, match=problem):
            self.schema.read(keys, [value])

    def test_limits(self):
        @dataclass
        class Limited:
            a: int = field(default=1, metadata={"min": 1, "max": 3})
            b: str = field(default="x", metadata={"choices": ["x", "y"]})
            c: List[int] = field(default_factory=list, metadata={"max_length": 2})
            d: int = field(default=4, metadata={"multiple_of": 4})
            e: Optional[float] = field(default=None, metadata={"ge": 0, "lt": 1})

        schema = Schema(Limited)
        for key, good, bad in (("a", 3, 4), ("b", "y", "z"), ("c", [1], [1, 2, 3]), ("d", 8, 6)):
            assert schema.read([key], [good]) == good
            with pytest.raises(ConversionError, match="expected (at|one|a)"):
                schema.read([key], [bad])
        assert schema.read(["e"], [None]) is None

    def test_a_config_is_made_to_conform(self):
        config = ADict(data="/x", kind="SMALL", model={"depth": 3}, models=[{"depth": 5}])
        assert self.schema.conform(config) == []
        assert config.data == pathlib.Path("/x")
        assert config.kind is Kind.SMALL
        assert config.model == {"depth": 3, "width": None}
        assert config.models[0].width is None

    def test_either_of_two_classes_may_stand(self):
        @dataclass
        class Other:
            size: int = 1

        @dataclass
        class Either:
            part: Union[Model, Other] = field(default_factory=Model)

        config = ADict(part={"size": 3})
        assert Schema(Either).conform(config) == []
        assert config == {"part": {"size": 3}}
        assert len(Schema(Either).conform(ADict(part={"sizes": 3}))) == 1

    def test_every_problem_is_named(self):
        config = ADict(lr=-1, kind="x", nothing=1, model={"depth": "x"})
        assert sorted(key for key, _ in self.schema.conform(config)) == [
            "kind",
            "lr",
            "model.depth",
            "nothing",
        ]

    @pytest.mark.parametrize("thing", [int, 3, {"lr": float}, Everything(), None])
    def test_only_classes_with_fields_are_schemas(self, thing):
        with pytest.raises(ConversionError, match="a schema is a dataclass or a pydantic model"):
            Schema(thing)


def test_a_pydantic_model_is_a_schema():
    pydantic = pytest.importorskip("pydantic")

    class Inner(pydantic.BaseModel):
        depth: int = pydantic.Field(18, ge=1, description="How deep")

    class Outer(pydantic.BaseModel):
        lr: float = pydantic.Field(gt=0, description="Learning rate")
        inner: Inner = Inner()
        name: str = "x"
        anything: Any = None

        @pydantic.field_validator("name")
        @classmethod
        def short(cls, name):
            if len(name) > 3:
                raise ValueError("too long")
            return name

    schema = Schema(Outer)
    assert schema.defaults() == {"inner": {"depth": 18}, "name": "x", "anything": None}
    assert schema.docs() == {"lr": "Learning rate", "inner.depth": "How deep"}
    assert schema.read(["inner", "depth"], [3]) == 3
    with pytest.raises(ConversionError, match="at least 1"):
        schema.read(["inner", "depth"], [0])
    assert schema.conform(ADict()) == [("lr", "missing, expected float")]
    assert schema.conform(ADict(lr=1, name="much too long"))[0][0] == "name"


def test_a_subclass_has_the_fields_of_its_base():
    @dataclasses.dataclass
    class More(Model):
        """More.

        Args:
            size (int): How much.
        """

        size: int = 0

    assert list(Schema(More).defaults()) == ["depth", "width", "size"]
    assert Schema(More).docs() == {"size": "How much."}


@dataclass
class Inner:
    side: int = 2
    area: int = field(default=0, init=False)

    def __post_init__(self):
        self.area = self.side**2


@dataclass
class Computing:
    lr: float = 0.1
    name: str = "x"
    inner: Inner = field(default_factory=Inner)
    more: List[Inner] = field(default_factory=list)
    steps: int = field(default=0, init=False)
    late: int = field(init=False)
    times: InitVar[int] = 1

    def __post_init__(self, times):
        if self.lr == 7:
            raise ValueError("7 is no rate")
        assert self.lr != 8
        self.name = self.name.lower()
        self.steps = int(self.lr * 100) * times
        self.late = 1


class TestWhatAClassMakesOfItsValues:
    def conformed(self, **values):
        schema = Schema(Computing)
        config = ADict(schema.defaults())
        config.update(values, recurrent=True)
        return config, schema.conform(config)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({}, {"steps": 10, "late": 1}),
            ({"lr": 0.5}, {"lr": 0.5, "steps": 50}),
            ({"times": 3}, {"steps": 30}),
            ({"inner": {"side": 3}}, {"inner": {"side": 3, "area": 9}}),
            ({"more": [{"side": 4}]}, {"more": [{"side": 4, "area": 16}]}),
            ({"name": "ABC"}, {"name": "abc"}),
        ],
    )
    def test_the_config_has_it(self, values, expected):
        config, problems = self.conformed(**values)
        assert problems == []
        assert {key: config[key] for key in expected} == expected

    def test_what_is_computed_has_no_default(self):
        assert set(Schema(Computing).defaults()) == {"lr", "name", "inner", "more", "times"}
        assert Schema(Computing).computed() == ["inner.area", "steps", "late"]

    @pytest.mark.parametrize(
        ("lr", "problem"), [(7, "Computing: 7 is no rate"), (8, "Computing: assert")]
    )
    def test_what_it_refuses_is_a_problem(self, lr, problem):
        [(key, text)] = self.conformed(lr=lr)[1]
        assert key == ""
        assert text.lower().startswith(problem.lower())


@dataclass
class Exact:
    price: decimal.Decimal = decimal.Decimal(1)
    run: Optional[uuid.UUID] = None
    share: fractions.Fraction = fractions.Fraction(1)
    host: ipaddress.IPv4Address = ipaddress.IPv4Address("127.0.0.1")
    wait: datetime.timedelta = datetime.timedelta(1)
    day: Optional[datetime.date] = None


class TestClassesThatTheirTextRestores:
    @pytest.mark.parametrize(
        ("key", "value", "made"),
        [
            ("price", "2.50", decimal.Decimal("2.50")),
            ("price", 3, decimal.Decimal(3)),
            ("run", "12345678" * 4, uuid.UUID("12345678" * 4)),
            ("share", "1/3", fractions.Fraction(1, 3)),
            ("host", "10.0.0.1", ipaddress.IPv4Address("10.0.0.1")),
            ("wait", 5, datetime.timedelta(seconds=5)),
            ("wait", 0.5, datetime.timedelta(seconds=0.5)),
            ("wait", "1:30:00", datetime.timedelta(hours=1.5)),
            ("wait", "2 days, 0:00:01.5", datetime.timedelta(2, 1.5)),
            ("wait", str(datetime.timedelta(-1, 5)), datetime.timedelta(-1, 5)),
        ],
    )
    def test_it_does(self, key, value, made):
        assert Schema(Exact).read([key], [value]) == made

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("price", 2.5),
            ("price", "x"),
            ("price", True),
            ("run", "x"),
            ("share", "1/0"),
            ("host", "10.0.0"),
            ("wait", "1:30"),
            ("wait", True),
            ("day", "20210203"),
            ("day", "2021-W05-3"),
        ],
    )
    def test_what_is_none_is_refused(self, key, value):
        with pytest.raises(ConversionError, match="expected"):
            Schema(Exact).read([key], [value])


def test_the_types_of_keys_are_told_as_they_are_written():
    assert Schema(Computing).types()["inner.side"] == "int"
    assert Schema(Exact).types() == {
        "price": "Decimal",
        "run": "Optional[UUID]",
        "share": "Fraction",
        "host": "IPv4Address",
        "wait": "timedelta",
        "day": "Optional[date]",
    }
    assert Schema(Everything).types()["kind"] == "Kind"


class TestAPydanticModel:
    @pytest.fixture
    def schema(self):
        pydantic = pytest.importorskip("pydantic")

        class Inner(pydantic.BaseModel):
            depth: int = pydantic.Field(3, alias="d")

        class Strict(pydantic.BaseModel):
            model_config = pydantic.ConfigDict(extra="forbid")
            rate: float = pydantic.Field(0.1, alias="learningRate")
            name: str = "ABC"
            site: Optional[pydantic.AnyUrl] = None
            key: pydantic.SecretStr = pydantic.SecretStr("k")
            price: decimal.Decimal = decimal.Decimal(1)
            inner: Inner = Inner()

            @pydantic.field_validator("name")
            @classmethod
            def lower(cls, name):
                return name.lower()

        return Schema(Strict)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({}, {"rate": 0.1, "name": "ABC"}),
            ({"rate": 5}, {"rate": 5.0}),
            ({"name": "XY"}, {"name": "xy"}),
            ({"inner": {"depth": 7}}, {"inner": {"depth": 7}}),
            ({"price": "2.5"}, {"price": decimal.Decimal("2.5")}),
        ],
    )
    def test_its_fields_go_by_their_names(self, schema, values, expected):
        config = ADict(schema.defaults())
        config.update(values, recurrent=True)
        assert schema.conform(config) == []
        assert {key: config[key] for key in expected} == expected

    def test_its_own_types_are_read(self, schema):
        assert str(schema.read(["site"], ["http://a.org/b"])) == "http://a.org/b"
        assert schema.read(["key"], ["secret"]).get_secret_value() == "secret"
        with pytest.raises(ConversionError, match=r"expected Optional\[AnyUrl\], found str 'x'"):
            schema.read(["site"], ["x"])
