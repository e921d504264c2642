"""StatementCache: from the shape of a statement to its prepared form."""

from __future__ import annotations

from typing import Any

from azoth.sql.cache_key import is_cacheable, register_keeper
from azoth.sql.compiler import compile_statement
from azoth.sql.compiler.cartesian import warn_of_cartesian_products
from azoth.sql.ports import CompilerDialect
from azoth.sql.selectable import canonical_shape
from azoth.sql.statement_cache.prepared import PreparedStatement

__all__ = ["StatementCache"]


class BoundedDict(dict[Any, Any]):
    """A dict that drops the older half of its entries when it is full; reading costs what it costs in a dict.

    Args:
        limit: the number of entries that make it full.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def __setitem__(self, key: Any, value: Any) -> None:
        if not is_cacheable(key):
            # What has parts of which nobody knows what tells them apart is made anew each time.
            return
        if len(self) >= self.limit:
            # A copy is made in one step, which other threads cannot come between.
            for old in list(self.copy())[: self.limit // 2]:
                self.pop(old, None)
        super().__setitem__(key, value)


class StatementCache:
    """Keep the compiled statements of one dialect.

    Statements live in two generations: a hit in the young one costs a single lookup and no bookkeeping; when the
    young one is full, it becomes the old one, whose statements come back when they are used and are dropped with it
    otherwise. That keeps what is used, and needs no lock: every step is one operation on a dict, and two threads that
    compile the same statement at the same time come to equal results.

    Args:
        dialect: for which dialect.
        size: how many statements to keep; 0 keeps none.
        lints: whether statements that are compiled here are looked at for cartesian products.
    """

    __slots__ = ("__weakref__", "_old", "_young", "_young_limit", "compilations", "dialect", "lints", "plans", "size")

    def __init__(self, dialect: CompilerDialect, size: int = 500, *, lints: bool = False) -> None:
        self.dialect = dialect
        self.lints = lints
        self.size = size
        self._young_limit = (size + 1) // 2
        self._young: dict[Any, PreparedStatement] = {}
        self._old: dict[Any, PreparedStatement] = {}
        register_keeper(self)
        self.compilations = 0
        """How many statements had to be compiled so far."""
        self.plans = self.new_plans()
        """What layers above keep per statement for this dialect; dropped by ``clear()`` as well."""

    def new_plans(self) -> dict[Any, Any]:
        """Make a place for what layers above keep; it does not take what has a part without a shape."""
        plans = BoundedDict(max(self.size, 16))
        register_keeper(plans)
        return plans

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def prepare(self, statement: Any, parameter_keys: tuple[str, ...] = (), many: bool = False) -> PreparedStatement:
        """Find the prepared form of a statement, or compile it.

        Args:
            statement: the statement.
            parameter_keys: the names of the values that come with the execution.
            many: whether the statement runs for many sets of values.

        Raises:
            CompileError: the statement cannot be written in this dialect.
        """
        key = (statement._shape, parameter_keys, many)
        prepared = self._young.get(key)
        return prepared if prepared is not None else self._prepare_anew(statement, key)

    def _prepare_anew(self, statement: Any, key: tuple[Any, tuple[str, ...], bool]) -> PreparedStatement:
        shape, parameter_keys, many = key
        if self.size <= 0 or not is_cacheable(shape):
            return self._compiled(statement, parameter_keys, many)
        canonical = canonical_shape(shape)
        if canonical is not shape:
            # Aliases and subqueries made anew on each call: the statement may be known with others in their places.
            key = (canonical, parameter_keys, many)
            prepared = self._young.get(key)
            if prepared is not None:
                return prepared
        prepared = self._old.get(key)
        if prepared is None:
            prepared = self._compiled(statement, parameter_keys, many)
            prepared.is_shared = canonical is not shape or prepared.has_values_in_columns
        young = self._young
        if len(young) >= self._young_limit:
            self._old = young
            self._young = young = {}
        young[key] = prepared
        return prepared

    def _compiled(self, statement: Any, parameter_keys: tuple[str, ...], many: bool) -> PreparedStatement:
        self.compilations += 1
        compiled = compile_statement(statement, self.dialect, parameter_keys, many)
        if self.lints:
            warn_of_cartesian_products(compiled)
        return PreparedStatement(compiled, parameter_keys)

    def clear(self) -> None:
        """Forget all statements."""
        self._young = {}
        self._old = {}
        self.plans.clear()
