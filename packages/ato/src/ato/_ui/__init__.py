"""The page of `ato ui`: a read-only view of a tracker's database.

`_serve` runs it, `_app` maps addresses to queries, `_guard` refuses what is not for it. Every
other module answers one question with JSON-able data; the page itself is in `static/`.
"""
