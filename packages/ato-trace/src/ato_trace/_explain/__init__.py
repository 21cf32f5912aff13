"""What differs between two fingerprints, in the words of the source.

May call `_code`, `_source` and `_canonical`. `changes` is the way in, `sections` takes a
fingerprint apart into functions, `statement_diff` compares two of those line by line, `values`
finds what differs inside long constants. `sources` compares whole programs, which `units` takes
apart.
"""
