"""The warnings."""

from __future__ import annotations

from azoth.exc.errors import HasDescriptionCode

__all__ = [
    "AzothDeprecationWarning",
    "AzothWarning",
    "Base20DeprecationWarning",
    "LegacyAPIWarning",
    "MovedIn20Warning",
    "SADeprecationWarning",
    "SAPendingDeprecationWarning",
    "SATestSuiteWarning",
    "SAWarning",
]


class AzothWarning(HasDescriptionCode, RuntimeWarning):
    """Warn about something that is probably a mistake."""


class AzothDeprecationWarning(HasDescriptionCode, DeprecationWarning):
    """Warn about a use that a later version will not offer."""

    deprecated_since: str | None = None
    """The version that has said so first."""


class Base20DeprecationWarning(AzothDeprecationWarning):
    """Warn about a use that the 2.0 style replaced."""


class LegacyAPIWarning(Base20DeprecationWarning):
    """Warn about a use that is kept for old programs."""


class MovedIn20Warning(Base20DeprecationWarning):
    """Warn about a name that moved."""


class SAPendingDeprecationWarning(PendingDeprecationWarning):
    """Warn about a use that will be deprecated."""

    deprecated_since: str | None = None
    """The version that has said so first."""


class SATestSuiteWarning(Warning):
    """Warn in a test suite about a state that does no harm to the test."""


SAWarning = AzothWarning
SADeprecationWarning = AzothDeprecationWarning
