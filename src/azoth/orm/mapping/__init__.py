"""How classes and tables belong together: mappers, properties, joins, declarations; read-only once configured."""
