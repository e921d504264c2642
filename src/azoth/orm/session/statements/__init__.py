"""Statements through a session: executed in its transaction, with entities or without, one by one or for many rows."""
