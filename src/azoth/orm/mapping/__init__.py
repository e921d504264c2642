"""How classes and tables belong together: mappers, properties, join conditions, declarations. Read-only once configured."""
