"""A small output is kept beside its hash, so that a later run can be compared within tolerance."""

import pickle

import pytest

from ato_trace import OutputHash, Scope, hash_output, verify_recorded


def recorded(value, **options):
    scope = Scope()

    @scope.runtime_trace(trace_id="out", **options)
    def give():
        return value

    give()
    return scope.fingerprints["runtime"]["out"]


def test_the_hash_is_that_of_the_output():
    assert recorded([1.0, 2.0]) == hash_output([1.0, 2.0])


def test_outputs_that_differ_in_the_last_digits_are_within_tolerance():
    old, new = recorded({"loss": [0.5, 0.25]}), recorded({"loss": [0.5, 0.25 + 1e-9]})
    verdict = verify_recorded(old.canonical, new.canonical)
    assert verdict.status == "within tolerance"
    assert verdict.path == "value['loss'][1]"


def test_outputs_that_differ_more_are_changed():
    old, new = recorded((1.0, 2.0)), recorded((1.0, 2.1))
    assert verify_recorded(old.canonical, new.canonical).status == "changed"


def test_nan_and_infinity_are_kept():
    value = [float("nan"), float("inf")]
    text = recorded(value).canonical
    assert verify_recorded(text, text).status == "same"


def test_arrays_are_kept_as_numbers():
    numpy = pytest.importorskip("numpy")
    assert recorded(numpy.eye(2)).canonical == "[[1.0, 0.0], [0.0, 1.0]]"


def test_what_inspect_fn_chose_is_kept():
    assert recorded([1, 2, 3], inspect_fn=lambda out: out[:2]).canonical == "[1, 2]"


@pytest.mark.parametrize("value", [list(range(1001)), {1: 1j}, b"bytes", {(1, 2): 3}])
def test_what_is_large_or_not_plain_leaves_only_the_hash(value):
    assert recorded(value).canonical is None


def test_only_the_last_output_is_kept():
    scope = Scope()

    @scope.runtime_trace(trace_id="out")
    def give(number):
        return number

    give(1)
    give(2)

    history = scope.fingerprints_history["runtime"]["out"]
    assert all(type(digest) is str for digest in history)


def test_the_hash_survives_pickling_with_its_output():
    value = pickle.loads(pickle.dumps(recorded([1, 2])))
    assert type(value) is OutputHash
    assert value.canonical == "[1, 2]"
