"""What one flush found: changed rows, changed relationships, removals, loads that are needed."""
