"""Statements through a session: one door for them, what listeners hear there, and the bulk methods."""
