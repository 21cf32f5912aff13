"""Recording writes."""

from ato_adict import MISSING, ADict, record_writes


def test_every_write_is_recorded_in_order():
    config, journal = ADict(lr=1, model={"depth": 3}), []
    record_writes(config, journal)
    config.lr = 2
    config.model.depth = 4
    config["model"]["width"] = 5
    del config.lr
    assert journal == [
        (config, "lr", 2),
        (config.model, "depth", 4),
        (config.model, "width", 5),
        (config, "lr", MISSING),
    ]
    assert journal[1][0] is config.model


def test_new_children_inherit_the_journal():
    config, journal = ADict(), []
    record_writes(config, journal)
    config.a = {"b": {}}
    config.a.b.c = 1
    config.d.e = 2
    config.f = ADict(g=1)
    config.f.g = 3
    config.h = [{"i": 1}]
    config.h[0].i = 4
    written = [(key, value) for _, key, value in journal if not isinstance(value, (dict, list))]
    assert written == [("c", 1), ("e", 2), ("g", 3), ("i", 4)]


def test_many_keys_at_once_are_recorded_one_by_one():
    config, journal = ADict(m={"a": 1}), []
    record_writes(config, journal)
    config.update(b=1, c=2)
    config.update({"m": {"a": 2}}, recurrent=True)
    config.update_if_absent(b=5, d=3)
    config["e", "f"] = 7
    config.setdefault("g", 8)
    config |= {"h": 9}
    keys = [key for _, key, _ in journal]
    assert keys == ["b", "c", "a", "d", "e", "f", "g", "h"]


def test_deletions_of_every_kind_are_recorded():
    config, journal = ADict(a=1, b=2, c=3, d=4), []
    record_writes(config, journal)
    config.pop("a")
    config.popitem()
    config.clear()
    assert journal == [(config, key, MISSING) for key in "adbc"]


def test_values_are_recorded_as_they_are_stored():
    config, journal = ADict(), []
    record_writes(config, journal)
    config.model = {"depth": 3}
    assert journal[0][2] is config.model


def test_recording_stops():
    config, journal = ADict(a={"b": 1}), []
    record_writes(config, journal)
    record_writes(config, None)
    config.a.b = 2
    assert journal == []


def test_copies_are_not_recorded():
    import copy
    import pickle

    config, journal = ADict(a={"b": 1}), []
    record_writes(config, journal)
    for copied in (
        config.clone(),
        copy.deepcopy(config),
        config.copy(),
        pickle.loads(pickle.dumps(config)),
    ):
        copied.x = 1
    assert journal == []


def test_a_failed_write_is_not_recorded():
    config, journal = ADict(), []
    record_writes(config, journal)
    try:
        config.items = 1
    except AttributeError:
        pass
    assert journal == []


def test_missing_is_one_object_that_survives_pickling():
    import pickle

    assert repr(MISSING) == "MISSING"
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING
    assert not MISSING
