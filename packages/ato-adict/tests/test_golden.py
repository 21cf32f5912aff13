"""Golden files: the same texts and hashes on every Python.

`UPDATE_GOLDEN=1 pytest` writes them anew.
"""

import datetime
import json
import os
import pathlib
from enum import Enum

from ato_adict import ADict, xyz

GOLDEN = pathlib.Path(__file__).parent / "golden"


class Color(Enum):
    RED = 1


CONFIGS = {
    "training": {
        "lr": 1e-3,
        "epochs": 100,
        "model": {"backbone": "resnet50", "layers": [64, 128], "pretrained": True},
        "note": None,
    },
    "numbers": {
        "small": 1e-300,
        "third": 1 / 3,
        "whole": 1e16,
        "nan": float("nan"),
        "inf": float("-inf"),
        "zero": -0.0,
        "big": 2**80,
        "complex": 1 - 2j,
    },
    "texts": {
        "empty": "",
        "number": "1e-3",
        "flag": "True",
        "lines": "one\n\n  two",
        "last line": "one\n",
        "colon": "a: b",
        "path": "C:\\new\\table",
        "quotes": "'\"",
        "unicode": "größe 模型 🙂",
        "invisible": "a\u200bb\u2028c\x00",
        "spaces": " x ",
    },
    "containers": {
        "tuple": (1, (2, [])),
        "set": {3, 1, 2},
        "frozenset": frozenset({"b", "a"}),
        "empty": [[], {}, (), set(), frozenset()],
        "list of lists": [[1, [2, {"three": 4}]]],
        "bytes": b"\x00\xff'",
    },
    "keys": {"a.b": 1, "a": {"b": 2}, 1: 3, "1": 4, None: 5, "0) x": 7, "# c": 8},
    "dates": {
        "day": datetime.date(2026, 11, 24),
        "moment": datetime.datetime(2026, 11, 24, 8, 30, 0, 5, datetime.timezone.utc),
    },
}
# Values that have a hash but no xyz text.
OBJECTS = {"color": Color.RED, "path": pathlib.PurePosixPath("/data/x"), "type": int, "fn": len}


def golden(name, text):
    """Compare a text with a golden file."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(text.encode("utf-8"))
    assert text == path.read_bytes().decode("utf-8")


def golden_json(name, data):
    golden(name, json.dumps(data, indent=2) + "\n")


def test_structural_hashes():
    configs = {**CONFIGS, "objects": OBJECTS}
    hashes = {name: ADict(data).get_structural_hash() for name, data in configs.items()}
    golden_json("structural_hashes.json", hashes)


def test_structural_hashes_with_elements():
    hashes = {name: ADict(data).get_structural_hash(deep=True) for name, data in CONFIGS.items()}
    golden_json("deep_structural_hashes.json", hashes)


def test_value_hashes():
    objects = {name: value for name, value in OBJECTS.items() if name != "color"}
    configs = {**CONFIGS, "objects": objects}
    hashes = {name: ADict(data).get_value_hash() for name, data in configs.items()}
    golden_json("value_hashes.json", hashes)


def test_xyz_texts():
    for name, data in CONFIGS.items():
        golden(f"{name}.xyz", xyz.dumps(data))


def test_xyz_texts_are_read_back():
    for name, data in CONFIGS.items():
        read = xyz.load(GOLDEN / f"{name}.xyz")
        assert ADict(read).get_value_hash() == ADict(data).get_value_hash()


def test_minimal_config():
    config = ADict(CONFIGS["training"])
    _ = config.epochs, config.model.layers, config["lr"]
    golden("minimal_config.json", config.get_minimal_config().json() + "\n")


def test_pickles_of_other_pythons_are_read():
    # Written by Python 3.7 with protocol 2.
    path = GOLDEN / "config.pickle"
    import pickle

    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(pickle.dumps(ADict(a={"b": [1, {"c": 2}]}).freeze(), 2))
    config = pickle.loads(path.read_bytes())
    assert config == {"a": {"b": [1, {"c": 2}]}}
    assert config.frozen
    assert type(config.a.b[1]) is ADict
