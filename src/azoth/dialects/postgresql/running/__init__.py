"""What the drivers of PostgreSQL have in common that run statements."""
