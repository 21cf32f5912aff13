"""From a syntax tree to its canonical form: the text that is hashed, equal on every Python.

Calls no other room. `canonical` is the way in and fills the tables of `visit`; each other module
knows the nodes its name says. `scopes` decides which names are variables.
"""
