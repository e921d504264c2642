"""DDL as Oracle spells it."""

from __future__ import annotations

from typing import Any

from azoth import exc
from azoth.dialects.oracle.vector import VectorIndexConfig, VectorIndexType
from azoth.sql.compiler.ddl import DDLCompiler
from azoth.sql.ddl import CreateIndex, DropTableComment
from azoth.sql.schema import Column, Computed, ForeignKeyConstraint, Identity, Sequence, Table

__all__ = ["OracleDDLCompiler"]

_GRAPH = {
    VectorIndexType.HNSW: "INMEMORY NEIGHBOR GRAPH",
    VectorIndexType.IVF: "NEIGHBOR PARTITIONS",
}


class OracleDDLCompiler(DDLCompiler):
    """Writes DDL as Oracle spells it: options of tables and indexes, vectors, sequences with an order."""

    # -- columns --------------------------------------------------------------

    def visit_computed_column(self, computed: Computed, **_options: object) -> str:
        """Write GENERATED ALWAYS AS."""
        if computed.persisted:
            raise exc.CompileError(
                "Oracle has no computed column that is stored",
                why="it computes such columns when they are read",
                fix="leave persisted= out, or say False",
                code="AZ-D97",
            )
        return super().visit_computed_column(computed)

    def visit_identity_column(self, identity: Identity, **_options: object) -> str:
        """Write GENERATED AS IDENTITY."""
        words = f"GENERATED {'ALWAYS' if identity.always else 'BY DEFAULT'}"
        if identity._dialect_option("oracle", "on_null", identity.on_null):
            words += " ON NULL"
        options = self.get_identity_options(identity)
        return f"{words} AS IDENTITY ({options})" if options else f"{words} AS IDENTITY"

    def get_column_specification(self, column: Column[Any], **kw: Any) -> str:
        """Write name, type, default and nullability of a column; one that is numbered is never NULL anyhow."""
        written = super().get_column_specification(column, **kw)
        return written if column.identity is None else written.removesuffix(" NOT NULL")

    # -- tables ---------------------------------------------------------------

    def post_create_table(self, table: Table) -> str:
        """Write what stands after the closing parenthesis."""
        parts = []
        on_commit, compress, tablespace = [
            table._dialect_option("oracle", name) for name in ("on_commit", "compress", "tablespace")
        ]
        if on_commit:
            parts.append(f"ON COMMIT {on_commit.replace('_', ' ').upper()}")
        if compress:
            parts.append("COMPRESS" if compress is True else f"COMPRESS FOR {compress}")
        if tablespace:
            parts.append(f"TABLESPACE {self.quote(tablespace)}")
        return "".join([f"\n {part}" for part in parts])

    def define_constraint_cascades(self, constraint: ForeignKeyConstraint) -> str:
        """Write what a foreign key does when the row that it refers to is deleted."""
        if constraint.onupdate is not None:
            raise exc.CompileError(
                "Oracle has no ON UPDATE for foreign keys",
                why="it refuses to change a key that rows refer to",
                fix="leave onupdate= out, and change keys by inserting new rows",
                code="AZ-D97",
            )
        return super().define_constraint_cascades(constraint)

    # -- indexes --------------------------------------------------------------

    def visit_create_index(self, create: CreateIndex, **_options: object) -> str:
        """Write CREATE INDEX."""
        index = create.element
        self._check_index(index)
        bitmap, vector, compress = [index._dialect_option("oracle", name) for name in ("bitmap", "vector", "compress")]
        words = f"CREATE{' UNIQUE' if index.unique else ''}{' BITMAP' if bitmap else ''}{' VECTOR' if vector else ''}"
        name = self.index_name(index, with_schema=True)
        table = self.preparer.format_table(index.table)
        text = f"{words} INDEX {self._if_not_exists(create)}{name} ON {table} ({self.index_expressions(index)})"
        if compress:
            text += " COMPRESS" if compress is True else f" COMPRESS {int(compress)}"
        if vector:
            text += self._organization(VectorIndexConfig() if vector is True else vector)
        return text

    def _organization(self, config: VectorIndexConfig) -> str:
        parts = [f"ORGANIZATION {_GRAPH[config.index_type]}"]
        if config.distance is not None:
            parts.append(f"DISTANCE {config.distance.value}")
        if config.accuracy is not None:
            parts.append(f"WITH TARGET ACCURACY {config.accuracy}")
        own = [f"type {config.index_type.value}", *[f"{word} {value}" for word, value in config.parameters.items()]]
        parts.append(f"PARAMETERS ({', '.join(own)})")
        if config.parallel is not None:
            parts.append(f"PARALLEL {config.parallel}")
        return f" {' '.join(parts)}"

    # -- sequences ------------------------------------------------------------

    def get_identity_options(self, options: Sequence | Identity) -> str:
        """Write how a sequence or an identity counts."""
        text = super().get_identity_options(options)
        for word in ("MINVALUE", "MAXVALUE", "CYCLE"):
            text = text.replace(f"NO {word}", f"NO{word}")
        order = options._dialect_option("oracle", "order", options.order)
        if order is None:
            return text
        return f"{text} {'ORDER' if order else 'NOORDER'}".strip()

    # -- comments -------------------------------------------------------------

    def visit_drop_table_comment(self, comment: DropTableComment, **_options: object) -> str:
        """Write COMMENT ON TABLE with an empty text."""
        return f"COMMENT ON TABLE {self.preparer.format_table(comment.element)} IS ''"

    def visit_set_constraint_comment(self, comment: object, **_options: object) -> str:
        """Refuse: constraints have no comments."""
        raise self._no_comments()

    def visit_drop_constraint_comment(self, comment: object, **_options: object) -> str:
        """Refuse: constraints have no comments."""
        raise self._no_comments()

    def _no_comments(self) -> exc.UnsupportedCompilationError:
        return exc.UnsupportedCompilationError(
            "Oracle has no comments on constraints", fix="leave the comment out", code="AZ-D97"
        )
