"""Two outputs side by side: the same, within tolerance, or changed, and where most.

May call `_hashing`. `verify` is the way in, `leaves` walks two values down to what differs, and
`recorded` keeps small outputs as text so that a later run can be compared with them.
"""
