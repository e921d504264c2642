"""Measures azoth beside other libraries on the same work; run it with ``scripts/bench``."""
