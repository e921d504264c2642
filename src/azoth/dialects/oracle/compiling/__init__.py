"""SQL as Oracle spells it: statements, DDL, types and names."""
