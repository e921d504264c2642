"""The mapper of a class: its tables, columns, properties, options."""
