"""Values of which Python makes no text, and messages about texts without an end."""

import fractions
import os
import pprint
import time

import pytest

from ato_adict import (
    ADict,
    ConfigFileError,
    ConfigFileNotFoundError,
    ConversionError,
    InterpolationError,
)

HUGE = 10**5000
HEX = hex(HUGE)


class Unprintable:
    def __repr__(self):
        raise RuntimeError

    def __reduce__(self):
        raise RuntimeError


class Classless:
    def __class__(self):
        pass


class TestRepr:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (fractions.Fraction(HUGE, 3), f"Fraction({HEX}, 3)"),
            (Unprintable(), "<Unprintable, its repr failed: RuntimeError>"),
            ([Unprintable()], "[<Unprintable, its repr failed: RuntimeError>]"),
        ],
        ids=["fraction", "object", "list"],
    )
    def test_it_never_fails(self, value, text):
        # Before 3.11 Python writes the digits themselves.
        expected = (f"{{'a': {{'b': {text}}}}}", f"{{'a': {{'b': {value_text(value)}}}}}")
        assert repr(ADict(a=ADict(b=value))) in expected

    def test_neither_does_that_of_a_number_or_a_key(self):
        for config in (ADict(a=HUGE), ADict({HUGE: 1}), ADict(a=[{HUGE}])):
            assert len(repr(config)) > 4000
            assert config._repr_html_()

    def test_that_of_a_config_in_itself_ends(self):
        config = ADict(a=[Unprintable()])
        config.a.append(config.a)
        assert repr(config).endswith(", ...]}")

    def test_pprint_lays_a_config_out_as_a_dict(self):
        config = ADict(a={"b": list(range(30))}, c="x" * 60)
        assert pprint.pformat(config) == pprint.pformat(config.to_dict())

    def test_a_class_may_add_to_it(self):
        class Named(ADict):
            def __repr__(self):
                return f"Named({super().__repr__()})"

        assert repr(Named(a=1)) == "Named({'a': 1})"


def value_text(value):
    try:
        return repr(value)
    except Exception:
        return None


class TestHuge:
    @pytest.mark.parametrize("kind", [lambda n: fractions.Fraction(n, 7), range, lambda n: (n, 1)])
    def test_they_have_hashes_and_differences(self, kind):
        one, other = ADict(a=kind(HUGE)), ADict(a=kind(HUGE + 1))
        assert one.get_value_hash() != other.get_value_hash()
        assert list(one.diff(other).changed) == ["a"]
        assert str(one.diff(other)).startswith("~ a: ")

    def test_their_hash_is_the_same_on_every_python(self):
        config = ADict({"a": fractions.Fraction(HUGE, 7), (HUGE, 1): range(HUGE)})
        assert config.get_value_hash().startswith("a5063142f3d0e333")

    @pytest.mark.parametrize("format", ["xyz", "yaml", "json", "toml"])
    @pytest.mark.parametrize("value", [fractions.Fraction(HUGE, 3), Unprintable(), range(HUGE)])
    def test_a_file_that_cannot_hold_one_names_its_key(self, format, value):
        with pytest.raises(ConversionError, match=r"at 'k\.a'$") as caught:
            ADict(k=ADict(a=value)).dumps(format)
        assert len(str(caught.value)) < 500

    def test_what_has_no_canonical_form_is_named(self):
        with pytest.raises(ConversionError, match="of type Unprintable has no canonical form"):
            ADict(a=Unprintable()).get_value_hash()

    def test_a_text_that_one_is_put_into_is_refused(self):
        for value in (HUGE, fractions.Fraction(HUGE, 3), Unprintable()):
            with pytest.raises(InterpolationError, match="cannot resolve 'a': a value of type"):
                ADict(a="x${b}", b=value).resolve()


def test_what_has_no_class_is_a_value():
    value = Classless()
    assert ADict(a=value).a is value


