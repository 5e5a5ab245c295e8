"""One town and one browser process for all tests of a worker; a tab of its own for each test."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.browser.tab import Tab
from tests.e2e.browser.town import Town, axe, bundle
from tests.programs import program


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    program("chromium")
    bundle()
    axe()
    found = Town()
    try:
        found.begin()
        yield found
    finally:
        found.close()


@pytest.fixture
def opened(town: Town) -> Iterator[Callable[..., Tab]]:
    """Open tabs that are closed after the test; none may have broken the policy or left the server."""
    tabs: list[Tab] = []

    def opening(name: str = "") -> Tab:
        tabs.append(town.tab(name))
        return tabs[-1]

    yield opening
    for tab in tabs:
        tab.close()
    for tab in tabs:
        tab.kept_rules()


@pytest.fixture
def desk(town: Town) -> Iterator[Tab]:
    """The operator's tab, signed in once for all tests, at the first page; it may not break the policy either."""
    tab = town.desk
    tab.at_rest()
    tab.forget()
    yield tab
    tab.kept_rules()


@pytest.fixture
def stranger(town: Town) -> Iterator[Tab]:
    """A tab nobody has signed in at, kept for all tests that leave it so."""
    tab = town.stranger
    tab.forget()
    yield tab
    tab.kept_rules()
