"""From an object to its fingerprint: its canonical form, with `follow` that of all it uses.

May call `_source`, `_canonical` and, for the values of globals, `_hashing`. `fingerprint` is the
way in; `describe` gives the canonical form of anything that has code, `classes` of a class, and
`codeobject` the byte code where there is no source. `following` is all that `follow` needs.
"""
