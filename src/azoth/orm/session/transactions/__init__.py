"""The transaction of a session: begin, subtransactions, savepoints, two-phase, its end."""
