"""Secrets: how they are told by names, URLs and looks, and blanked wherever text comes in.

`redact` is the way in; `names` is the one rule for names.
"""
