"""`follow=True`: from the names in a piece of code to all that it rests on.

`references` finds the names in code, `reach` what they lead to, `states` what is no part of the
logic, and `walk` keeps the result. It calls the modules of `_code` beside it.
"""
