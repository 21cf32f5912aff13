"""Damage: bytes of files, values of records."""

import copy
import json
import struct
import zlib

PIECES = [
    b"\0",
    b"\xff\xfe",
    b"{",
    b"[",
    b"]}",
    b'"',
    b"'",
    b"\\",
    b"\n",
    b"${",
    b"}",
    b"*a",
    b"&a ",
]
PIECES += [b"<<: ", b"!!bool ", b"!!pairs [", b"- ", b": ", b"#", b"\xf0\x9f\x92\xa9", b"\x1b[2J"]
PIECES += [b"1" * 5000, b"9" * 25, b"-", b"1e400", b"nan", b"null", b"_base_: x.py\n", b"[" * 200]
VALUES = [
    None,
    True,
    -1,
    0,
    2**63,
    10**30,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\0",
    "\x1b[2J",
]
VALUES += [
    "\ud800",
    "x" * 70_000,
    [],
    {},
    [[]],
    [1, 2, 3],
    {"a": {"b": []}},
    "2020-13-45",
    "<b>",
    "../../x",
]
VALUES += [{"__ato__": "float", "value": "x"}, {"__ato__": "repr"}, [None] * 5, "a\nb", 10**400]


def damaged(data, random):
    """Return bytes with a few places changed, removed, repeated or cut off."""
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 2, 5, 20])):
        at = random.randrange(len(data) + 1)
        length = random.choice([1, 1, 4, 30, 500])
        kind = random.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] = random.randrange(256)
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[at : at + length] * random.choice([1, 2, 50])
        elif kind == 3:
            data[at:at] = random.choice(PIECES)
        elif kind == 4:
            other = random.randrange(len(data) + 1)
            data[at : at + length] = data[other : other + length]
        elif random.random() < 0.2:
            del data[at:]
    return bytes(data[: 1 << 20])


def damaged_record(record, random):
    """Return JSON data with a few values replaced, removed or put elsewhere."""
    record = json.loads(json.dumps(record))
    for _ in range(random.choice([1, 1, 2, 4])):
        node, key = record, None
        while isinstance(node, (dict, list)) and node:
            parent, key = (
                node,
                random.choice(list(node) if isinstance(node, dict) else range(len(node))),
            )
            node = parent[key]
            if random.random() < 0.4:
                break
        if key is None:
            continue
        if random.random() < 0.15:
            del parent[key]
        else:
            parent[key] = copy.deepcopy(random.choice(VALUES))
    return record


SLOT = 32  # bytes; see "What a journal is" in docs/explanation/durability.md
OTHER = 0xFFFFFFFF


def damaged_journal(data, random):
    """Return a journal whose checksums are right and whose JSON is not what was written."""
    pieces, place = [], 0
    while place + SLOT <= len(data):
        mark, length, _ = struct.unpack_from("=III", data, place)
        if mark != OTHER:
            pieces.append(data[place : place + SLOT])
            place += SLOT
            continue
        place += SLOT
        record = json.loads(data[place : place + length])
        if random.random() < 0.5:
            record = damaged_record(record, random)
        text = json.dumps(record).encode()
        head = struct.pack("=III20x", OTHER, len(text), zlib.crc32(text))
        pieces.append(head + text + b"\0" * (-len(text) % SLOT))
        place += -(-length // SLOT) * SLOT
    return b"".join(pieces)
