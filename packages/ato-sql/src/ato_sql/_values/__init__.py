"""Values: numbers, texts, times, URLs and secrets, as every database can hold them.

The lowest room: it knows no table and no run, and calls no other room.
"""
