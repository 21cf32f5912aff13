"""The search space: the parameters that a user declared, checked and in an order.

`fields` and `conditions` check a declaration, `parameters` are its values, `spaces` is the whole,
`grid` all its combinations. May call: nothing but the errors.
"""
