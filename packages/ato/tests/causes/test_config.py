"""Config keys that differ, and who set them."""

import pytest
from pair import Pair, each, edit

pytestmark = pytest.mark.slow

KEYS = [
    Pair(
        "an argument",
        words=("", "lr=0.2"),
        says=r"^lr: 0\.1 -> 0\.2 \(command line\)",
        shows=[r"loss: .* -> .*%"],
    ),
    Pair("two values of an argument", words=("lr=0.2", "lr=0.3"), says=r"^lr: 0\.2 -> 0\.3 "),
    Pair("a seed", words=("", "seed=2"), says=r"^seed: 1 -> 2 "),
    Pair(
        "a view",
        words=("", "longer"),
        says=r"^epochs: 2 -> 4 \(.*longer",
    ),
    Pair(
        "a default",
        edit("train.py", "config.lr = 0.1", "config.lr = 0.2"),
        says=r"^lr: 0\.1 -> 0\.2 \(.*defaults",
        never=r"train\.defaults|config\.lr = ",
    ),
    Pair(
        "a default in a view",
        edit("train.py", "config.epochs = 4", "config.epochs = 5"),
        words=("longer", "longer"),
        says=r"^epochs: 4 -> 5 \(.*longer",
        never=r"train\.longer",
    ),
    Pair(
        "a longer list",
        words=("", "layers=[4,2,2]"),
        says=r"^layers.*2.* \(command line\)",
        shows=r"loss: ",
    ),
    Pair(
        "the order of a list",
        words=("layers=[4,2]", "layers=[2,4]"),
        says=r"^layers",
        shows=r"the recorded results agree",
    ),
    Pair(
        "an integer that became a float",
        words=("gain=1", "gain=1.0"),
        says=r"^gain: 1 -> 1\.0 \(command line\)",
        shows=r"the recorded results agree",
    ),
    Pair("a number that became text", words=("", "seed:=1"), says=r"^seed: 1 -> '1' "),
    Pair(
        "a text instead of None", words=("mode=None", "mode:=None"), says=r"^mode: None -> 'None'"
    ),
    Pair("a key that is new", words=("", "extra=1"), says=r"^extra: new, 1 \(command line\)"),
    Pair("a key that is gone", words=("extra=1", ""), says=r"^extra: gone, was 1"),
    Pair(
        "a nested key", words=("opt.decay=0.1", "opt.decay=0.2"), says=r"^opt\.decay: 0\.1 -> 0\.2"
    ),
    Pair(
        "the priority of a view",
        edit("train.py", "priority=1", "priority=3"),
        first=[
            edit(
                "train.py",
                "@scope.observe()\n",
                "@scope.observe(priority=1)\ndef a(config):\n    config.epochs = 3\n\n\n"
                "@scope.observe(priority=2)\n",
            )
        ],
        words=("a longer", "a longer"),
        says=r"^epochs: 4 -> 3 \(view 'a' \(train\.py:\d+\), applied later than before\)",
    ),
    Pair(
        "two keys, each of them named",
        words=("", "lr=0.2 epochs=3"),
        says=[r"lr: 0\.1 -> 0\.2", r"epochs: 2 -> 3"],
    ),
]


@each(*KEYS)
def test_a_key_of_the_config_is_named_with_who_set_it(pair, tmp_path):
    pair.check(tmp_path)
