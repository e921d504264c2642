"""What errors of SQLite are about, and what they mean."""
