"""Composing: configs that are made of several files.

`compose` takes a file of each folder of a hierarchy, `mm` reads OpenMMLab configs that build on
others, `references` what they name in braces. May call `files`.
"""
