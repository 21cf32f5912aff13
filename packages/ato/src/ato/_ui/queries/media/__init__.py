"""Questions about files, and about what was logged besides numbers."""
