"""Private names of others' that well-known libraries import, each with the library that needs it.

A place is "module:name". What stands in for something that azoth does not have is in ``stand_ins``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["PRIVATE_NAMES"]

_PRIVATE: Final = "azoth.other_name.stand_ins.private_functions"
_IMPLS: Final = "azoth.other_name.stand_ins.attribute_impls"
_ORM: Final = "azoth.other_name.stand_ins.orm_names"
_SQL: Final = "azoth.other_name.stand_ins.sql_names"
_TYPING: Final = "azoth.other_name.stand_ins.typing_names"

PRIVATE_NAMES: Final[dict[str, dict[str, str]]] = {
    "sqlalchemy.dialects.postgresql.base": {
        "PGBit": "azoth.dialects.postgresql:BIT",  # pgvector; the others are from the same time
        "PGCidr": "azoth.dialects.postgresql:CIDR",
        "PGInet": "azoth.dialects.postgresql:INET",
        "PGInterval": "azoth.dialects.postgresql:INTERVAL",
        "PGMacAddr": "azoth.dialects.postgresql:MACADDR",
        "PGMacAddr8": "azoth.dialects.postgresql:MACADDR8",
        "PGUuid": "azoth.dialects.postgresql:UUID",
    },
    "sqlalchemy.engine": {
        "Connectable": f"{_PRIVATE}:Connectable",  # pytest-alembic
    },
    "sqlalchemy.engine.interfaces": {
        "_CoreAnyExecuteParams": f"{_TYPING}:Anything",  # SQLModel
        "_CoreSingleExecuteParams": f"{_TYPING}:Anything",  # SQLModel
    },
    "sqlalchemy.engine.mock": {
        "MockConnection": "azoth.engine.mock:MockConnection",  # Alembic
    },
    "sqlalchemy.engine.reflection": {
        "_ReflectionInfo": f"{_PRIVATE}:ReflectionInfo",  # Alembic
    },
    "sqlalchemy.engine.strategies": {
        "MockEngineStrategy": f"{_PRIVATE}:MockEngineStrategy",  # Alembic
    },
    "sqlalchemy.ext.asyncio.result": {
        "_ensure_sync_result": "azoth.other_name.stand_ins.asyncio_names:greenlet_spawn",  # SQLModel
    },
    "sqlalchemy.ext.asyncio.session": {
        "_EXECUTE_OPTIONS": "azoth.other_name.stand_ins.collections:EMPTY_DICT",  # SQLModel
    },
    "sqlalchemy.orm._typing": {
        "OrmExecuteOptionsParameter": f"{_TYPING}:Anything",  # SQLModel
    },
    "sqlalchemy.orm.attributes": {
        "ScalarAttributeImpl": f"{_IMPLS}:ScalarAttributeImpl",  # SQLAlchemy-Continuum
        "register_attribute": f"{_IMPLS}:register_attribute",  # SQLAlchemy-Continuum
    },
    "sqlalchemy.orm.context": {
        "_ColumnEntity": f"{_ORM}:ColumnEntity",  # SQLAlchemy-Utils
        "_MapperEntity": f"{_ORM}:MapperEntity",  # SQLAlchemy-Utils
    },
    "sqlalchemy.orm.descriptor_props": {
        "ConcreteInheritedProperty": f"{_ORM}:ConcreteInheritedProperty",  # SQLAlchemy-Continuum
    },
    "sqlalchemy.orm.mapper": {
        "_all_registries": f"{_ORM}:all_registries",  # SQLAlchemy-Utils
    },
    "sqlalchemy.orm.mapperlib": {
        "_all_registries": f"{_ORM}:all_registries",  # SQLAlchemy-Utils
    },
    "sqlalchemy.orm.session": {
        "_state_session": f"{_ORM}:state_session",  # SQLAlchemy-Continuum
    },
    "sqlalchemy.schema": {
        "_CreateDropBase": f"{_SQL}:CreateDropBase",  # SQLAlchemy-Utils
        "_get_table_key": f"{_PRIVATE}:table_key",  # Alembic
    },
    "sqlalchemy.sql._typing": {
        "_ColumnExpressionArgument": f"{_TYPING}:ColumnArgument",  # SQLModel
        "_ColumnExpressionOrLiteralArgument": f"{_TYPING}:ColumnArgument",  # SQLModel
        "_ColumnExpressionOrStrLabelArgument": f"{_TYPING}:ColumnArgument",  # SQLModel
        "_ColumnsClauseArgument": f"{_TYPING}:ColumnArgument",  # SQLModel
        "_TypeEngineArgument": f"{_TYPING}:Anything",  # GeoAlchemy2
        "_T0": f"{_TYPING}:ValueT",  # SQLModel
    },
    "sqlalchemy.sql.annotation": {
        "Annotated": f"{_PRIVATE}:Annotated",  # GeoAlchemy2
    },
    "sqlalchemy.sql.base": {
        "_DialectArgView": f"{_PRIVATE}:DialectArguments",  # Alembic
        "_NoneName": f"{_PRIVATE}:NoneName",  # Alembic
    },
    "sqlalchemy.sql.coercions": {
        "expect": f"{_PRIVATE}:expect",  # SQLAlchemy's examples, and constructs of programs' own
    },
    "sqlalchemy.sql.elements": {
        "_label_reference": f"{_SQL}:LabelReference",  # SQLAlchemy-Utils
    },
    "sqlalchemy.sql.functions": {
        "_FunctionGenerator": "azoth.sql.functions:FunctionGenerator",  # sqlacodegen
    },
    "sqlalchemy.sql.naming": {
        "_NONE_NAME": f"{_PRIVATE}:NONE_NAME",  # Alembic
        "_constraint_name_for_table": f"{_PRIVATE}:constraint_name_for_table",  # Alembic
    },
    "sqlalchemy.sql.schema": {
        "_get_table_key": f"{_PRIVATE}:table_key",  # Alembic
    },
    "sqlalchemy.sql.operators": {
        "OperatorType": f"{_TYPING}:OperatorType",  # SQLModel
    },
    "sqlalchemy.sql.sqltypes": {
        "_Binary": "azoth.sql.types.binary:BinaryType",  # sqladmin
    },
    "sqlalchemy.sql.util": {
        "ClauseAdapter": f"{_SQL}:ClauseAdapter",  # SQLAlchemy-Utils
    },
    "sqlalchemy.util": {
        "IdentitySet": "azoth.orm.session.objects.views:IdentitySet",  # SQLAlchemy's examples
        "generic_repr": f"{_SQL}:generic_repr",  # SQLAlchemy-Utils
        "set_creation_order": f"{_ORM}:set_creation_order",  # SQLAlchemy-Continuum
    },
    "sqlalchemy.types": {
        "Variant": f"{_PRIVATE}:Variant",  # Alembic
    },
}
"""From an import path to its names and their places."""
