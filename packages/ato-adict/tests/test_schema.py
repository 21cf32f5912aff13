"""Dataclasses and validation."""

import pathlib
from dataclasses import dataclass, field, make_dataclass
from enum import Enum
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    List,
    NewType,
    Optional,
    Sequence,
    Set,
    Tuple,
    Type,
    TypeVar,
    Union,
)

import pytest

from ato_adict import ADict, ConversionError, UserError, ValidationError


class Optimizer(Enum):
    ADAM = "adam"
    SGD = "sgd"


@dataclass
class Model:
    depth: int
    rate: float = 0.1
    name: Optional[str] = None


Seed = NewType("Seed", int)


@dataclass
class Training:
    model: Model
    optimizer: Optimizer = Optimizer.ADAM
    layers: List[int] = field(default_factory=list)
    betas: Tuple[float, float] = (0.9, 0.999)
    sizes: Tuple[int, ...] = ()
    heads: Dict[str, Model] = field(default_factory=dict)
    tags: Set[str] = field(default_factory=set)
    frozen: FrozenSet[int] = frozenset()
    either: Union[int, str] = 3
    path: pathlib.PurePosixPath = pathlib.PurePosixPath(".")
    seed: Seed = Seed(0)
    anything: Any = None
    flag: bool = False
    sequence: Sequence[float] = ()


def test_a_dataclass_becomes_a_config_and_back():
    training = Training(Model(3), heads={"a": Model(1, name="x")}, layers=[1], sizes=(1, 2))
    config = ADict.from_dataclass(training)
    assert config.model.depth == 3
    assert config.heads.a.name == "x"
    assert config.to_dataclass(Training) == training


def test_what_files_hold_becomes_what_the_fields_say():
    config = ADict(
        model={"depth": 3, "rate": 1},
        optimizer="SGD",
        layers=[1, 2],
        betas=[1, 0.5],
        sizes=[1, 2, 3],
        heads={"a": {"depth": 1}},
        tags=["x", "x"],
        frozen=[1],
        either="text",
        path="/data",
        seed=7,
        anything=[{"a": 1}],
        flag=True,
        sequence=[1, 2],
    )
    made = config.to_dataclass(Training)
    assert made == Training(
        Model(3, 1.0),
        Optimizer.SGD,
        [1, 2],
        (1.0, 0.5),
        (1, 2, 3),
        {"a": Model(1)},
        {"x"},
        frozenset({1}),
        "text",
        pathlib.PurePosixPath("/data"),
        Seed(7),
        [{"a": 1}],
        True,
        [1.0, 2.0],
    )
    assert type(made.model.rate) is float


def test_an_enum_is_made_from_its_name_or_value():
    for text in ("SGD", "sgd", Optimizer.SGD):
        made = ADict(model={"depth": 1}, optimizer=text).to_dataclass(Training)
        assert made.optimizer is Optimizer.SGD


PROBLEMS = [
    ({"modle": {"depth": 1}}, "'modle': not a key of the schema; did you mean 'model'?"),
    ({}, "'model': missing, expected Model"),
    ({"model": 3}, "'model': expected a mapping for Model, found int 3"),
    ({"model": {}}, "'model.depth': missing, expected int"),
    ({"model": {"depth": 1, "x": 1}}, "'model.x': not a key of the schema"),
    ({"model": {"depth": "1"}}, "'model.depth': expected int, found str '1'"),
    ({"model": {"depth": 1.0}}, "'model.depth': expected int, found float 1.0"),
    ({"model": {"depth": True}}, "'model.depth': expected int, found bool True"),
    ({"model": {"depth": 1, "rate": "0.1"}}, "'model.rate': expected float, found str '0.1'"),
    ({"model": {"depth": 1, "name": 3}}, "'model.name': expected "),
    ({"optimizer": "LION"}, "'optimizer': expected one of ADAM, SGD, found str 'LION'"),
    ({"layers": 3}, "'layers': expected List[int], found int 3"),
    ({"layers": "12"}, "'layers': expected List[int], found str '12'"),
    ({"layers": [1, "2"]}, "'layers[1]': expected int, found str '2'"),
    ({"betas": [1]}, "'betas': expected 2 values, found 1"),
    ({"betas": [1, "x"]}, "'betas[1]': expected float, found str 'x'"),
    ({"heads": {"a": {"depth": "x"}}}, "'heads.a.depth': expected int, found str 'x'"),
    ({"heads": [1]}, "'heads': expected Dict["),
    ({"either": 2.5}, "'either': expected Union[int, str], found float 2.5"),
    ({"path": 3}, "'path': expected PurePosixPath, found int 3"),
    ({"seed": "x"}, "'seed': expected int, found str 'x'"),
    ({"flag": 1}, "'flag': expected bool, found int 1"),
]


@pytest.mark.parametrize(("data", "problem"), PROBLEMS)
def test_each_problem_is_named(data, problem):
    with pytest.raises(ValidationError) as error:
        ADict(data).to_dataclass(Training)
    assert any(problem in line for line in error.value.problems)
    with pytest.raises(ValidationError) as error:
        ADict(data).validate(Training)
    assert any(problem in line for line in error.value.problems)


def test_all_problems_are_named_at_once():
    config = ADict(model={"dept": 3, "rate": "x"}, layers=[1.5], extra=1)
    with pytest.raises(ValidationError) as error:
        config.to_dataclass(Training)
    assert error.value.problems == [
        "'extra': not a key of the schema",
        "'model.dept': not a key of the schema; did you mean 'depth'?",
        "'model.depth': missing, expected int",
        "'model.rate': expected float, found str 'x'",
        "'layers[0]': expected int, found float 1.5",
    ]
    assert isinstance(error.value, (UserError, ValueError))
    assert str(error.value) == "; ".join(error.value.problems)


