"""What an error of the driver means: words that a dialect finds for it."""

from __future__ import annotations

from azoth.exc import StatementError
from azoth.util.named_tuple import NamedTuple

__all__ = ["Explanation"]


class Explanation(NamedTuple):
    """The cause of an error of the driver, and its cure.

    Args:
        message: what the driver says, as far as it is always the same.
        why: the cause, as far as it is known.
        fix: what the reader can do about it.
        code: the stable code of errors of this kind.
    """

    message: str
    why: str
    fix: str
    code: str

    def give_to(self, error: StatementError) -> None:
        """Put the words into an error, in place of those that its class has for all of its kind."""
        error.why, error.fix, error.code = self.why, self.fix, self.code
