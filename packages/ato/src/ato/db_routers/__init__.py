"""Where runs can be logged to."""
