"""Config values whose own code fails, and numbers of which Python makes no text."""

import dataclasses
import enum
import fractions

import pytest

from ato_adict import ADict
from ato_sql import MetricError

HUGE = 10**5000
HEX = hex(HUGE)


@dataclasses.dataclass
class Size:
    n: object


class Level(enum.Enum):
    TOP = HUGE


class Own:
    """Its repr is its own, and fails on newer Pythons."""

    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"Own({self.n})"


class Unprintable:
    def __repr__(self):
        raise RuntimeError


class Hidden(fractions.Fraction):
    """More than its attributes, and nobody can tell what."""

    __slots__ = ()

    def __repr__(self):
        raise RuntimeError


class Text(str):
    def __str__(self):
        raise RuntimeError


class Nameless:
    def __str__(self):
        raise RuntimeError


class Rows(list):
    def __iter__(self):
        raise RuntimeError


class Classless:
    def __class__(self):
        pass


@pytest.fixture
def same(keep):
    """Tell whether two values are one to `skip_if_done` and to whoever compares hashes."""
    return lambda a, b: keep({"x": a}).value_hash == keep({"x": b}).value_hash


class TestIntegersOfTooManyDigits:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (fractions.Fraction(HUGE, 3), f"Fraction({HEX}, 3)"),
            (range(HUGE), f"range(0, {HEX}, 1)"),
            (slice(HUGE), f"slice(None, {HEX}, None)"),
            (Size(HUGE), f"Size(n={HEX})"),
            (Size([(HUGE,), {"a": {HUGE}}]), f"Size(n=[({HEX},), {{'a': {{{HEX}}}}}])"),
            (Level.TOP, f"<Level.TOP: {HEX}>"),
        ],
        ids=["fraction", "range", "slice", "dataclass", "containers", "enum"],
    )
    def test_within_a_value_they_are_written_in_hexadecimal(self, keep, value, text):
        found = keep({"x": value}).config["x"]
        assert (found["__ato__"], found["value"]) == ("repr", text)

    @pytest.mark.parametrize("kind", [Size, Own, range, lambda n: fractions.Fraction(n, 7)])
    def test_two_of_them_are_not_the_same(self, same, kind):
        assert same(kind(HUGE), kind(HUGE))
        assert not same(kind(HUGE), kind(HUGE + 1))

    def test_a_function_counts_with_one_that_it_holds(self, same):
        one, other = eval(f"lambda: {HEX}"), eval(f"lambda: {hex(HUGE + 1)}")
        assert same(one, one)
        assert not same(one, other)

    def test_the_hash_is_the_same_on_every_python(self, keep):
        found = keep({"x": [fractions.Fraction(HUGE, 3), range(HUGE), {HUGE: 1}]})
        assert found.value_hash.startswith("e660ad5230fb85ed")

    def test_a_repr_that_newer_pythons_refuse_is_none_on_older_ones(self, keep):
        class Older(Own):
            def __repr__(self):
                return f"Own({'1' * 5000})"

        found = keep({"x": Older(HUGE), "y": Older(1)}).config
        assert found["x"]["value"] == "<repr failed: ValueError>"
        assert found["y"]["value"].startswith("Own(111")

    def test_as_keys_they_stay_apart(self, keep, finder):
        row = keep({"x": {HUGE: 3, HUGE + 1: 4}})
        assert finder.get_config(row.id).x == {HUGE: 3, HUGE + 1: 4}


class TestWhatCannotBeShown:
    def test_it_is_told_apart_by_what_it_holds(self, same):
        one, other = Unprintable(), Unprintable()
        one.a, other.a = 1, 2
        assert same(one, one)
        assert not same(one, other)

    def test_one_of_which_nothing_is_known_equals_no_other(self, same):
        assert not same(Unprintable(), Unprintable())
        assert not same(Hidden(1, 2), Hidden(1, 2))

    def test_neither_does_a_config_with_one_as_a_key(self, keep, same):
        assert len(keep({"x": {Unprintable(): 1, Unprintable(): 2}}).config["x"]) == 2
        assert not same({Unprintable(): 1}, {Unprintable(): 1})

    def test_keys_that_look_alike_stay_apart(self, keep):
        row = keep({"x": {object(): 1, object(): 2}})
        assert row.config["x"] == {"[<object object>]": 1, "[<object object>]#2": 2}

    def test_two_runs_with_one_are_told_to_differ(self, keep, finder):
        first, second = keep({"x": Unprintable()}), keep({"x": Unprintable()})
        assert "x" in finder.compare(first.id, second.id).config


class TestBrokenMethods:
    def test_a_text_is_kept_by_its_letters(self, keep):
        row = keep({"x": Text("a"), "y": {Text("b"): 1}})
        assert row.config == {"x": "a", "y": {"b": 1}}

    @pytest.mark.parametrize("value", [Rows([1]), ADict(a=Rows([1])).a])
    def test_a_list_that_cannot_be_walked_is_kept_as_text(self, keep, value):
        found = keep({"x": value, "y": 1}).config
        assert (found["x"]["__ato__"], found["x"]["value"], found["y"]) == ("repr", "[1]", 1)

    def test_what_has_no_class_is_kept_as_text_and_equals_no_other(self, keep, same):
        found = keep(ADict(x=Classless())).config["x"]
        assert found["value"].endswith("Classless object>")
        assert not same(Classless(), Classless())

    def test_a_tag_that_has_no_text_is_refused_as_such(self, logger):
        with pytest.raises(MetricError, match="a tag must be a text, not Nameless"):
            logger.start(tags=[Nameless()])

    def test_a_list_that_contains_itself_is_cut(self, keep):
        loop = []
        loop.append(loop)
        config = ADict(x=[])
        config.x.append(config.x)
        for found in (keep({"x": loop}), keep(config)):
            assert found.config["x"][0]["value"] == "..."


class TestLongTexts:
    def test_one_that_references_repeat_without_end_is_kept_once(self, keep):
        config = ADict(z=["${b}"] * 20_000, b="x" * 100_000, lr=0.1)
        config.resolve()
        kept = keep(config)
        assert kept.config["b"] == "x" * 100_000
        assert {text["value"] for text in kept.config["z"]} == {"x" * 200 + "..."}
        assert kept.config["lr"] == 0.1
        turned = ADict(lr=0.1, b=config.b, z=config.z)
        assert keep(turned).value_hash == kept.value_hash

    def test_one_that_few_places_share_stays_in_each(self, keep):
        config = ADict(a=["${b}"] * 20, b="x" * 2000)
        config.resolve()
        assert keep(config).config["a"] == ["x" * 2000] * 20

    def test_the_beginning_is_kept_and_a_hash_tells_them_apart(self, keep, same):
        class Long:
            def __init__(self, end):
                self.end = end

            def __repr__(self):
                return "x" * 1_000_000 + self.end

        found = keep({"x": Long("a")}).config["x"]["value"]
        assert len(found) < 20_000
        assert "1,000,001 characters" in found
        assert same(Long("a"), Long("a"))
        assert not same(Long("a"), Long("b"))
