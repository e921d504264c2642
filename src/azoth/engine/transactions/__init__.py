"""The transaction of a connection: begin, savepoints, commit, and what is known of its outcome."""
