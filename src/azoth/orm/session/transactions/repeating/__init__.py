"""Units of work that are repeated, and that are never done twice."""
