"""Mappings declared in the body of the class itself."""
