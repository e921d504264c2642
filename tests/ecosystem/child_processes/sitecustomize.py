"""Lets processes that libraries' tests start run on azoth: the folder stands in PYTHONPATH where they are run so."""

import azoth.as_sqlalchemy  # noqa: F401
