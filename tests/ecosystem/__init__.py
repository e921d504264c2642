"""Libraries and programs of other people on azoth: what passes on SQLAlchemy, and what of it passes on azoth.

``scripts/ecosystem`` runs ``python -m tests.ecosystem``. The folder ``scenarios`` has pytest files that import
SQLAlchemy and a library by name; they run in an environment of their own (dependency group ``ecosystem``), with and
without the alias. ``subjects.py`` says whose own tests are run, and how.
"""
