"""The transaction of a session: its connections, savepoints, two-phase, its end."""
