"""One mapped instance in memory: attributes, state, identity map, history, collections. No SQL here."""
