"""`with Scope.lazy():` blocks: a view is compiled again so that they run after the command line.

Calls no other room. Entered by `_views.observe`, for views that have such a block.
"""
