"""Words of a text."""

import json
import re
from pathlib import Path

PATTERN = re.compile(r"[a-z]+")
_cache = {}


def words(path):
    if path not in _cache:
        text = Path(path).read_text()
        _cache[path] = [clean(word) for word in PATTERN.findall(text.lower())]
    return _cache[path]


def clean(word):
    return stems().get(word, word)


def stems():
    with open("corpus/stems.json") as file:
        return json.load(file)
