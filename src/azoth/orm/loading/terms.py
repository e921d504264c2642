"""What acts on a load beside its statement."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.loading.loader_criteria import LoaderCriteriaOption
    from azoth.orm.loading.user_defined_option import UserDefinedOption
    from azoth.orm.runtime.ports import Unit


class Terms(NamedTuple):
    """What a statement's execution asks of all loads that follow from it.

    Attributes:
        criteria: those that entities must meet.
        options: execution options.
        refresh: whether instances that are present take over the rows' values (``populate_existing``).
        user_options: the options that the program has defined itself, for whoever listens.
    """

    criteria: tuple[LoaderCriteriaOption, ...] = ()
    options: Mapping[str, Any] = {}
    refresh: bool = False
    user_options: tuple[UserDefinedOption, ...] = ()

    @property
    def lasting(self) -> Terms | None:
        """What loads obey that come later, when an attribute is read; None for nothing."""
        lasting = tuple([one for one in self.criteria if one.propagate])
        told = tuple([one for one in self.user_options if one.propagate_to_loaders])
        return Terms(lasting, user_options=told) if lasting or told else None

    def __reduce__(self) -> tuple[object, ...]:
        # With the first pickle.
        from azoth.orm.loading import option_pickling  # noqa: PLC0415

        lasting = tuple([one for one in self.criteria if option_pickling.is_found_by_name(one.where_criteria)])
        if len(lasting) < len(self.criteria):
            option_pickling.warn_of_lost_criteria("with_loader_criteria()")
        return _restored, (lasting, tuple([one for one in self.user_options if one.propagate_to_loaders]))

    def options_for_loads(self) -> list[Any]:
        """Give what statements get that load relationships."""
        return [*[one.for_loads() for one in self.criteria], *self.user_options]


def _restored(
    criteria: tuple[LoaderCriteriaOption, ...], user_options: tuple[UserDefinedOption, ...] = ()
) -> Terms | None:
    return Terms(criteria, user_options=user_options) if criteria or user_options else None


OF_ONE_STATEMENT: Final = frozenset(
    {"autoflush", "dml_strategy", "max_row_buffer", "stream_results", "synchronize_session", "yield_per"}
)
"""Execution options that are meant for the statement alone which they are given to."""


def following_terms(
    criteria: tuple[LoaderCriteriaOption, ...],
    options: Mapping[str, Any],
    refresh: bool,
    user_options: tuple[UserDefinedOption, ...] = (),
) -> Terms | None:
    """Say what acts on the loads that follow from a statement; None for nothing."""
    handed_on = {name: value for name, value in options.items() if name not in OF_ONE_STATEMENT}
    return Terms(criteria, handed_on, refresh, user_options) if criteria or handed_on or user_options else None


TOKEN: Final = "identity_token"
"""The execution option that says under which identity token instances are found and made."""


def token_of(unit: Unit, terms: Terms | None) -> Hashable:
    """Say which identity token the rows of a load have: the option of its execution, else that of all, else None."""
    token = unit.execution_options.get(TOKEN)
    return token if terms is None else terms.options.get(TOKEN, token)


def at_token(unit: Unit, terms: Terms | None, token: Hashable) -> Terms | None:
    """Make the terms of a load that serves instances with an identity token; the same where that changes nothing."""
    if token == token_of(unit, terms):
        return terms
    given = Terms() if terms is None else terms
    return given._replace(options={**given.options, TOKEN: token})


REFRESHING: Final = Terms((), {"populate_existing": True}, True)
