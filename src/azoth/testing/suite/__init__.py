"""The contract of a dialect, as tests for pytest: what azoth asks of every database that it runs on.

``from azoth.testing.suite import *`` in a test module runs all of it on the database of the option ``--azoth-url``, or
of the fixture ``azoth_url``; ``Requirements`` has what a dialect claims, for the fixture ``azoth_requirements``. The
fixtures are those of ``azoth.testing.suite.plugin``. ``docs/dialects.md`` shows how it is put together.
"""

from __future__ import annotations

try:
    import pytest
except ImportError as error:
    from azoth.util.distribution import install_command

    raise ImportError(
        f"azoth.testing.suite needs pytest, which azoth itself does not: {install_command('', 'pytest')}"
    ) from error

_AREAS = (
    "changes", "connections", "definitions", "errors", "names", "reflection", "selects", "sessions", "transactions",
    "values",
)  # fmt: skip

# Before they are imported, so that failures show what was compared.
pytest.register_assert_rewrite(*(f"{__name__}.{area}" for area in _AREAS))

from azoth.testing.suite.changes import TestChanges, TestDefaults, TestGeneratedKeys  # noqa: E402
from azoth.testing.suite.connections import TestConnections, TestLostConnections, TestStreaming  # noqa: E402
from azoth.testing.suite.definitions import TestDefinitions, TestWhatTheDatabaseComputes  # noqa: E402
from azoth.testing.suite.errors import TestErrors  # noqa: E402
from azoth.testing.suite.ground import Ground  # noqa: E402
from azoth.testing.suite.names import TestLongNames, TestNames  # noqa: E402
from azoth.testing.suite.reflection import TestReflection  # noqa: E402
from azoth.testing.suite.requirements import Requirements  # noqa: E402
from azoth.testing.suite.selects import TestSelects  # noqa: E402
from azoth.testing.suite.sessions import TestSessionFailures, TestSessions  # noqa: E402
from azoth.testing.suite.transactions import TestIsolation, TestLocks, TestTransactions  # noqa: E402
from azoth.testing.suite.values import TestValues, TestValuesThatDoNotFit  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def azoth_plugin_is_loaded(pytestconfig: pytest.Config) -> None:
    """The plugin with the fixtures is there."""
    plugin = f"{__name__}.plugin"
    if not pytestconfig.pluginmanager.has_plugin(plugin):
        raise pytest.UsageError(f'azoth.testing.suite needs pytest_plugins = ["{plugin}"] in the topmost conftest.py')


__all__ = [
    "Ground", "Requirements", "TestChanges", "TestConnections", "TestDefaults", "TestDefinitions", "TestErrors",
    "TestGeneratedKeys", "TestIsolation", "TestLocks", "TestLongNames", "TestLostConnections", "TestNames",
    "TestReflection", "TestSelects", "TestSessionFailures", "TestSessions", "TestStreaming", "TestTransactions",
    "TestValues", "TestValuesThatDoNotFit", "TestWhatTheDatabaseComputes", "azoth_plugin_is_loaded",
]  # fmt: skip
