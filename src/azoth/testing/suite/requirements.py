"""What a dialect claims of its database: each claim is tested, and what is not claimed is left out by name."""

from __future__ import annotations

from collections.abc import Iterator

from azoth.engine.default import DefaultDialect
from azoth.exc import ArgumentError

__all__ = ["Requirements"]


class Requirements:
    """What the suite may ask of a database.

    Derive a class and override what is different. A claim that does not hold makes tests fail; what is not claimed is
    skipped, and listed at the end of the run. Where the dialect has an attribute for something, that is the claim.

    Args:
        dialect: of an engine that has connected once, so that it knows its server.
    """

    def __init__(self, dialect: DefaultDialect) -> None:
        self.dialect = dialect

    @classmethod
    def names(cls) -> Iterator[str]:
        """Name all claims that are True or False."""
        for name in dir(cls):
            if isinstance(getattr(cls, name), property) and name not in _NO_CLAIMS:
                yield name

    def has(self, name: str) -> bool:
        """Tell whether something is claimed.

        Args:
            name: one of ``names()``.

        Raises:
            ArgumentError: there is no such claim.
        """
        if name not in self.names():
            raise ArgumentError(
                f"there is no requirement {name!r}",
                why="tests name the properties of azoth.testing.suite.Requirements.",
                fix=f"name one of them: {', '.join(self.names())}.",
                code="AZ-T20",
            )
        return bool(getattr(self, name))

    @classmethod
    def meaning(cls, name: str) -> str:
        """Give the first line of what a claim means.

        Args:
            name: one of ``names()``.
        """
        # What overrides a claim need not say again what it means.
        told = [base.__dict__[name].__doc__ for base in cls.__mro__ if name in base.__dict__]
        return str(next(filter(None, told), "")).partition("\n")[0]

    # --- connections and transactions --------------------------------------------------------------------------------

    @property
    def kill_statement(self) -> str | None:
        """The SQL that ends another connection, with ``{id}`` for what ``dialect.connection_id()`` gives."""
        return None

    @property
    def killed_connections(self) -> bool:
        """The server can be asked to end a connection, and the dialect knows the error that follows."""
        return self.kill_statement is not None

    @property
    def savepoints(self) -> bool:
        """There are savepoints, and the transaction goes on after a rollback to one."""
        return True

    @property
    def statements_after_errors(self) -> bool:
        """A statement that failed does not end its transaction."""
        return False

    @property
    def autocommit(self) -> bool:
        """A connection can commit each statement by itself."""
        return "AUTOCOMMIT" in self.dialect.isolation_levels

    @property
    def isolation_levels(self) -> bool:
        """There are several isolation levels besides AUTOCOMMIT, and the dialect reads which one a connection has."""
        return len(set(self.dialect.isolation_levels) - {"AUTOCOMMIT"}) > 1

    @property
    def concurrent_writers(self) -> bool:
        """Two connections may write different rows at the same time; not where one lock is for all, as in a file."""
        return not self.dialect.has_one_writer

    @property
    def transactional_ddl(self) -> bool:
        """CREATE TABLE is undone by a rollback."""
        return False

    @property
    def row_locks(self) -> bool:
        """FOR UPDATE locks rows, and FOR UPDATE NOWAIT is an error where others hold them."""
        return False

    @property
    def skip_locked(self) -> bool:
        """FOR UPDATE SKIP LOCKED leaves out the rows that others hold."""
        return False

    @property
    def streaming(self) -> bool:
        """Rows can be read in portions from the server, by a cursor of it."""
        return self.dialect.supports_server_side_cursors

    # --- values ------------------------------------------------------------------------------------------------------

    @property
    def exact_decimals(self) -> bool:
        """NUMERIC keeps 30 digits; otherwise the suite asks for 15."""
        return self.dialect.supports_native_decimal

    @property
    def nan(self) -> bool:
        """Floating point columns keep NaN and the infinities."""
        return self.dialect.supports_nan

    @property
    def fractional_seconds(self) -> bool:
        """DateTime and Time keep microseconds."""
        return True

    @property
    def time_zones(self) -> bool:
        """DateTime(timezone=True) keeps the moment, and gives values with a time zone."""
        return False

    @property
    def json(self) -> bool:
        """JSON documents are kept, and their parts can be selected."""
        return True

    # --- selecting ---------------------------------------------------------------------------------------------------

    @property
    def limits_by_expressions(self) -> bool:
        """LIMIT and OFFSET take expressions."""
        return True

    @property
    def intersections(self) -> bool:
        """There are INTERSECT and EXCEPT."""
        return True

    @property
    def recursive_ctes(self) -> bool:
        """There is WITH RECURSIVE."""
        return True

    @property
    def window_functions(self) -> bool:
        """There are window functions."""
        return True

    @property
    def full_outer_joins(self) -> bool:
        """There is FULL OUTER JOIN."""
        return False

    # --- changing ----------------------------------------------------------------------------------------------------

    @property
    def insert_returning(self) -> bool:
        """INSERT has RETURNING."""
        return self.dialect.insert_returning

    @property
    def update_returning(self) -> bool:
        """UPDATE has RETURNING."""
        return self.dialect.update_returning

    @property
    def delete_returning(self) -> bool:
        """DELETE has RETURNING."""
        return self.dialect.delete_returning

    @property
    def keys_from_driver(self) -> bool:
        """The driver tells the last generated key."""
        return self.dialect.supports_lastrowid

    @property
    def row_counts(self) -> bool:
        """UPDATE and DELETE tell how many rows they have found, also where a row stays as it was."""
        return self.dialect.supports_sane_rowcount

    @property
    def row_counts_of_many(self) -> bool:
        """So do statements that are executed with many sets of values."""
        return self.dialect.supports_sane_multi_rowcount

    # --- schemas -----------------------------------------------------------------------------------------------------

    @property
    def sequences(self) -> bool:
        """There are sequences."""
        return self.dialect.supports_sequences

    @property
    def identity_columns(self) -> bool:
        """There is GENERATED AS IDENTITY, which honours START and INCREMENT and is reflected."""
        return False

    @property
    def computed_columns(self) -> bool:
        """Columns can be computed and stored by the database, and are reflected so."""
        return False

    @property
    def foreign_keys(self) -> bool:
        """Foreign keys are enforced."""
        return True

    @property
    def foreign_key_options(self) -> bool:
        """ON DELETE CASCADE and SET NULL act, and are reflected."""
        return self.foreign_keys

    @property
    def deferred_foreign_keys(self) -> bool:
        """Foreign keys can be DEFERRABLE INITIALLY DEFERRED: they are checked by COMMIT."""
        return False

    @property
    def check_constraints(self) -> bool:
        """CHECK constraints are enforced and reflected."""
        return True

    @property
    def comments(self) -> bool:
        """Tables and columns have comments."""
        return self.dialect.supports_comments

    @property
    def other_schema(self) -> str | None:
        """The name of a schema besides the default one, which the suite creates and drops."""
        return None

    @property
    def schemas(self) -> bool:
        """There are schemas that can be created and dropped."""
        return self.other_schema is not None

    @property
    def views(self) -> bool:
        """There are views, and they are reflected."""
        return True

    @property
    def temporary_tables(self) -> bool:
        """CREATE TEMPORARY TABLE makes a table that others do not see."""
        return True

    @property
    def names_in_bytes(self) -> bool:
        """``max_identifier_length`` of the dialect counts bytes of UTF-8, not characters."""
        return self.dialect.identifier_length("\u00e4") > 1

    @property
    def names_without_limit(self) -> bool:
        """Names of any length are taken."""
        return self.dialect.max_identifier_length >= _LONGER_THAN_ANY

    # --- errors ------------------------------------------------------------------------------------------------------

    @property
    def finer_errors(self) -> bool:
        """Violations are UniqueViolation, ForeignKeyViolation, NotNullViolation, CheckViolation."""
        return type(self.dialect).refusal is not DefaultDialect.refusal

    @property
    def constraint_names_in_errors(self) -> bool:
        """Errors of UNIQUE, CHECK and foreign keys have the ``constraint_name``."""
        return False

    @property
    def column_names_in_errors(self) -> bool:
        """Errors of NOT NULL have the ``column_name``."""
        return False


_NO_CLAIMS = frozenset({"kill_statement", "other_schema"})
_LONGER_THAN_ANY = 9_999