class TestCompose:
    @pytest.mark.parametrize(
        "select", [{"model": HUGE}, {HUGE: "x"}, {"model": ["a", HUGE]}, {"model": Unprintable()}]
    )
    def test_what_is_selected_has_a_name(self, tmp_path, select):
        (tmp_path / "config.yaml").write_text("a: 1")
        with pytest.raises(ConfigFileError, match="is no name of a file") as caught:
            ADict.compose_hierarchy(str(tmp_path), select=select)
        assert len(str(caught.value)) < 500

    @pytest.mark.parametrize("key", [5, HUGE, None], ids=["5", "huge", "none"])
    def test_what_is_overridden_has_a_name(self, tmp_path, key):
        (tmp_path / "config.yaml").write_text("a: 1")
        with pytest.raises(ConfigFileError, match="of type .* is no dotted name"):
            ADict.compose_hierarchy(str(tmp_path), overrides={key: 1})

    @pytest.mark.parametrize("given", [{"select": 5}, {"overrides": ["a=1"]}])
    def test_both_are_mappings(self, tmp_path, given):
        (tmp_path / "config.yaml").write_text("a: 1")
        with pytest.raises(ConfigFileError, match="must be a mapping, not"):
            ADict.compose_hierarchy(str(tmp_path), **given)

    def test_a_long_name_is_cut_in_the_message(self, tmp_path):
        (tmp_path / "config.yaml").write_text("a: 1")
        with pytest.raises(ConfigFileNotFoundError, match="there is no model/xxx") as caught:
            ADict.compose_hierarchy(str(tmp_path), select={"model": "x" * 5000})
        assert len(str(caught.value)) < 1000


class TestInterpolation:
    @pytest.mark.parametrize(
        "config",
        [
            {"a": "${b}" * 20_000, "b": "x" * 1_000_000},
            {"a": "${b}" * 20_000, "b": "${c}" * 20_000, "c": "x" * 100},
            {"a": ["${b}"] * 20_000, "b": {"c": ["x" * 20_000]}},
            {"a": ["${b}"] * 20_000, "b": {"x" * 20_000: 1}},
        ],
        ids=["long", "twice", "container", "key"],
    )
    def test_texts_that_multiply_are_refused_before_they_do(self, config):
        start = time.process_time()
        with pytest.raises(InterpolationError, match="more than 5,000,000 values"):
            ADict(config).resolve()
        assert time.process_time() - start < 5

    def test_a_long_text_that_many_stand_for_is_looked_through_once(self):
        start = time.process_time()
        config = ADict(a=["${b}"] * 20_000, b="x" * 5_000_000)
        config.resolve()
        assert config.a[-1] is config.b
        assert time.process_time() - start < 5

    @pytest.mark.parametrize(
        "write",
        [
            ADict.get_value_hash,
            *[lambda config, kind=kind: config.dumps(kind) for kind in ("json", "yaml", "xyz")],
            lambda config: config.dump("config.json"),
        ],
        ids=["hash", "json", "yaml", "xyz", "file"],
    )
    def test_it_is_refused_where_it_would_be_written_as_often(self, write, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        config = ADict(a=["${b}"] * 20_000, b="x" * 100_000)
        config.resolve()
        with pytest.raises(ConversionError, match="written out they have more than 100,000,000"):
            write(config)
        assert os.listdir(tmp_path) == []

    def test_one_that_stands_but_once_may_be_of_any_length(self):
        config = ADict(a="x" * 60_000_000, b="y" * 60_000_000)
        assert len(config.get_value_hash()) == 64

    @pytest.mark.parametrize(
        "text",
        ["." * 100_000 + "b", "oc.env:" + "A" * 100_000, "foo:" + "A" * 100_000, "A" * 100_000],
        ids=["dots", "variable", "resolver", "key"],
    )
    def test_messages_are_cut(self, text):
        with pytest.raises(InterpolationError, match="cannot resolve 'a': ") as caught:
            ADict(a=f"${{{text}}}").resolve()
        assert len(str(caught.value)) < 500
