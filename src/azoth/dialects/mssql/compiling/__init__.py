"""SQL as SQL Server spells it: statements, DDL, types and names."""
