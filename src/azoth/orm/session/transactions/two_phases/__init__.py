"""Transactions over several databases: who decides, where the decision stands, and recovery after a crash."""
