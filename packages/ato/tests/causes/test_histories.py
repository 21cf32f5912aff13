"""Two repositories commit by commit: what each commit changed is named, and nothing else."""

import pathlib
import shutil

import pytest
from pair import edit, explained, rename, run, save, touch, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # seventy processes each
HISTORIES = pathlib.Path(__file__).with_name("histories")


class Commit:
    """A commit of a history: what it changes, and the cause it is; see `pair.Pair`."""

    def __init__(self, message, *steps, says=(), shows=(), words="", env=None):
        self.message = message
        self.steps = steps
        self.says = [says] if isinstance(says, str) else list(says)
        self.shows = [shows] if isinstance(shows, str) else list(shows)
        self.words = words.split()
        self.env = env


def replay(name, commits, tmp_path):
    folder = tmp_path / name
    shutil.copytree(str(HISTORIES / name), str(folder))
    for path in folder.rglob("*.*"):
        save(path, path.read_bytes())
    run(folder, "train.py")
    for number, commit in enumerate(commits, 2):
        for step in commit.steps:
            step(folder)
        run(folder, "train.py", *commit.words, env=commit.env)
        try:
            explained(folder, number - 1, number, says=commit.says, shows=commit.shows)
        except AssertionError as error:
            raise AssertionError(f"{commit.message}: {error}") from None


