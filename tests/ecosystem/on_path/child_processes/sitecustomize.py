"""Lead ``sqlalchemy`` to azoth in every Python process that a test starts; this folder is on their path."""

import azoth.as_sqlalchemy  # noqa: F401  # installs itself
