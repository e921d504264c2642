"""The command line: ``python -m azoth COMMAND``."""
