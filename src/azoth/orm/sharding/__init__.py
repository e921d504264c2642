"""Sessions whose classes have rows in several databases, the shards: what chooses, divides and puts together."""
