"""The steps from one revision of the schema to the next, a module each, in the order of numbers."""
