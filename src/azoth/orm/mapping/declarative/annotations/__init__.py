"""The annotations of a class body: reading them, and the types that stand for them."""
