"""What ``inspect()`` tells of an instance, and the base of all that it gives."""
