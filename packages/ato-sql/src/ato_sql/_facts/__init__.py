"""Facts of a run, as plain data: its settings, config, circumstances, fingerprints and files.

Nothing here opens a database. It calls `_values`.
"""
