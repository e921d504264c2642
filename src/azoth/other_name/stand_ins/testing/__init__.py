"""What the tests of examples and extensions take from ``sqlalchemy.testing``; its plug-in for pytest is not there."""
