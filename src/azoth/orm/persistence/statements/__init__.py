"""The SQL of writing, by mapped class."""
