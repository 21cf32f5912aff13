"""The record that a config carries for a tracker."""

import copy
import json
import pickle

import pytest

from ato_adict import ADict, RunRecord, attach_record, record_of


@pytest.fixture
def config():
    config = ADict(lr=0.1, model={"depth": 3})
    attach_record(config, RunRecord())
    return config


def test_a_config_carries_what_was_attached():
    config, record = ADict(lr=0.1), RunRecord()
    attach_record(config, record)
    assert record_of(config) is record


def test_a_config_made_by_hand_carries_none():
    assert record_of(ADict(lr=0.1)) is None
    assert record_of({"lr": 0.1}) is None
    assert record_of(None) is None


def test_a_frozen_config_can_carry_one():
    config, record = ADict(lr=0.1).freeze(), RunRecord()
    attach_record(config, record)
    assert record_of(config) is record


def test_a_plain_dict_is_refused():
    with pytest.raises(TypeError, match="only an ADict carries a record, not dict"):
        attach_record({}, RunRecord())


def test_the_record_is_no_key_of_the_config(config):
    assert list(config) == ["lr", "model"]
    assert json.loads(json.dumps(config)) == {"lr": 0.1, "model": {"depth": 3}}
    assert config == ADict(lr=0.1, model={"depth": 3})
    assert "RunRecord" not in repr(config)


def test_hashes_do_not_count_it(config):
    assert config.get_structural_hash() == ADict(config.to_dict()).get_structural_hash()


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, ADict, lambda c: c.copy(), lambda c: pickle.loads(pickle.dumps(c))],
    ids=["copy", "deepcopy", "ADict", "method", "pickle"],
)
def test_a_copy_carries_none(config, copied):
    assert record_of(copied(config)) is None


def test_reading_it_is_no_access(config):
    record_of(config)
    assert config.get_minimal_config() == {}


def test_a_new_record_knows_nothing():
    record = RunRecord()
    names = ["provenance", "arguments", "fingerprints", "inputs", "sources", "environment"]
    assert [getattr(record, name) for name in names] == [None] * 6
