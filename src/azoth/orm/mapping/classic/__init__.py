"""Mappings apart from their classes."""
