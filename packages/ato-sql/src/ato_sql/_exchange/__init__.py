"""Exchange: whole runs to files and other databases and back, and their deletion.

It calls `_read`, `_write` and the rooms below.
"""
