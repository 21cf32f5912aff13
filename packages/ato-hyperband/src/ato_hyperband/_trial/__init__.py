"""What a search is made of: a configuration's evaluations, and how many run for how long.

`trial` is one configuration, `brackets` the plan. May call: nothing.
"""
