"""Statements on their way from the program, or from the ORM itself, to a connection."""
