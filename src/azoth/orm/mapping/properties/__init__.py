"""What a mapping says of one attribute: columns, relationships, composites, synonyms."""
