"""The part of a dialect that knows its driver's module: how to import it, which version it is, what it raises."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.exc import InvalidRequestError, NoDBAPILoaded

if TYPE_CHECKING:
    from azoth.driver import DBAPIConnection
    from azoth.engine.dialect_base.driver_version import VersionInfo

__all__ = ["DialectDriver"]

NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


class _NoError(Exception):
    """What no driver raises."""


class DialectDriver:
    """What is known of the driver."""

    name: str
    driver: str
    dbapi: Any
    """The driver's module; None where the dialect only compiles."""

    minimum_dbapi_version: ClassVar[VersionInfo | None] = None
    """The oldest version of the driver that the dialect works with; an older one is refused."""

    dbapi_exception_translation_map: Mapping[str, str] = NO_NAMES
    """From names that the driver has given its classes of errors to those that PEP 249 has for them."""

    _dbapi_version: VersionInfo | None = None

    @classmethod
    def import_dbapi(cls) -> Any:
        """Import the driver's module; ImportError where it is not installed."""
        raise ImportError(f"the dialect {cls.name!r} has no driver")

    @classmethod
    def load_provisioning(cls) -> None:
        """Import the module ``provision`` beside the dialect, where its package has one: what its tests need."""
        name = f"{cls.__module__.rpartition('.')[0]}.provision"
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise

    @property
    def loaded_dbapi(self) -> Any:
        """The driver's module.

        Raises:
            NoDBAPILoaded: the dialect was made without one.
        """
        if self.dbapi is None:
            raise NoDBAPILoaded(
                f"the dialect {self.name!r} has no driver's module",
                why="it was made to compile statements, not to run them.",
                fix="make an engine with create_engine(), or pass the module when the dialect is made.",
                code="AZ-E632",
            )
        return self.dbapi

    @property
    def dbapi_version(self) -> VersionInfo:
        """The version of the driver's module.

        Raises:
            NoDBAPILoaded: there is no module, or it does not tell its version.
            NotImplementedError: the dialect does not know where a driver has it.
        """
        if self._dbapi_version is None:
            found = self.retrieve_dbapi_version(self.loaded_dbapi)
            if not found:
                raise NoDBAPILoaded(
                    f"the driver of the dialect {self.name!r} does not tell its version",
                    why="its module has none, as one that stands in for a driver.",
                    fix="do without the version where there is none.",
                    code="AZ-E633",
                )
            self._dbapi_version = found
        return self._dbapi_version

    def retrieve_dbapi_version(self, dbapi: Any) -> VersionInfo:
        """Read the version of a driver's module.

        Args:
            dbapi: the module.

        Returns:
            the version; an empty one where the module tells none.

        Raises:
            NotImplementedError: nobody has written this for the dialect.
        """
        raise NotImplementedError(f"the dialect {self.name!r} does not know where its driver tells its version")

    def _check_driver_version(self) -> None:
        oldest = self.minimum_dbapi_version
        if oldest is None or self.dbapi is None:
            return
        try:
            version = self.dbapi_version
        except NoDBAPILoaded:
            return
        if version < oldest:
            raise InvalidRequestError(
                f"the driver {self.driver!r} is too old for the dialect {self.name!r}",
                why=f"its version is {version}; the dialect works with {oldest} and newer ones.",
                fix="update the driver.",
                code="AZ-E634",
            )

    def get_driver_connection(self, connection: DBAPIConnection) -> Any:
        """Give the driver's own connection, where the dialect has put something around it.

        Args:
            connection: the connection as ``connect()`` gave it.
        """
        return connection

    @property
    def error_class(self) -> type[Exception]:
        """The class that all errors of the driver share; without a driver one of which there are none."""
        error: type[Exception] = self.dbapi.Error if self.dbapi is not None else _NoError
        return error

    def is_disconnect(self, e: BaseException, connection: DBAPIConnection | None, cursor: Any) -> bool:
        """Tell whether an error means that the connection is of no more use.

        Args:
            e: what the driver has raised.
            connection: the driver's connection; None while connecting.
            cursor: the driver's cursor, where there is one.
        """
        return False
