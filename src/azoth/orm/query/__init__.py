"""Statements about entities, lowered to Core statements and load plans; the classic Query."""
