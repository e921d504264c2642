"""One execution: what runs, and the rows that its cursor gives."""
