"""SQL as MySQL and MariaDB spell it: statements, DDL, types and names."""