def test_what_the_dataclass_itself_refuses_is_a_problem():
    with pytest.raises(ValidationError, match="Positive: must be positive"):
        ADict(value=-1).to_dataclass(Positive)


@dataclass
class Positive:
    value: int

    def __post_init__(self):
        if self.value < 0:
            raise ValueError("must be positive")


def test_validate_returns_the_config_and_reads_nothing():
    config = ADict(model={"depth": 1})
    assert config.validate(Training) is config
    assert config.accessed_keys == set()


class TestTypeMappings:
    SCHEMA = {"lr": float, "model": {"depth": int, "name": Optional[str]}, "tags": List[str]}

    def test_a_config_that_fits(self):
        config = ADict(lr=1, model={"depth": 3}, tags=[])
        assert config.validate(self.SCHEMA) is config

    def test_all_problems_at_once(self):
        with pytest.raises(ValidationError) as error:
            ADict(lr="x", model={"name": 1, "dept": 1}, more=2).validate(self.SCHEMA)
        assert sorted(error.value.problems) == [
            "'lr': expected float, found str 'x'",
            "'model.dept': not a key of the schema; did you mean 'depth'?",
            "'model.depth': missing, expected int",
            "'model.name': expected Optional[str], found int 1",
            "'more': not a key of the schema",
            "'tags': missing, expected List[str]",
        ]

    def test_a_value_where_a_mapping_should_be(self):
        with pytest.raises(ValidationError, match="'model': expected a mapping, found int 3"):
            ADict(lr=1.0, model=3, tags=[]).validate(self.SCHEMA)

    def test_dataclasses_inside(self):
        assert ADict(a={"depth": 1}).validate({"a": Model})
        with pytest.raises(ValidationError, match="'a.depth': missing"):
            ADict(a={}).validate({"a": Model})


@pytest.mark.parametrize("wrong", [int, 3, "Model"])
def test_what_is_no_schema_is_an_error(wrong):
    for use in (ADict().to_dataclass, ADict().validate, ADict.from_dataclass):
        with pytest.raises(ConversionError, match="expected a dataclass"):
            use(wrong)


def test_a_dataclass_whose_fields_all_have_defaults_can_be_given_as_a_class():
    @dataclass
    class Small:
        lr: float = 0.1

    assert ADict.from_dataclass(Small) == {"lr": 0.1}
    with pytest.raises(ConversionError, match="pass an instance"):
        ADict.from_dataclass(Model)


Width = NewType("Width", Seed)
Item = TypeVar("Item")

# What a type takes, what is made of it, and a value it refuses (None where it refuses nothing).
KINDS = [
    (Any, object, object, None),
    (object, 3, 3, None),
    (Item, "x", "x", None),
    (Width, 3, 3, "3"),
    (List[Item], [1, "x"], [1, "x"], 3),
    (List, (1, 2), [1, 2], "12"),
    (Sequence[int], (1, 2), (1, 2), "12"),
    (Set[int], [1, 1], {1}, 3),
    (FrozenSet[int], {1, 2}, frozenset({1, 2}), ["x"]),
    (Tuple[int, ...], [1, 2], (1, 2), [1, "x"]),
    (Tuple[int, str], [1, "x"], (1, "x"), [1]),
    (Tuple, [1, "x"], (1, "x"), 3),
    (Dict[str, float], {"a": 1}, {"a": 1.0}, {"a": "x"}),
    (Dict, {"a": 1}, {"a": 1}, [1]),
    (dict, {"a": 1}, {"a": 1}, [1]),
    (Iterable[int], [1, 2], [1, 2], 5),
    (Union[int, List[int]], [1], [1], ["x"]),
    (Optional[Dict[str, int]], None, None, {"a": "x"}),
    (Type[Exception], ValueError, ValueError, 3),
    (Callable[[int], int], abs, abs, 3),
    (tuple, [1, 2], (1, 2), 3),
    (set, [1, 1], {1}, "x"),
    (frozenset, [1], frozenset({1}), "x"),
    (float, 1, 1.0, True),
    (int, 1, 1, True),
    (None, None, None, 0),
    (pathlib.Path, "a/b", pathlib.Path("a/b"), 3),
    (Optimizer, "ADAM", Optimizer.ADAM, "LION"),
]


@pytest.mark.parametrize(("kind", "value", "made", "refused"), KINDS, ids=lambda v: str(v)[:30])
def test_each_kind_of_type(kind, value, made, refused):
    Box = make_dataclass("Box", [("value", kind)])
    found = Box(value=made)
    assert ADict(value=value).to_dataclass(Box) == found
    assert ADict(value=value).validate(Box)
    if refused is not None:
        with pytest.raises(ValidationError, match=r"'value.*': expected "):
            ADict(value=refused).to_dataclass(Box)


def test_types_that_cannot_be_read_are_an_error_of_the_program():
    Box = make_dataclass("Box", [("value", "NoSuchType")])
    with pytest.raises(ConversionError, match="cannot read the types of Box.*NoSuchType"):
        ADict(value=1).to_dataclass(Box)


def test_an_instance_that_is_there_already_is_taken():
    training = ADict(model=Model(3)).to_dataclass(Training)
    assert training.model == Model(3)


def test_dataclasses_in_lists_and_tuples_become_configs():
    @dataclass
    class Net:
        blocks: List[Model]
        pair: Tuple[Model, Model]

    config = ADict.from_dataclass(Net([Model(1)], (Model(2), Model(3))))
    assert config.blocks[0].depth == 1
    assert config.pair[1].depth == 3
    assert config.to_dataclass(Net) == Net([Model(1)], (Model(2), Model(3)))
