"""Code that changed, that nobody traced."""

import pytest
from pair import Pair, each, edit, remove, rename, write

pytestmark = pytest.mark.slow

STATEMENTS = [
    Pair(
        "a function two modules away",
        edit("lib/layers.py", "value**by", "value**by + 1"),
        says=r"^lib\.layers\.power changed \(lib/layers\.py:7\)",
        shows=[r"- return value\*\*by\n", r"\+ return value\*\*by \+ 1"],
    ),
    Pair(
        "a function imported inside a function",
        edit("lib/scaling.py", "* by", "/ by"),
        says=r"^lib\.scaling\.scaled changed \(lib/scaling\.py:8\)",
    ),
    Pair(
        "a module imported by import_module",
        edit("lib/offsets.py", "else -OFFSET", "else OFFSET / 2"),
        says=r"^lib\.offsets\.offset changed \(lib/offsets\.py:9\)",
    ),
    Pair(
        "a method",
        edit("model.py", "self.gain +", "self.gain -"),
        says=r"^model\.Linear\.fit changed \(model\.py:55\)",
    ),
    Pair(
        "a method of a base class",
        edit("model.py", "value * 0.01", "value * 0.02"),
        says=r"^model\.Base\.penalty changed \(model\.py:36\)",
    ),
    Pair(
        "a call of super()",
        edit("model.py", "super().penalty(value) + 1", "super().penalty(value * 2) + 1"),
        says=r"^model\.Linear\.penalty changed \(model\.py:58\)",
    ),
    Pair(
        "a property",
        edit("model.py", "self.rate * DECAY + ", "self.rate * DECAY - "),
        says=r"^model\.Base\.gain changed",
    ),
    Pair(
        "a generator",
        edit("model.py", "self.layer(row) *", "self.layer(row) /"),
        says=r"^model\.Linear\.terms changed",
    ),
    Pair(
        "a nested function",
        edit("lib/scaling.py", "one + 1", "one + 2"),
        says=r"^lib\.scaling\.scaled(\.shifted)? changed \(lib/scaling\.py:6\)",
    ),
    Pair(
        "the function of the program itself",
        edit("train.py", "net.fit(rows) *", "net.fit(rows) +"),
        says=r"^train\.main changed \(train\.py:\d+\)",
    ),
    Pair(
        "what an instance is given",
        edit("model.py", "Layer(2)", "Layer(3)"),
        says=r"^model\.Linear\.__init__ changed",
    ),
    Pair(
        "a comparison",
        edit("lib/offsets.py", "value > 0", "value > 2"),
        says=r"^lib\.offsets\.offset changed",
    ),
    Pair(
        "a call left out",
        edit("model.py", "self.clip(sum(self.terms(rows)))", "sum(self.terms(rows))"),
        says=r"^model\.Linear\.fit changed",
    ),
]

