"""What operations between the built-in types give: the rows of the table of results."""

from __future__ import annotations

import operator

from azoth.sql.types.inference import declare_comparison_type, declare_results
from azoth.sql.types.numeric import Float, Numeric
from azoth.sql.types.temporal import Date, DateTime, Interval, Time
from azoth.sql.types.values import BOOLEANTYPE, INTEGERTYPE

NUMERICTYPE = Numeric()
FLOATTYPE = Float()
DATE, TIME, DATETIME, INTERVAL = Date(), Time(), DateTime(), Interval()


def _declare_numbers() -> None:
    integer, numeric, floating = INTEGERTYPE, NUMERICTYPE, FLOATTYPE
    for op in (operator.add, operator.sub):
        declare_results(op, integer, {integer: integer, numeric: numeric, floating: floating})
    declare_results(operator.mul, integer, {INTERVAL: INTERVAL, numeric: numeric, floating: floating})
    declare_results(operator.truediv, integer, {integer: numeric, numeric: numeric, floating: floating})
    declare_results(operator.floordiv, integer, {integer: integer, numeric: numeric, floating: floating})
    declare_results(operator.mod, integer, {numeric: numeric, floating: floating})
    declare_results(operator.mul, numeric, {INTERVAL: INTERVAL})
    declare_results(operator.mul, floating, {INTERVAL: INTERVAL})
    for op in (operator.add, operator.sub, operator.mul, operator.truediv):
        declare_results(op, floating, {numeric: numeric})


def _declare_times() -> None:
    declare_results(operator.add, DATE, {INTEGERTYPE: DATE, INTERVAL: DATETIME, TIME: DATETIME})
    declare_results(operator.sub, DATE, {INTEGERTYPE: DATE, DATE: INTEGERTYPE, INTERVAL: DATETIME, DATETIME: INTERVAL})
    declare_results(operator.add, TIME, {DATE: DATETIME, INTERVAL: TIME})
    declare_results(operator.sub, TIME, {TIME: INTERVAL, INTERVAL: TIME})
    declare_results(operator.add, DATETIME, {INTERVAL: DATETIME})
    declare_results(operator.sub, DATETIME, {INTERVAL: DATETIME, DATETIME: INTERVAL})
    declare_results(operator.add, INTERVAL, {DATE: DATETIME, INTERVAL: INTERVAL, DATETIME: DATETIME, TIME: TIME})
    declare_results(operator.sub, INTERVAL, {INTERVAL: INTERVAL})
    for number in (INTEGERTYPE, NUMERICTYPE, FLOATTYPE):
        declare_results(operator.add, INTEGERTYPE, {DATE: DATE})
        declare_results(operator.mul, INTERVAL, {number: INTERVAL})
        declare_results(operator.truediv, INTERVAL, {number: INTERVAL})


declare_comparison_type(BOOLEANTYPE)
_declare_numbers()
_declare_times()
