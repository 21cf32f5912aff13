"""The one language that asks for runs, of the API, the command line and the page.

A text goes through `terms` (what was typed), `fields` (what the names mean) and `texts` (what the
values say) to `conditions` (SQL); a mapping through `mappings`. `ask` is the door, `completion`
says what an unfinished question may become. It calls `_read.status` and the rooms below `_read`.
"""
