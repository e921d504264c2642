"""Mapped classes in statements: aliases, bundles, joins, and what inspection finds."""
