"""Secrets in Python that parses: what is bound to a secret's name, compared with it, handed to it.

`hide` is the way in; `bindings` finds the expressions, `values` the texts in them, `spans` their
places. What does not parse is left to the patterns of the room above.
"""
