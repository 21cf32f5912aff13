"""Old pickles: the names of modules that are no more.

Pickles of configs written before the modules moved into rooms name `ato_adict._copying.revive`,
`ato_adict._locked.FrozenList` and `ato_adict._mode.AUTO`. The package looks for its modules here
too, so each is found under that name. Nothing else may import them; new pickles name only
`ato_adict`.
"""
