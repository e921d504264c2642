"""What can be heard of a session."""
