"""Which evaluation is made next, and when a search is over; pure state, no clock and no workers.

`settings` checks a search's arguments, `build` makes of them a `scheduler`: `halving` in brackets,
or `asha`. May call: `_sampling`, `_space`, `_trial`.
"""
