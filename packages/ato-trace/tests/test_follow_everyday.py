"""`follow=True` on what training code is made of: each pair differs in one cause, or in none."""

import importlib
import sys

import pytest

from ato_trace import HashError, fingerprint, hash_output


@pytest.fixture
def followed(write_module):
    """The fingerprint of `f` in a module `everyday_main`, beside which `everyday_h` stands."""

    def make(main, helper=None, loaded=True):
        for name in ("everyday_main", "everyday_h"):
            sys.modules.pop(name, None)
        if helper is not None:
            write_module(helper, "everyday_h")
            if not loaded:
                del sys.modules["everyday_h"]
        importlib.invalidate_caches()  # Python looks into a folder once a clock tick
        return fingerprint(write_module(main, "everyday_main").f, follow=True)

    return make


HELPER = "def g(x):\n    return x + 1\n\ndef h(x):\n    return x\n\nK = 3\n"

# -- imports inside functions --------------------------------------------------------------------

IMPORTS = {
    "from": "def f(x):\n    from everyday_h import g\n    return g(x)\n",
    "from as": "def f(x):\n    from everyday_h import g as other\n    return other(x)\n",
    "import": "def f(x):\n    import everyday_h\n    return everyday_h.g(x)\n",
    "import as": "def f(x):\n    import everyday_h as e\n    return e.g(x)\n",
    "import_module": (
        "import importlib\ndef f(x):\n    m = importlib.import_module('everyday_h')\n"
        "    return m.g(x)\n"
    ),
    "import_module at once": (
        "from importlib import import_module\ndef f(x): return import_module('everyday_h').g(x)\n"
    ),
}


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize("main", list(IMPORTS.values()), ids=list(IMPORTS))
def test_an_import_inside_a_function_is_followed(followed, tmp_path, monkeypatch, main, loaded):
    monkeypatch.syspath_prepend(str(tmp_path))
    before = followed(main, HELPER, loaded)
    assert followed(main, HELPER + "# a comment\n", loaded) == before
    assert followed(main, HELPER.replace("x + 1", "x + 2"), loaded) != before


def test_a_module_that_is_not_imported_yet_is_not_run(followed, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "everyday_late.py").write_text("raise SystemExit\ndef g(x): return x * 2\n")
    value = followed("def f(x):\n    from everyday_late import g\n    return g(x)\n")
    assert "2* %0 2" in value.canonical
    assert "everyday_late" not in sys.modules


