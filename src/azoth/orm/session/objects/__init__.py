"""Instances come into a session, change their state in it, and leave it."""
