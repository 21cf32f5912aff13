"""The page of `ato ui`: a read-only view of a tracker's database.

`serve` runs it, `app` maps addresses to questions, `guard` refuses what is not for it, `answer`
is the form of every answer. The questions are in `queries/`, the page itself is in `static/`:
`js/pages` are its pages, made of `charts` in `panels`, `lists`, `media`, the `details` of a run and
the figures of a `search`; all of these rest on `base`.

May call: `ato_sql.reading`, `ato_adict`.
"""
