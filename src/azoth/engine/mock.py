"""An engine that executes nothing and hands each statement to a function: for looking at DDL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.dialect_base.dialect_registry import dialect_class
from azoth.engine.url import URL, make_url
from azoth.util.arguments import check_function

__all__ = ["MockConnection", "create_mock_engine"]


class MockConnection:
    """Stands for an engine and its connection; every statement goes to a function.

    Args:
        dialect: the dialect.
        executor: called with each statement and its parameters.
    """

    answers: ClassVar[bool] = False
    """Whether it could be asked what there is in a database."""

    def __init__(self, dialect: DefaultDialect, executor: Callable[..., Any]) -> None:
        self.dialect = dialect
        self._executor = executor

    @property
    def engine(self) -> Self:
        """This object."""
        return self

    @property
    def name(self) -> str:
        """The name of the dialect."""
        return self.dialect.name

    def connect(self, **_options: Any) -> Self:
        """Give this object."""
        return self

    def execution_options(self, **_options: Any) -> Self:
        """Give this object."""
        return self

    def execute(self, statement: Any, parameters: Any = None, execution_options: Any = None) -> Any:
        """Hand a statement to the function."""
        return self._executor(statement, parameters)

    def run_ddl(self, elements: Sequence[Any]) -> None:
        """Hand DDL elements to the function."""
        for element in elements:
            self.execute(element)

    def has_table(self, _table_name: str, _schema: str | None = None) -> bool:
        """Tell that no table exists."""
        return False


def create_mock_engine(url: str | URL, executor: Callable[..., Any], **arguments: Any) -> MockConnection:
    """Make an engine that executes nothing.

    Args:
        url: names the dialect.
        executor: called with each statement and its parameters.
        arguments: those of the dialect, as for ``create_engine()``.

    Returns:
        the engine; ``metadata.create_all(engine)`` creates everything, and ``drop_all()`` drops everything.
    """
    check_function("create_mock_engine(): executor", executor)
    return MockConnection(dialect_class(make_url(url))(**arguments), executor)
