"""Hundreds of single edits, made by a generator (see `mutations/`): logic or looks?"""

import json
import pathlib
import sys

import pytest

from ato_trace import fingerprint

CORPUS = json.loads((pathlib.Path(__file__).parent / "mutations" / "corpus.json").read_text())


def edits(kind):
    """Groups of (original, edited) by the name of the edit, as far as this Python can read them."""
    groups = {}
    for version, name, original, edited in CORPUS[kind]:
        if tuple(version) <= sys.version_info[:2]:
            groups.setdefault(name, []).append((original, edited))
    return sorted(groups.items())


@pytest.mark.parametrize(("name", "pairs"), edits("semantic"), ids=lambda value: str(value)[:40])
def test_an_edit_of_the_logic_changes_the_fingerprint(name, pairs):
    for original, edited in pairs:
        assert fingerprint(original) != fingerprint(edited), edited


@pytest.mark.parametrize(("name", "pairs"), edits("cosmetic"), ids=lambda value: str(value)[:40])
def test_an_edit_of_the_looks_changes_nothing(name, pairs):
    for original, edited in pairs:
        assert fingerprint(original) == fingerprint(edited), edited


def test_the_corpus_is_large_enough():
    assert len(CORPUS["semantic"]) > 400
    assert len(CORPUS["cosmetic"]) > 400
