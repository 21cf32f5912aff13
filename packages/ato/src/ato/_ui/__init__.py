"""The page of `ato ui`: a read-only view of a tracker's database.

`serve` runs it, `app` maps addresses to questions, `guard` refuses what is not for it, `answer`
is the form of every answer. The questions are in `queries/`, the page itself is in `static/`.

May call: `ato_sql.reading`, `ato_adict`.
"""
