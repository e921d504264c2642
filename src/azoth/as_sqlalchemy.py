"""Let a program that imports ``sqlalchemy`` run on azoth: ``import azoth.as_sqlalchemy`` before it does.

The import makes ``sqlalchemy``, and all paths below it that azoth has an answer for, lead to azoth in this process, and
lets ``importlib.metadata`` answer for the distribution. Nothing is installed under that name, and no file is changed.
The same for whole programs: ``python -m azoth run PROGRAM`` and ``pytest -p azoth.as_sqlalchemy``.

State: ``sys.meta_path`` gets a finder, for the rest of the process.
"""

from __future__ import annotations

import sys

from azoth.exc import InvalidRequestError
from azoth.other_name.alias_module import ROOT, AliasModule
from azoth.other_name.behaviour import behave_like_the_other
from azoth.other_name.finder import AliasFinder
from azoth.other_name.private_attributes import give_attributes
from azoth.other_name.status import Status, status

__all__ = ["Status", "install", "status"]


def install() -> None:
    """Lead ``sqlalchemy`` to azoth from now on; a second call changes nothing.

    Raises:
        InvalidRequestError: the program has imported SQLAlchemy itself.
    """
    loaded = sys.modules.get(ROOT)
    if loaded is not None and not isinstance(loaded, AliasModule):
        raise InvalidRequestError(
            "sqlalchemy has been imported before azoth.as_sqlalchemy",
            why="objects of SQLAlchemy's own would meet azoth's in one program",
            fix="import azoth.as_sqlalchemy first, or start the program with python -m azoth run; pytest takes "
            "-p azoth.as_sqlalchemy",
            code="AZ-X90",
        )
    if not any(isinstance(finder, AliasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, AliasFinder())
        give_attributes()
        behave_like_the_other()


install()
