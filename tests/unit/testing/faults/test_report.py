"""What a report says."""

from __future__ import annotations

import pytest

from azoth.testing.faults import BrokenInvariant, Call, Injection, Moment, Report, interrupt, operational_error


def test_a_report_names_scenario_call_fault_invariant_and_what_was_found() -> None:
    insert = Call(3, "execute", "INSERT INTO account (owner, balance) VALUES (?, ?)\n RETURNING id, owner, balance")
    commit = Call(4, "commit")
    report = Report(
        "pay", (Call(1, "connect"), Call(2, "cursor"), insert, commit), possible=40, injected=20, hit={3, 4}
    )
    first = Injection(insert, operational_error, Moment.AFTER)
    for plan in [(first,), (first, Injection(Call(5, "rollback"), interrupt, Moment.BEFORE))]:
        report.broken.append(BrokenInvariant("pay", plan, "no connection is left in a transaction", "1 is"))
    assert (
        str(report)
        == """\
pay: 20 faults at 2 of 4 driver calls, 2 broken invariants
SAMPLED: only 20 of 40 possible faults were run
  no connection is left in a transaction
    found: 1 is
      OperationalError after call 3 (execute: INSERT INTO account (owner, balance) VALUES (?, ?) RETURNING...)
      OperationalError after call 3 (execute: INSERT INTO account (owner, balance) VALUES (?, ?) RETURNING...), then \
KeyboardInterrupt before call 5 (rollback)"""
    )
    with pytest.raises(AssertionError, match="2 broken invariants"):
        report.raise_if_broken()
    assert not report.is_complete


def test_a_report_without_findings_is_one_line() -> None:
    report = Report("pay", (Call(1, "commit"),), possible=12, injected=12, hit={1})
    report.raise_if_broken()
    assert report.is_complete
    assert str(report) == "pay: 12 faults at 1 of 1 driver calls, 0 broken invariants"


def test_one_cause_at_many_calls_is_one_finding() -> None:
    calls = tuple(Call(number, "cursor") for number in range(1, 9))
    report = Report("pay", calls)
    for call in calls:
        injection = Injection(call, operational_error, Moment.BEFORE)
        report.broken.append(BrokenInvariant("pay", (injection,), "rows are there", "none"))
    lines = str(report).splitlines()
    assert lines[1:3] == ["  rows are there", "    found: none"]
    assert len(lines) == 9
    assert lines[-1] == "      and 3 more"