VALUES = [
    Pair(
        "a constant of a module",
        edit("model.py", "DECAY = 0.5", "DECAY = 0.25"),
        says=r"^model\.py:10 changed: DECAY = 0\.5 -> DECAY = 0\.25",
    ),
    Pair(
        "a statement of a module",
        edit("lib/offsets.py", "    OFFSET = 0.125", "    OFFSET = 0.5"),
        says=r"^lib[/.]offsets.*changed",
        shows=r"OFFSET = 0\.5",
    ),
    Pair(
        "an attribute of a class",
        edit("lib/layers.py", "scale = 1.0", "scale = 2.0"),
        says=r"lib.layers\.Layer.* changed|^lib/layers\.py:\d+ changed",
        shows=r"scale = 2\.0",
    ),
    Pair(
        "an attribute of a base class",
        edit("model.py", "rate = 1.5", "rate = 2.5"),
        says=r"^model\.Base.* changed",
        shows=r"rate = 2\.5",
    ),
    Pair(
        "the default of a dataclass",
        edit("model.py", "momentum: float = 0.9", "momentum: float = 0.8"),
        says=r"^model\.Options.* changed",
        shows=r"momentum: float = 0\.8",
    ),
    Pair(
        "a default argument",
        edit("lib/scaling.py", "by=0.5", "by=0.75"),
        says=r"^lib\.scaling\.scaled.* changed",
        shows=r"0\.75",
    ),
    Pair(
        "an argument of partial",
        edit("lib/layers.py", "by=2", "by=3"),
        says=r"^lib[./]layers",
        shows=r"by=3",
    ),
    Pair(
        "a lambda",
        edit("lib/layers.py", "value / 2", "value / 4"),
        says=r"^lib[./]layers",
        shows=r"value / 4",
    ),
    Pair(
        "the order of a tuple",
        edit("lib/layers.py", '("square", "half")', '("half", "square")'),
        says=r"^lib/layers\.py:14 changed: ORDER",
    ),
    Pair(
        "an entry of a registry",
        edit("train.py", 'build("linear"', 'build("constant"'),
        says=r"^train\.main changed",
        shows="constant",
    ),
    Pair(
        "two classes of a registry swapped",
        edit("model.py", '@register("linear")', '@register("other")'),
        edit("model.py", '@register("constant")', '@register("linear")'),
        says=[r"^model\.(Linear|Constant).* changed", r"model\.(Linear|Constant).* changed"],
        shows=r'register\("other"\)',
    ),
    Pair(
        "a method set after the class statement",
        edit("model.py", "self.noise\n", "self.noise * 3\n"),
        first=[edit("model.py", "\n\ndef build", "\n\nLinear.rate = 3.0\n\n\ndef build")],
        says=r"^model\.Linear\.fit changed",
    ),
    Pair(
        "a value set after the class statement",
        edit("model.py", "Linear.rate = 3.0", "Linear.rate = 4.0"),
        first=[edit("model.py", "\n\ndef build", "\n\nLinear.rate = 3.0\n\n\ndef build")],
        says=r"^model\.py:\d+ changed: Linear\.rate = 3\.0 -> Linear\.rate = 4\.0",
    ),
    Pair(
        "another base class",
        edit("model.py", "class Linear(Base)", "class Linear(Steep)"),
        first=[
            edit(
                "model.py",
                '@register("linear")',
                "class Steep(Base):\n    rate = 3.0\n\n\n@register('linear')",
            )
        ],
        says=r"^model\.Linear.* changed",
        shows=r"Steep",
    ),
    Pair(
        "a function of a library behind a name",
        edit("lib/layers.py", "ACT = math.sin", "ACT = math.cos"),
        first=[
            edit("lib/layers.py", "import functools", "import functools\nimport math"),
            edit("lib/layers.py", "\n\nclass Layer", "\nACT = math.sin\n\n\nclass Layer"),
            edit("lib/layers.py", "return value *", "return ACT(value) *"),
        ],
        says=r"^lib/layers\.py:\d+ changed: ACT = math\.sin -> ACT = math\.cos",
    ),
    Pair(
        "an import of another function under one name",
        edit("lib/layers.py", "from math import sin as act", "from math import cos as act"),
        first=[
            edit(
                "lib/layers.py", "import functools", "import functools\nfrom math import sin as act"
            ),
            edit("lib/layers.py", "return value *", "return act(value) *"),
        ],
        says=r"^lib[./]layers.* changed",
        shows="cos",
    ),
]

MOVES = [
    Pair(
        "a helper deleted",
        edit("lib/steps.py", "warm(epoch) ** 2", "epoch ** 2"),
        edit("lib/steps.py", "def warm(epoch):\n    return 1 + epoch\n\n\n", ""),
        says=[r"^lib\.steps\.schedule changed", r"lib\.steps\.(warm was removed|schedule changed)"],
        shows=r"warm",
    ),
    Pair(
        "a module renamed with a change",
        rename("lib/losses.py", "lib/criteria.py"),
        edit("model.py", "from lib import losses", "from lib import criteria as losses"),
        edit("lib/criteria.py", "scaled(value) +", "scaled(value) -"),
        says=[
            r"(lib\.losses|lib\.criteria|model)",
            r"lib\.(losses|criteria).*(changed|removed|added|only in)|model(\.py:\d+)? changed",
        ],
        shows=r"scaled\(value\) - ",
    ),
    Pair(
        "a method that overrides now",
        edit(
            "model.py",
            "    def terms",
            "    def clip(self, value):\n        return 1\n\n    def terms",
        ),
        says=r"^model\.Linear\.clip was added",
    ),
    Pair(
        "an override that is gone",
        edit(
            "model.py",
            "    def penalty(self, value):\n        return super().penalty(value) + 1\n\n",
            "",
        ),
        says=r"^model\.Linear\.penalty was removed",
    ),
    Pair(
        "a module that another takes the place of",
        write("lib/steeper.py", "def schedule(epoch):\n    return 7 + epoch\n"),
        edit("train.py", "from lib.steps import", "from lib.steeper import"),
        says=[
            r"lib[./]ste|train",
            r"lib\.ste(ps|eper).*(only|added|removed)|train(\.py:\d+)?.* changed",
        ],
        shows=r"lib[./]steeper",
    ),
    Pair(
        "a data file and a helper read only through it",
        remove("lib/offsets.py"),
        write("lib/offsets/__init__.py", "def offset(value):\n    return 9\n"),
        says=r"lib\.offsets",
    ),
]

