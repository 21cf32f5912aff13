"""Parts of answers that several questions share.

It calls no other room of `queries`.
"""
