"""How the rows of one INSERT step are divided into statements."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.persistence.profile.expressions import clause, is_expression
from azoth.orm.persistence.statements.insert_form import InsertForm
from azoth.orm.persistence.statements.statements import Signature, TableStatements
from azoth.orm.runtime.state import InstanceState

if TYPE_CHECKING:

    class PagingDialect(Protocol):
        """A dialect, as far as it limits the rows of one INSERT.

        Attributes:
            insertmanyvalues_page_size: how many rows the program wants at most; None for as many as there may be.
        """

        insertmanyvalues_page_size: int | None


CHUNK_SIZES = (512, 64, 8, 1)
"""How many rows one multi-row INSERT may have; few sizes, so that few statements are compiled."""


def by_signature(
    statements: TableStatements, signatures: list[Signature], states: list[InstanceState], instances: list[Any]
) -> Iterator[tuple[Signature, list[InstanceState], list[Any]]]:
    """Split the rows of a step into runs of objects that give the same optional attributes.

    Args:
        statements: the table's statements.
        signatures: which optional attributes each object gives.
        states: the objects' states.
        instances: the objects.
    """
    first = signatures[0]
    if signatures.count(first) == len(signatures):
        yield first, states, instances
        return
    if not statements.database_counts:
        # Nobody sees the order of rows whose keys are given, so all that are alike go together.
        for signature in dict.fromkeys(signatures):
            chosen = [position for position, other in enumerate(signatures) if other == signature]
            yield signature, [states[position] for position in chosen], [instances[position] for position in chosen]
        return
    start = 0
    for position in range(1, len(signatures) + 1):
        if position == len(signatures) or signatures[position] != signatures[start]:
            yield signatures[start], states[start:position], instances[start:position]
            start = position


def chunks(form: InsertForm, count: int, width: int) -> Iterator[int]:
    """Yield how many rows each of the multi-row INSERTs takes that send a number of rows.

    Args:
        form: the INSERT.
        count: the number of rows.
        width: how many parameters a row has.
    """
    most = _most_rows(form, width)
    for size in CHUNK_SIZES:
        if size <= most or size == 1:
            while count >= size:
                yield size
                count -= size


def at_once(dialect: PagingDialect, most: int) -> int:
    """Give how many rows one INSERT takes, of which the program may want fewer (``insertmanyvalues_page_size``).

    Args:
        dialect: the dialect.
        most: how many rows the statement can take.
    """
    page = dialect.insertmanyvalues_page_size
    return most if page is None else min(most, page)


def _most_rows(form: InsertForm, width: int) -> int:
    dialect = form.statements.dialect
    if (
        not dialect.use_insertmanyvalues
        or not dialect.supports_multivalues_insert
        or not form.statements.takes_many_rows
        or not width
    ):
        return 1
    if form.returning and not form.matched_by:
        return 1
    limits = [limit for limit in (dialect.max_bind_variables, dialect.insertmanyvalues_max_parameters) if limit]
    most = max(1, min(limits) // width) if limits else CHUNK_SIZES[0]
    return at_once(dialect, most)


class ExpressionInsert:
    """The INSERT of one row in which some values are SQL expressions.

    Args:
        statements: the table's statements.
        form: the INSERT of rows alike.
        values: the object's values.
        later: the attributes that have a column in a later table of the object, too.

    Attributes:
        expressions: attribute key -> expression.
        plain: the attributes whose values are bound.
        returning: the attributes that the statement gives back.
        lastrowid_key: the attribute of the key that the driver reports instead, or None.
    """

    __slots__ = ("expressions", "lastrowid_key", "plain", "returning")

    def __init__(
        self, statements: TableStatements, form: InsertForm, values: dict[str, Any], later: Collection[str]
    ) -> None:
        self.expressions = {
            key: clause(values[key]) for key in form.keys if key in values and is_expression(values[key])
        }
        self.plain = tuple([key for key in form.keys if key not in self.expressions])
        self.returning: list[str] = list(form.returning)
        for key in statements.mapped.fetched_keys:
            if key in self.expressions:
                statements.check_returning(key)
                self.returning.append(key)
        if statements.mapper.eager_defaults is True and statements.dialect.supports_returning:
            self.returning += [key for key in self.expressions if key not in later and key not in self.returning]
        if form.lastrowid_key is not None and self.returning:
            self.returning.append(form.lastrowid_key)
        self.lastrowid_key = form.lastrowid_key if not self.returning else None
