"""What differs between two runs, one kind of difference per module.

Each gives plain data; `ato._cli.why.report` puts them together.
"""