LINEAR, DIGITS, TRAIN = "nets/linear.py", "digits.py", "train.py"
MLP = '''"""A classifier of two layers."""

from .linear import Linear, sigmoid


class Hidden(Linear):
    def score(self, pixels):
        return super().score([sigmoid(pixel) for pixel in pixels])
'''
OF_DIGITS = [
    Commit(
        "Format with black",
        edit(
            DIGITS,
            "        return [row_of(cells) for cells in ",
            "\n        return [row_of(cells) for cells in ",
        ),
    ),
    Commit(
        "Train longer",
        edit("conf/default.yaml", "epochs: 3", "epochs: 5"),
        says=[r"^epochs: 3 -> 5", r"conf/default\.yaml changed"],
    ),
    Commit(
        "Add weight decay",
        edit(LINEAR, "DECAY = 0.0", "DECAY = 0.01"),
        says=r"^nets/linear\.py:5 changed: DECAY = 0\.0 -> DECAY = 0\.01",
    ),
    Commit(
        "Annotate",
        edit(DIGITS, "def scale(pixels):", "def scale(pixels: list) -> list:"),
        edit(
            DIGITS,
            "import csv\n",
            "from __future__ import annotations\n\nimport csv\nfrom typing import List\n",
        ),
    ),
    Commit(
        "Fix a label",
        edit("data/digits.csv", "0,12,13", "1,12,13"),
        says=r"^data/digits\.csv changed .*read by load",
        shows=r"line 5: 0,12,13,4,4 -> 1,12,13,4,4",
    ),
    Commit("Add a net, not used yet", write("nets/hidden.py", MLP)),
    Commit(
        "Register the net",
        edit(
            "nets/__init__.py",
            "from nets.linear import Linear\n",
            "from nets.hidden import Hidden\nfrom nets.linear import Linear\n",
        ),
        edit("nets/__init__.py", '{"linear": Linear}', '{"linear": Linear, "hidden": Hidden}'),
        says=[
            r"^nets/__init__\.py:6 changed: NETS = ",
            r"nets\.hidden was loaded only in the second",
        ],
    ),
    Commit("Use the net", words="net:=hidden", says=r"^net: 'linear' -> 'hidden' \(command line\)"),
    Commit(
        "Centre the pixels",
        edit(DIGITS, "pixel / 16 for", "pixel / 8 - 1 for"),
        says=r"^digits\.scale changed \(digits\.py:21\)",
        words="net:=hidden",
    ),
    Commit(
        "Rename a helper and a module",
        edit(DIGITS, "return scale(pixels), label", "return centred(pixels), label"),
        edit(DIGITS, "def scale(", "def centred("),
        rename("digits.py", "pixels.py"),
        edit(TRAIN, "import digits\n", "import pixels as digits\n"),
        words="net:=hidden",
    ),
    Commit(
        "Start with a bias",
        edit(LINEAR, "bias=0.0", "bias=0.1"),
        says=r"^nets\.linear\.Linear\.__init__ changed \(nets/linear\.py:17\)",
        words="net:=hidden",
    ),
    Commit("Save everything again", touch(TRAIN, LINEAR, "data/digits.csv"), words="net:=hidden"),
    Commit(
        "Delete the constant's use",
        edit(LINEAR, " + DECAY * self.weights[n])", ")"),
        edit(LINEAR, "DECAY = 0.01\n\n\n", ""),
        says=[
            r"^nets\.linear\.DECAY was removed",
            r"nets\.linear\.Linear\.step changed",
        ],
        words="net:=hidden",
    ),
]
CORPUS, MODEL, SCHEDULE = "lm/corpus.py", "lm/model.py", "lm/schedule.py"
OF_WORDS = [
    Commit(
        "Document", edit(MODEL, '"""Counts with additive smoothing."""', '"""Counts, smoothed."""')
    ),
    Commit(
        "More smoothing",
        edit(TRAIN, "config.smoothing = 0.5", "config.smoothing = 0.25"),
        says=r"^smoothing: 0\.5 -> 0\.25 \(.*defaults",
    ),
    Commit(
        "A line more",
        edit("corpus/small.txt", "A dog and", "A dog ran.\nA dog and"),
        says=r"^corpus/small\.txt changed .*read by words",
        shows=r"line 3 is new: A dog ran\.",
    ),
    Commit(
        "Stem another word",
        edit("corpus/stems.json", '"ran": "run",', '"ran": "run",\n  "dogs": "dog",'),
        says=r"^corpus/stems\.json changed .*read by stems",
    ),
    Commit(
        "Numbers are words",
        edit(CORPUS, "[a-z]+", "[a-z0-9]+"),
        says=r"^lm/corpus\.py:7 changed: PATTERN = ",
    ),
    Commit(
        "The constant schedule",
        edit(SCHEDULE, 'USED = "linear"', 'USED = "constant"'),
        says=r"^lm/schedule\.py:\d+ changed: USED = ",
    ),
    Commit(
        "Split the model's module",
        edit(
            MODEL,
            '''class Counts:
    """How often what follows what."""

    def __init__(self):
        self.pairs = collections.Counter()
        self.firsts = collections.Counter()

    def learn(self, words):
        for first, second in zip(words, words[1:]):
            self.pairs[first, second] += 1
            self.firsts[first] += 1


''',
            "",
        ),
        edit(
            MODEL,
            "import collections\nimport math\n",
            "import math\n\nfrom .counts import Counts\n",
        ),
        write(
            "lm/counts.py",
            '''"""Counts."""

import collections


class Counts:
    """How often what follows what."""

    def __init__(self):
        self.pairs = collections.Counter()
        self.firsts = collections.Counter()

    def learn(self, words):
        for first, second in zip(words, words[1:]):
            self.pairs[first, second] += 1
            self.firsts[first] += 1
''',
        ),
    ),
    Commit(
        "Count every pair twice",
        edit("lm/counts.py", "second] += 1", "second] += 2"),
        says=r"^lm\.counts\.Counts\.learn changed \(lm/counts\.py:15\)",
    ),
    Commit(
        "Natural logarithms",
        edit(MODEL, "base = 2", "base = 2.718281828"),
        says=r"^lm\.model\.Bigrams changed",
    ),
    Commit(
        "Another corpus",
        env={"LM_CORPUS": "corpus/other.txt"},
        says=[
            r"^The environment variable LM_CORPUS changed: \(not set\) -> corpus/other\.txt",
            r"corpus/(small|other)\.txt was read only",
        ],
    ),
    Commit(
        "A view",
        words="long",
        env={"LM_CORPUS": "corpus/other.txt"},
        says=r"^rounds: 3 -> 5 \(view 'long'",
    ),
    Commit(
        "Delete what nobody used",
        edit(
            SCHEDULE,
            """@schedule("linear")
def linear(turn, rounds):
    return (turn + 1) / rounds


""",
            "",
        ),
        words="long",
        env={"LM_CORPUS": "corpus/other.txt"},
        says=r"^lm\.schedule\.linear was removed",
    ),
]


@pytest.mark.skipif("sys.version_info < (3, 8)", reason="Python does not tell what is read")
def test_a_history_of_a_classifier_is_told_commit_by_commit(tmp_path):
    replay("digits", OF_DIGITS, tmp_path)


@pytest.mark.skipif("sys.version_info < (3, 8)", reason="Python does not tell what is read")
def test_a_history_of_a_language_model_is_told_commit_by_commit(tmp_path):
    replay("words", OF_WORDS, tmp_path)
