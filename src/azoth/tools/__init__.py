"""What looks at, and changes, the sources of programs."""
