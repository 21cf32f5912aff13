"""One question of the page per module, answered with JSON-able data.

`parts` is what several answers share; `curves`, `media` and `searches` ask `run` and `compare` too.

May call: `ato._ui.answer`, `ato_sql.reading`.
"""