def test_a_module_seen_now_and_one_that_comes_later_have_one_fingerprint(
    followed, tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(str(tmp_path))
    helper = "import math\nN = 2\ndef g(x):\n    return math.sqrt(x) * N\n"
    loaded, unloaded = (followed(IMPORTS["from"], helper, here) for here in (True, False))
    assert loaded == unloaded


def test_what_is_looked_up_in_a_module_by_name_is_followed(followed):
    main = "import everyday_h\ndef f(x, name):\n    return getattr(everyday_h, name)(x)\n"
    assert followed(main, HELPER) != followed(main, HELPER.replace("x + 1", "x + 2"))


# -- pairs that differ -------------------------------------------------------------------------

DIFFER = {
    "library function behind a name": (
        "import math\nACT = math.sin\ndef f(x): return ACT(x)\n",
        ("math.sin", "math.cos"),
    ),
    "ufunc behind a name": (
        "import numpy as np\nACT = np.tanh\ndef f(x): return ACT(x)\n",
        ("np.tanh", "np.sin"),
    ),
    "imported under another name": (
        "from math import sin as act\ndef f(x): return act(x)\n",
        ("sin as", "cos as"),
    ),
    "library module behind a name": (
        "import math as m\ndef f(x): return m.sqrt(x)\n",
        ("import math", "import cmath"),
    ),
    "dict of library functions": (
        "import math\nACTS = {'a': math.sin, 'b': math.cos}\ndef f(x): return ACTS['a'](x)\n",
        ("math.sin", "math.tan"),
    ),
    "default argument": (
        "import math\nACT = math.sin\ndef f(x, act=ACT): return act(x)\n",
        ("math.sin", "math.cos"),
    ),
    "base class through an alias": (
        "import collections\nBase = collections.OrderedDict\nclass A(Base): pass\n"
        "def f(x): return A(x)\n",
        ("collections.OrderedDict", "collections.Counter"),
    ),
    "SimpleNamespace": (
        "import types\ncfg = types.SimpleNamespace(lr=0.1)\ndef f(x): return x * cfg.lr\n",
        ("lr=0.1", "lr=0.2"),
    ),
    "argparse.Namespace": (
        "import argparse\ncfg = argparse.Namespace(lr=0.1)\ndef f(x): return x * cfg.lr\n",
        ("lr=0.1", "lr=0.2"),
    ),
    "own object": (
        "class C:\n    def __init__(self, k): self.k = k\nc = C(1)\ndef f(x): return x * c.k\n",
        ("C(1)", "C(2)"),
    ),
    "own object with slots": (
        "class C:\n    __slots__ = ('k',)\n    def __init__(self, k): self.k = k\n"
        "c = C(1)\ndef f(x): return x * c.k\n",
        ("C(1)", "C(2)"),
    ),
    "own objects in a list": (
        "class C:\n    def __init__(self, k): self.k = k\n    def __call__(self, x): return x\n"
        "steps = [C(1), C(2)]\ndef f(x):\n    for step in steps: x = step(x)\n    return x\n",
        ("C(2)", "C(3)"),
    ),
    "own object with a library function": (
        "import math\nclass C:\n    def __init__(self, a): self.a = a\n"
        "c = {'a': C(math.sin)}\ndef f(x): return c['a'].a(x)\n",
        ("math.sin", "math.cos"),
    ),
    "dataclass instance": (
        "import dataclasses\n@dataclasses.dataclass\nclass C:\n    k: int\n    act: object = max\n"
        "c = C(1)\ndef f(x): return c.act(x, c.k)\n",
        ("C(1)", "C(2)"),
    ),
    "method of an object": (
        "class C:\n    def __init__(self, k): self.k = k\n    def m(self, x): return x * self.k\n"
        "scale = C(1).m\ndef f(x): return scale(x)\n",
        ("C(1)", "C(2)"),
    ),
    "partial with an object": (
        "import functools\nclass C:\n    def __init__(self, k): self.k = k\n"
        "def g(c, x): return x * c.k\n"
        "p = functools.partial(g, C(1))\ndef f(x): return p(x)\n",
        ("C(1)", "C(2)"),
    ),
    "itemgetter": (
        "import operator\nget = operator.itemgetter(0)\ndef f(x): return get(x)\n",
        ("itemgetter(0)", "itemgetter(1)"),
    ),
    "attrgetter": (
        "from operator import attrgetter\nget = attrgetter('a')\ndef f(x): return get(x)\n",
        ("'a'", "'b'"),
    ),
    "methodcaller": (
        "from operator import methodcaller\nget = methodcaller('a', 1)\ndef f(x): return get(x)\n",
        ("1)", "2)"),
    ),
    "object of a library": (
        "import decimal\nctx = {'c': decimal.Decimal('1.5'), 'f': abs}\n"
        "def f(x): return ctx['f'](x)\n",
        ("1.5", "2.5"),
    ),
    "registry of functions": (
        "REG = {}\ndef register(g):\n    REG[g.__name__] = g\n    return g\n"
        "@register\ndef a(x): return x + 1\n@register\ndef b(x): return x\n"
        "def f(x): return REG['a'](x)\n",
        ("x + 1", "x + 2"),
    ),
    "registry on a class": (
        "class R:\n    table = {}\n    @classmethod\n    def add(cls, g):\n"
        "        cls.table[g.__name__] = g\n        return g\n"
        "@R.add\ndef a(x): return x + 1\ndef f(x): return R.table['a'](x)\n",
        ("x + 1", "x + 2"),
    ),
    "registry by __init_subclass__": (
        "REG = {}\nclass Base:\n    def __init_subclass__(cls, **k):\n"
        "        REG[cls.__name__] = cls\n"
        "class A(Base):\n    def run(self, x): return x + 1\n"
        "def f(x): return REG['A']().run(x)\n",
        ("x + 1", "x + 2"),
    ),
    "subclasses": (
        "class Base: pass\nclass A(Base):\n    def run(self, x): return x + 1\n"
        "def f(x): return [c().run(x) for c in Base.__subclasses__()]\n",
        ("x + 1", "x + 2"),
    ),
    "set of functions": (
        "def a(x): return x + 1\ndef b(x): return x\nALL = {a, b}\n"
        "def f(x): return [g(x) for g in ALL]\n",
        ("x + 1", "x + 2"),
    ),
    "dict keyed by functions": (
        "def a(x): return x + 1\nWEIGHTS = {a: 1.5}\n"
        "def f(x): return [g(x) * w for g, w in WEIGHTS.items()]\n",
        ("1.5", "2.5"),
    ),
    "code of the keys of a dict": (
        "def a(x): return x + 1\nWEIGHTS = {a: 1.5}\n"
        "def f(x): return [g(x) * w for g, w in WEIGHTS.items()]\n",
        ("x + 1", "x + 2"),
    ),
    "registry of more than a thousand": (
        "def a(x): return x + 1\nREG = {str(i): a for i in range(1500)}\n"
        "def f(x): return REG[str(x)](x)\n",
        ("x + 1", "x + 2"),
    ),
    "set after the class statement": (
        "class C: pass\ndef g(self, x): return x + 1\nC.g = g\ndef f(x): return C().g(x)\n",
        ("x + 1", "x + 2"),
    ),
    "constant set after the class statement": (
        "class C:\n    k = 1\nC.k = 2\ndef f(x): return C.k * x\n",
        ("C.k = 2", "C.k = 3"),
    ),
    "vectorize": (
        "import numpy as np\ndef g(x): return x + 1\nv = np.vectorize(g)\ndef f(x): return v(x)\n",
        ("x + 1", "x + 2"),
    ),
    "lru_cache": (
        "import functools\n@functools.lru_cache(None)\ndef g(x): return x + 1\n"
        "def f(x): return g(x)\n",
        ("x + 1", "x + 2"),
    ),
    "cached_property": (
        "import functools\ncached = getattr(functools, 'cached_property', property)\n"
        "class C:\n    @cached\n    def p(self): return 1\ndef f(x): return C().p\n",
        ("return 1", "return 2"),
    ),
    "singledispatch": (
        "import functools\n@functools.singledispatch\ndef g(x): return x\n"
        "@g.register(int)\ndef _(x): return x + 1\ndef f(x): return g(x)\n",
        ("x + 1", "x + 2"),
    ),
    "wrapped by a call": (
        "import functools\ndef twice(g):\n    @functools.wraps(g)\n    def inner(x):\n"
        "        return g(x) * 2\n    return inner\ndef g(x): return x\ng = twice(g)\n"
        "def f(x): return g(x)\n",
        ("* 2", "* 3"),
    ),
    "estimator": (
        "from sklearn.linear_model import Ridge\nmodel = Ridge(alpha=1.0)\n"
        "def f(x): return model.predict(x)\n",
        ("alpha=1.0", "alpha=2.0"),
    ),
    "another estimator": (
        "from sklearn.linear_model import Ridge, Lasso\nmodel = Ridge(alpha=1.0)\n"
        "def f(x): return model.predict(x)\n",
        ("= Ridge(", "= Lasso("),
    ),
    "array": (
        "import numpy as np\nW = np.arange(3)\ndef f(x): return x * W\n",
        ("arange(3)", "arange(4)"),
    ),
}


@pytest.mark.parametrize(("text", "edit"), list(DIFFER.values()), ids=list(DIFFER))
def test_a_cause_counts(followed, text, edit):
    for library in ("numpy", "sklearn"):
        if library in text:
            pytest.importorskip(library)
    before = followed(text)
    assert edit[0] in text
    assert followed(text) == before
    assert " at 0x" not in before.canonical
    assert followed(text.replace(*edit)) != before


# -- members of classes ------------------------------------------------------------------------

NET = """
class Block:
    def __call__(self, x): return x + 1

class Base:
    RATE = 5
    def forward(self, x): return x * 3

class Net(Base):
    K = 7
    def __init__(self):
        self.child = Block()
    def up(self, x): return super().forward(x)
    def down(self, x): return self.child(x)
    def of_type(self, x): return type(self).scale(x)
    def of_class(self, x): return self.__class__.scale(x)
    def private(self, x): return self.__hidden(x)
    def inherited(self, x): return self.RATE
    @staticmethod
    def scale(x): return x * 11
    def __hidden(self, x): return x * 13
"""


@pytest.mark.parametrize(
    ("method", "edit"),
    [
        ("up", ("x * 3", "x * 4")),
        ("down", ("x + 1", "x + 2")),
        ("of_type", ("x * 11", "x * 12")),
        ("of_class", ("x * 11", "x * 12")),
        ("private", ("x * 13", "x * 14")),
        ("inherited", ("RATE = 5", "RATE = 6")),
    ],
)
def test_what_a_method_reaches_through_its_object_counts(write_module, method, edit):
    def of(text):
        net = write_module(text, "everyday_net").Net
        return fingerprint(getattr(net, method), follow=True)

    assert of(NET) == of(NET)
    assert of(NET) != of(NET.replace(*edit))


# -- pairs in which nothing changed --------------------------------------------------------------

EQUAL = {
    "history": (
        "history = []\ndef f(x):\n    history.append(x)\n    return sum(history)\n",
        "m.f(3)",
    ),
    "best": (
        "best = None\ndef f(x):\n    global best\n    best = x\n    return best\n",
        "m.f(3)",
    ),
    "memo": (
        "memo = {}\ndef f(x):\n    if x not in memo:\n        memo[x] = x * x\n"
        "    return memo[x]\n",
        "m.f(3)",
    ),
    "memo of a helper": (
        "memo = {}\ndef g(x):\n    memo[x] = 1\ndef f(x):\n    g(x)\n    return memo\n",
        "m.f(3)",
    ),
    "lru_cache": (
        "import functools\n@functools.lru_cache(None)\ndef g(x): return x\ndef f(x): return g(x)\n",
        "m.f(3)",
    ),
    "state of an object": (
        "class T:\n    def __init__(self):\n        self.seen, self.k = 0, 2\n"
        "    def add(self, x):\n        self.seen += x\n"
        "t = T()\ndef f(x):\n    t.add(x)\n    return t.k\n",
        "m.f(3)",
    ),
    "attribute set by the code": (
        "import types\ns = types.SimpleNamespace(n=0)\ndef f(x):\n    s.n += x\n    return s.n\n",
        "m.f(3)",
    ),
    "counter of a class": (
        "class C:\n    made = 0\n    def __init__(self):\n        C.made += 1\n"
        "def f(x): return C()\n",
        "m.f(3)",
    ),
    "counter of a closure": (
        "def make():\n    n = 0\n    def f(x):\n        nonlocal n\n        n += 1\n"
        "        return n\n    return f\nf = make()\n",
        "m.f(3)",
    ),
    "random generator": (
        "import random\nrng = random.Random(0)\ndef f(x): return rng.random()\n",
        "m.f(3)",
    ),
    "NumPy's generators": (
        "import numpy as np\nrng = np.random.default_rng(0)\nold = np.random.RandomState(0)\n"
        "def f(x): return rng.random() + old.rand()\n",
        "m.f(3)",
    ),
    "time stamp": ("import time\nSTART = time.time()\ndef f(x): return START\n", "None"),
    "date": (
        "from datetime import datetime\nNAME = f'run-{datetime.now()}'\ndef f(x): return NAME\n",
        "None",
    ),
    "uuid": ("import uuid\nRUN = str(uuid.uuid4())\ndef f(x): return RUN\n", "None"),
    "derived from a time stamp": (
        "import time\nSTART = time.time()\nNAME = 'run-' + str(START)\ndef f(x): return NAME\n",
        "None",
    ),
    "environ": (
        "import os\nfrom os import environ\ndef f(x): return os.environ['A'], environ['B']\n",
        "__import__('os').environ.__setitem__('ATO_TEST_JOB', '1')",
    ),
    "sys.path": (
        "import sys\nfrom sys import path\ndef f(x): return sys.path + path\n",
        "__import__('sys').path.append('/nowhere')",
    ),
    "logger": (
        "import logging\nlog = logging.getLogger(__name__)\ndef f(x): log.info(x)\n",
        "m.log.setLevel(10)",
    ),
    "lock": ("import threading\nlock = threading.Lock()\ndef f(x):\n    with lock: pass\n", "None"),
    "open file": ("out = open(__file__)\ndef f(x): return out.read()\n", "m.f(1)"),
    "a scope of ato": (
        "from ato_trace import Scope\nscope = Scope()\n@scope.trace(follow=True)\n"
        "def f(x): return scope.fingerprints, x\n",
        "m.scope.fingerprints",
    ),
    "attributes that a base class changes": (
        "class B:\n    def add(self, x): self.n += x\n"
        "class T(B):\n    def __init__(self): self.n = 0\n"
        "t = T()\ndef f(x):\n    t.add(x)\n    return t\n",
        "m.f(3)",
    ),
    "objects that raise": (
        "class Odd:\n    def __getattr__(self, name): raise RuntimeError(name)\n"
        "    def __eq__(self, other): raise RuntimeError\n    __hash__ = None\n"
        "odd = [Odd()]\ndef f(x): return odd\n",
        "None",
    ),
    "objects that hold each other": (
        "class N:\n    def __init__(self, *n): self.n = n\na = N()\nfor _ in range(60):\n"
        "    a = N(a, a)\ndef f(x): return a\n",
        "None",
    ),
    "itself": ("def f(x): return __file__, __name__\n", "None"),
    "folder of the file": (
        "import pathlib\nROOT = pathlib.Path(__file__).parent\nDATA = ROOT / 'data'\n"
        "def f(x): return DATA\n",
        "None",
    ),
}


@pytest.mark.parametrize(("text", "run"), list(EQUAL.values()), ids=list(EQUAL))
def test_no_cause_is_no_change(write_module, tmp_path, text, run):
    if "numpy" in text:
        pytest.importorskip("numpy")
    first = write_module(text, "everyday_equal")
    before = fingerprint(first.f, follow=True)
    eval(run, {"m": first})
    assert fingerprint(first.f, follow=True) == before
    assert fingerprint(write_module(text, "everyday_equal").f, follow=True) == before
    assert " at 0x" not in before.canonical


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        (EQUAL["history"][0], "history", "the code that is followed changes it"),
        (EQUAL["time stamp"][0], "START", "it differs in every process"),
        (EQUAL["random generator"][0], "rng", "the state of a random generator"),
        (EQUAL["logger"][0], "log", "a logger"),
        (EQUAL["state of an object"][0], "t.seen", "methods of its object change it"),
    ],
)
def test_what_is_not_followed_is_listed_with_the_reason(followed, text, name, reason):
    skipped = dict(followed(text).skipped)
    assert skipped[name].startswith(reason)


def test_a_plain_fingerprint_skips_nothing():
    assert fingerprint("def f(): return x").skipped == ()


def test_functions_from_cython_are_of_their_library(followed):
    pytest.importorskip("numpy")
    value = followed(
        "from numpy.random import default_rng, permutation\n"
        "def f(x): return default_rng(permutation(x))\n"
    )
    assert "== 1" not in value.canonical
    assert "value default_rng = <numpy.default_rng>" in value.canonical
    assert "cython" not in value.canonical


class _ModuleFromC:
    """As functions compiled by older Cythons: their class has a descriptor for `__module__`."""

    __module__ = property(lambda self: "compiled.library")
    __name__ = "permutation"


class function_in_c(_ModuleFromC):  # noqa: N801
    __module__ = _ModuleFromC.__dict__["__module__"]

    def __call__(self, items):
        return items


def test_a_class_whose_module_is_no_text_is_described_and_hashed_as_any_other():
    shuffle = function_in_c()

    def f(items):
        return shuffle(items)

    assert "shuffle" in fingerprint(f, follow=True).canonical
    with pytest.raises(HashError, match="function_in_c"):
        hash_output(shuffle)
