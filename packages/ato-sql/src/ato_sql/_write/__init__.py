"""Writing: the way of a metric from the training loop through a journal to the database.

`run` logs, `journal` keeps, `committer` commits, `writer` is the thread between them, and `ending`
the end of the process. It calls `_db`, `_facts` and `_values`.
"""
