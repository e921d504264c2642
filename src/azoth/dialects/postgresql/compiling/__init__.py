"""SQL as PostgreSQL spells it: statements, DDL, types and names."""
