"""What only SQLite has: files, their write-ahead logs, and the file systems they lie on."""
