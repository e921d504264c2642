"""The Session: transactions, membership, cascades, flush, queries."""
