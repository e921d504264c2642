"""Where the names of SQLAlchemy's modules are in azoth, and those of azoth's in SQLAlchemy."""
