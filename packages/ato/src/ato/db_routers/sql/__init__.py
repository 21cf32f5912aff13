"""The tracker on SQL databases."""
