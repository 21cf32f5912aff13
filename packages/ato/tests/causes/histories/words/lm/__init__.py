"""A model of words that follow each other."""
