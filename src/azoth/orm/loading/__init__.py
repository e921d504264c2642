"""Rows to instances: load plans, generated row loaders, eager and lazy strategies."""
