"""Programs of the operating system a test needs: found, or said plainly to be missing."""

import os
import shutil
from typing import NoReturn

import pytest

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
    "chromium": "chromium",
}
"""Each program and the package of Debian it comes in."""
GROUPS = {"chromium": "browser"}
"""The word of TESTS_NEED a program belongs to, where it is not prometheus."""


def program(name: str) -> str:
    """Return the path of one of Debian's programs.

    Skips where it is not installed, unless it is needed.
    """
    found = shutil.which(name)
    if found is not None:
        return found
    reason = f"{name} is not installed (Debian: apt-get install --no-install-recommends {PACKAGES[name]})"
    return missing(GROUPS.get(name, "prometheus"), reason)


def missing(group: str, reason: str) -> NoReturn:
    """Skip for this reason, or fail where ``TESTS_NEED`` names the group.

    A machine that has installed it (.ci/run) must not lose these tests without a word. The name does not begin with
    HANTU_, for hantu itself refuses settings of that kind it does not know.
    """
    if group in os.environ.get("TESTS_NEED", "").split(","):
        pytest.fail(f"{reason}, and TESTS_NEED says it must be")
    pytest.skip(reason)