SPREAD = """
import functools

WEIGHTS = [
    1.0,
    1.5,
    2.0,
    2.5,
    3.0,
    3.5,
    4.0,
]


class Width:
    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        self._value = value / 2


@functools.singledispatch
def size(value):
    return sum(WEIGHTS)


@size.register(int)
def _(value):
    return value


@size.register(str)
def _(value):
    return len(value)


def power(value, by):
    width = Width()
    width.value = value**by
    return width.value + size("ab") * size(2.0)
"""
IN_LAYERS = [
    write("lib/spread.py", SPREAD),
    edit(
        "lib/layers.py",
        "def power(value, by):\n    return value**by",
        "from lib.spread import power",
    ),
]
SHAPES = [
    Pair(
        "one number of a long constant",
        edit("lib/spread.py", "    3.0,", "    3.25,"),
        first=IN_LAYERS,
        says=r"^lib\.spread\.WEIGHTS changed \(lib/spread\.py:9\)",
        shows=[r"-     3\.0,\n", r"\+     3\.25,\n"],
        never=r"1\.5",
    ),
    Pair(
        "the setter of a property",
        edit("lib/spread.py", "value / 2", "value / 4"),
        first=IN_LAYERS,
        says=r"^lib\.spread\.Width\.value\.setter changed \(lib/spread\.py:22\)",
    ),
    Pair(
        "an implementation for another type, before the others",
        edit(
            "lib/spread.py",
            "@size.register(int)",
            "@size.register(float)\ndef _(value):\n    return 9\n\n\n@size.register(int)",
        ),
        first=IN_LAYERS,
        says=r"^lib\.spread\._ @size\.register\(float\) was added",
    ),
    Pair(
        "a function moved to another module and edited",
        edit(
            "lib/layers.py",
            "from lib.spread import power",
            "def power(value, by):\n    grown = value**by\n    return grown + 1\n",
        ),
        edit("lib/spread.py", "def power(value, by):\n    grown = value**by\n    return grown", ""),
        first=[
            *IN_LAYERS,
            edit(
                "lib/spread.py",
                "    width = Width()\n    width.value = value**by\n"
                '    return width.value + size("ab") * size(2.0)',
                "    grown = value**by\n    return grown",
            ),
        ],
        says=r"^lib\.layers\.power changed",
    ),
]

CHOSEN = [
    Pair(
        "a definition below an if",
        edit("lib/offsets.py", "        return 1", "        return 2"),
        first=[
            edit("lib/offsets.py", "    OFFSET = 0.125", "    def base():\n        return 1"),
            edit("lib/offsets.py", "return OFFSET if", "return base() if"),
        ],
        says=r"^lib\.offsets\.base changed \(lib/offsets\.py:\d+\)",
    ),
    Pair(
        "what a package exports",
        edit("lib/nets/__init__.py", "from .first", "from .second"),
        first=[
            write("lib/nets/__init__.py", "from .first import Scale\n"),
            write("lib/nets/first.py", "class Scale:\n    def by(self):\n        return 1\n"),
            write("lib/nets/second.py", "class Scale:\n    def by(self):\n        return 2\n"),
            edit(
                "lib/layers.py", "import functools\n", "import functools\n\nfrom lib import nets\n"
            ),
            edit("lib/layers.py", "return value**by", "return value**by * nets.Scale().by()"),
        ],
        says=r"^lib/nets/__init__\.py:1 changed: from \.first import Scale -> from \.second",
    ),
    Pair(
        "a function whose name is made while it runs",
        edit("lib/spread.py", "return 2", "return 3"),
        first=[
            write("lib/spread.py", "def make_big():\n    return 2\n"),
            edit(
                "lib/layers.py",
                "import functools\n",
                "import functools\n\nfrom lib import spread\n",
            ),
            edit(
                "lib/layers.py",
                "return value**by",
                "return value**by * getattr(spread, 'make_' + ORDER[0].replace('square', 'big'))()",
            ),
        ],
        says=r"^lib\.spread\.make_big changed",
    ),
    Pair(
        "a function that is a config value",
        edit("lib/steps.py", "    return epoch\n", "    return epoch + 1\n"),
        first=[
            edit("train.py", "import schedule\n", "import schedule, spare\n"),
            edit("train.py", "config.seed = 1", "config.seed = 1\n    config.step = spare"),
            edit("train.py", "* schedule(epoch)", "* config.step(epoch)"),
        ],
        says=[r"^lib\.steps\.spare changed", r"step: <function spare>, with other code"],
    ),
]


@each(*STATEMENTS, *VALUES, *MOVES, *SHAPES, *CHOSEN)
def test_code_that_nobody_traced_is_named(pair, tmp_path):
    pair.check(tmp_path)
