"""Test kits for programs that use azoth, and for azoth itself.

``azoth.testing.faults`` shows that a piece of work survives a failure of every driver call that it makes;
``azoth.testing.suite`` is the contract of a dialect, as tests for pytest.
"""
