"""The dialect in which a plan shows its statements where nobody knows to which database they go."""

from __future__ import annotations

from azoth.sql.compiler import GenericDialect


class PlanDialect(GenericDialect):
    """Generic SQL, as for a driver that reports the key of each inserted row."""

    supports_returning = True
    supports_lastrowid = True
    supports_multivalues_insert = True
    numbers_rows_in_order = True
    supports_sane_multi_rowcount = True
    use_insertmanyvalues = True
    use_insertmanyvalues_wo_returning = False
    insertmanyvalues_max_parameters: int | None = None


PLAN_DIALECT = PlanDialect()
