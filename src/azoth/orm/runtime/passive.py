"""How far a look at an attribute may go to find its value."""

from __future__ import annotations

import enum
from typing import Final


class PassiveFlag(enum.IntFlag):
    """What is allowed while looking for a value; the names and meaning are SQLAlchemy's."""

    NO_CHANGE = 0
    CALLABLES_OK = 1
    SQL_OK = 2
    RELATED_OBJECT_OK = 4
    INIT_OK = 8
    NON_PERSISTENT_OK = 16
    LOAD_AGAINST_COMMITTED = 32
    NO_AUTOFLUSH = 64
    NO_RAISE = 128

    PASSIVE_OFF = RELATED_OBJECT_OK | NON_PERSISTENT_OK | INIT_OK | CALLABLES_OK | SQL_OK
    PASSIVE_RETURN_NO_VALUE = PASSIVE_OFF ^ INIT_OK
    PASSIVE_NO_INITIALIZE = PASSIVE_RETURN_NO_VALUE ^ CALLABLES_OK
    PASSIVE_NO_FETCH = PASSIVE_OFF ^ SQL_OK
    PASSIVE_NO_FETCH_RELATED = PASSIVE_OFF ^ RELATED_OBJECT_OK
    PASSIVE_ONLY_PERSISTENT = PASSIVE_OFF ^ NON_PERSISTENT_OK

    def allows_load(self) -> bool:
        """Tell whether the database may be asked."""
        needed = PassiveFlag.CALLABLES_OK | PassiveFlag.SQL_OK
        return self & needed == needed


PASSIVE_OFF: Final = PassiveFlag.PASSIVE_OFF
PASSIVE_RETURN_NO_VALUE: Final = PassiveFlag.PASSIVE_RETURN_NO_VALUE
PASSIVE_NO_INITIALIZE: Final = PassiveFlag.PASSIVE_NO_INITIALIZE
PASSIVE_NO_FETCH: Final = PassiveFlag.PASSIVE_NO_FETCH
PASSIVE_NO_FETCH_RELATED: Final = PassiveFlag.PASSIVE_NO_FETCH_RELATED
PASSIVE_ONLY_PERSISTENT: Final = PassiveFlag.PASSIVE_ONLY_PERSISTENT
