"""Other names of schemas, for one compilation: what SQLAlchemy writes with ``render_schema_translate``."""

from __future__ import annotations

import importlib
from typing import Any

import pytest


def compiled(name: str, names: dict[str | None, str | None]) -> list[str]:
    """Compile a SELECT and DDL with a library."""
    sa: Any = importlib.import_module(name)
    dialect = importlib.import_module(f"{name}.dialects.sqlite").dialect()
    table = sa.Table("ship", sa.MetaData(), sa.Column("id", sa.Integer), schema="fleet")
    plain = sa.Table("yard", sa.MetaData(), sa.Column("id", sa.Integer))
    options = {"schema_translate_map": names, "render_schema_translate": True}
    elements = [sa.select(table), sa.select(plain), sa.schema.CreateTable(table)]
    return [" ".join(str(element.compile(dialect=dialect, **options)).split()) for element in elements]


@pytest.mark.parametrize("names", [{"fleet": "navy"}, {"fleet": "navy", None: "docks"}])
def test_schemas_are_written_by_their_other_names(names: dict[str | None, str | None]) -> None:
    assert compiled("azoth", names) == compiled("sqlalchemy", names)
    assert "fleet" not in compiled("azoth", names)[0]
