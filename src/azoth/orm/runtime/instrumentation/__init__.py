"""What a mapped class gets: its manager, attributes, construction, copies and pickles."""
