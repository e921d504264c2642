"""Changes of many rows by one statement: INSERT, UPDATE and DELETE of entities, and lists of mappings."""
