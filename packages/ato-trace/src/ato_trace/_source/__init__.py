"""From an object to its source: the file, the lines, the syntax tree, and whose code it is.

Calls no other room. `source` finds functions, `lambdas` those without a name, `edited` notices
that a file no longer holds the code that runs, `unloaded` reads modules that are imported later,
`projects` tells the user's code from libraries, `notebooks` makes a program of cells.
"""
