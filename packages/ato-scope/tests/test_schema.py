"""A schema: types, limits, defaults and texts of the keys, from a dataclass."""

import pathlib
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Dict, List, Optional, Tuple, Union

import pytest

from ato_scope import MultiScope, SchemaError, Scope, ScopeError, TokenError


class Kind(Enum):
    SGD = "sgd"
    ADAM = "adam"


@dataclass
class Model:
    depth: int = 18
    width: Optional[int] = None


@dataclass
class Settings:
    """Settings.

    Attributes:
        data: Where the data is.
    """

    data: pathlib.Path = pathlib.Path("/data")
    lr: float = field(default=0.1, metadata={"help": "Learning rate", "gt": 0, "le": 10})
    epochs: int = 3
    kind: Kind = Kind.SGD
    name: str = "x"
    start: Optional[date] = None
    flag: bool = False
    layers: List[int] = field(default_factory=lambda: [1, 2])
    betas: Tuple[float, float] = (0.9, 0.999)
    model: Model = field(default_factory=Model)
    extra: Optional[Model] = None
    heads: Dict[str, Model] = field(default_factory=dict)
    note: Optional[str] = None
    either: Union[int, str] = 1
    anything: Any = None


def built(*tokens):
    return Scope(schema=Settings).apply(list(tokens))


READ = {
    "lr=3": ("lr", 3.0),
    "lr=config.lr*2": ("lr", 0.2),
    "epochs=2*3": ("epochs", 6),
    "kind=adam": ("kind", Kind.ADAM),
    "kind=ADAM": ("kind", Kind.ADAM),
    "kind:=adam": ("kind", Kind.ADAM),
    "data=/tmp/a b": ("data", pathlib.Path("/tmp/a b")),
    "name=resnet": ("name", "resnet"),
    "name='a b'": ("name", "a b"),
    "name=1.10": ("name", "1.10"),
    "name=1_1_1": ("name", "1_1_1"),
    "name=5e3": ("name", "5e3"),
    "name=2018-11-25": ("name", "2018-11-25"),
    "name:=": ("name", ""),
    "start=2018-11-25": ("start", date(2018, 11, 25)),
    "start=None": ("start", None),
    "start=null": ("start", None),
    "flag=yes": ("flag", True),
    "flag=on": ("flag", True),
    "flag=true": ("flag", True),
    "flag=1": ("flag", True),
    "flag=off": ("flag", False),
    "layers=3,4": ("layers", [3, 4]),
    "layers=[3]": ("layers", [3]),
    "layers[0]=9": ("layers", [9, 2]),
    "layers+=[3]": ("layers", [1, 2, 3]),
    "betas=[1,2]": ("betas", (1.0, 2.0)),
    "model.depth=5": ("model", {"depth": 5, "width": None}),
    "model={'width': 5}": ("model", {"depth": 18, "width": 5}),
    "extra.depth=5": ("extra", {"depth": 5, "width": None}),
    "heads.a.depth=5": ("heads", {"a": {"depth": 5, "width": None}}),
    "note=hello": ("note", "hello"),
    "either=5": ("either", 5),
    "either=five": ("either", "five"),
    "anything=5": ("anything", 5),
    "anything:=x": ("anything", "x"),
}


@pytest.mark.parametrize("token", READ)
def test_a_value_is_read_as_the_type_of_its_field(token, capsys):
    key, expected = READ[token]
    value = built(token)[key]
    assert value == expected
    assert type(value) is type(expected) or isinstance(value, dict)
    assert capsys.readouterr().err == ""


REFUSED = {
    "lr=abc": "expected float, found str 'abc'",
    "lr:=0.1": "expected float",
    "lr=0": "expected more than 0, found 0.0",
    "lr=11": "expected at most 10",
    "lr=2018-11-25": "expected float",
    "epochs=1.5": "expected int",
    "epochs=True": "expected int",
    "kind=rmsprop": "expected one of SGD, ADAM",
    "start=tomorrow": "expected",
    "start=2018-13-25": "expected",
    "flag=2": "expected bool",
    "flag=maybe": "expected bool",
    "layers=3": "expected List",
    "layers=[1,'a']": "expected int",
    "layers=[1,a]": "'a' is not a value",
    "layers+=['a']": "expected int",
    "layers[0]:=a": "expected int",
    "betas=1,2,3": "expected 2 values",
    "name=[1]": "expected str",
    "name=None": "expected str",
    "name=config.epochs": "expected str",
    "note=null": "may be None or a text",
    "model=3": "expected a mapping for Model",
    "model.dept=3": "not a key of Model; did you mean 'depth'",
    "model={'dept': 3}": "not a key of Model",
    "learning_rate=3": "not a key of Settings",
    "lr.x=3": "is float",
    "heads.a.dept=3": "not a key of Model",
    "anything=foo": "'foo' is not a value",
}


@pytest.mark.parametrize("token", REFUSED)
def test_what_does_not_fit_is_one_line(token):
    with pytest.raises(TokenError) as caught:
        built(token)
    assert REFUSED[token] in str(caught.value)
    assert str(caught.value).startswith(repr(token)) or '"' in str(caught.value)
    assert "\n" not in str(caught.value)


def test_views_files_and_base_values_take_the_types_too(tmp_path):
    path = tmp_path / "big.yaml"
    path.write_text("kind: adam\nmodel:\n  width: 7\n")
    scope = Scope({"model": {"depth": 3}}, schema=Settings)

    @scope.observe(default=True)
    def defaults(config):
        config.data = "/elsewhere"

    @scope.observe(default=True, lazy=True)
    def late(config):
        config.lr = 5

    config = scope.apply([f"@{path}"])
    assert config.data == pathlib.Path("/elsewhere")
    assert config.kind is Kind.ADAM
    assert config.model == {"depth": 3, "width": 7}
    assert type(config.lr) is float
    assert config.to_dataclass(Settings).model == Model(3, 7)


