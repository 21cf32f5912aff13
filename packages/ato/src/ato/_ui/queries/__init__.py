"""One question of the page per module, answered with JSON-able data.

May call: `ato._ui.answer`, `ato_sql.reading`.
"""
