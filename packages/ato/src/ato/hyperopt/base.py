"""What a search is made of, from ato-hyperband."""
