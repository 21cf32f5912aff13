"""Entries: functions that receive configs by the names of their parameters.

May call `_history`, for what a run of a sweep reports. Sees a scope as an `entry.Owner`.
"""