def test_each_call_has_defaults_of_its_own():
    scope = Scope(schema=Settings)
    scope.apply([]).layers.append(9)
    assert scope.apply([]).layers == [1, 2]


def test_a_draft_conforms_too():
    draft = Scope(schema=Settings).draft([])
    assert draft.complete({"lr": 3}).lr == 3.0
    with pytest.raises(SchemaError, match="'lr': expected float"):
        draft.complete({"lr": "x"})


def test_values_of_with_args():
    scope = Scope(schema=Settings)
    entry = scope(lambda config: (config.lr, config.kind))
    assert entry.with_args(lr=3, kind="adam")() == (3.0, Kind.ADAM)
    with pytest.raises(TokenError, match="not a key of Settings"):
        entry.with_args(lrr=3)()


def test_one_of_several_scopes():
    scope = MultiScope(Scope(name="model", schema=Model), Scope({"a": 1}, name="data"))
    assert scope.apply(["model.depth=3"])["model"] == {"depth": 3, "width": None}
    with pytest.raises(TokenError, match="not a key of Model"):
        scope.apply(["model.dept=3"])


def test_explain_says_what_a_key_is():
    scope = Scope(schema=Settings)
    scope.apply(["lr=3"])
    assert scope.explain("lr").doc == "Learning rate"
    assert str(scope.explain("lr")).splitlines() == [
        "lr = 3.0  # Learning rate",
        "  set by command line: lr=3",
        "  overrode 0.1 from the default of Settings",
    ]


@dataclass
class Computing:
    n: int = 3
    price: Decimal = Decimal(1)
    wait: timedelta = timedelta(1)
    place: pathlib.Path = pathlib.Path("/a")
    twice: int = field(default=0, init=False)

    def __post_init__(self):
        if self.n > 9:
            raise ValueError("n is too large")
        self.twice = self.n * 2


class TestWhatAClassComputes:
    def test_it_is_in_the_config_and_explained(self):
        scope = Scope(schema=Computing)
        assert scope.apply(["n=5"]).twice == 10
        assert str(scope.explain("twice")).splitlines()[1:] == [
            "  set by Computing, which computes it"
        ]

    def test_it_cannot_be_typed(self):
        with pytest.raises(TokenError, match="Computing computes this field"):
            Scope(schema=Computing).apply(["twice=3"])

    def test_what_it_refuses_is_one_line(self):
        with pytest.raises(SchemaError, match="^Computing: n is too large$"):
            Scope(schema=Computing).apply(["n=10"])

    @pytest.mark.parametrize(
        ("token", "value"),
        [
            ("price=2.50", Decimal("2.50")),
            ("price=1e2", Decimal("1e2")),
            ("price:=3", Decimal(3)),
            ("wait=5", timedelta(seconds=5)),
            ("wait=1:30:00", timedelta(hours=1.5)),
        ],
    )
    def test_exact_classes_are_read_from_what_is_typed(self, token, value):
        found = Scope(schema=Computing).apply([token])[token.partition("=")[0].rstrip(":")]
        assert (found, str(found)) == (value, str(value))

    def test_the_manual_shows_types_and_print_what_a_file_would_hold(self, capsys):
        scope = Scope(schema=Computing)
        for word in ("manual", "print"):
            with pytest.raises(SystemExit):
                scope.apply([word])
        out = capsys.readouterr().out
        assert re.search(r"place +\w+Path\('.a'\) +Path\n", out)
        assert re.search(r"^place: [/\\]+a$", out, re.M)
        assert "price: Decimal('1')" in out


@pytest.mark.parametrize("thing", [3, {"lr": float}, int, "Settings"])
def test_a_schema_is_a_class_with_fields(thing):
    with pytest.raises(ScopeError, match="a schema is a dataclass or a pydantic model"):
        Scope(schema=thing)


PROGRAM = """
    from dataclasses import dataclass
    from ato_scope import Scope

    @dataclass
    class Settings:
        '''Settings.

        Attributes:
            data: Where the data is.
        '''
        data: str
        lr: float = 0.1

    scope = Scope(schema=Settings)

    @scope.observe()
    def broken(config):
        config.lr = 'x'

    @scope
    def train(config):
        print(config.data, config.lr)

    train()
"""


class TestProgram:
    def test_what_is_missing_is_one_line(self, program):
        assert program.write(PROGRAM).run().fails_with("'data': missing, expected str")

    def test_what_is_typed_wrong_is_one_line(self, program):
        done = program.write(PROGRAM).run("data=x", "lr=fast")
        assert done.fails_with("'lr=fast': expected float, found str 'fast'"), done

    def test_what_a_view_sets_wrong_is_a_mistake_of_the_program(self, program):
        done = program.write(PROGRAM).run("data=x", "broken")
        assert done.code == 1
        last = "'lr': expected float, found str 'x' (set by view 'broken' (train.py:17))"
        assert done.err.rstrip().endswith(last)

    @pytest.mark.parametrize("word", ["manual", "explain", "views"])
    def test_words_work_while_values_are_missing(self, program, word):
        done = program.write(PROGRAM).run(word)
        assert done.code == 0
        assert ("Where the data is." in done.out) is (word == "manual")

    def test_it_runs(self, program):
        assert program.write(PROGRAM).run("data=/a", "lr=1").out == "/a 1.0\n"
