"""Programs of the operating system a test needs: found, or said plainly to be missing."""

import os
import shutil

import pytest

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
}
"""Each program and the package of Debian it comes in."""


def program(name: str) -> str:
    """Return the path of one of Debian's programs.

    Skips where it is not installed. Fails instead where ``TESTS_NEED`` names prometheus: a machine that has
    installed it (.ci/run) must not lose these tests without a word. The name does not begin with HANTU_, for
    hantu itself refuses settings of that kind it does not know.
    """
    found = shutil.which(name)
    if found is not None:
        return found
    missing = f"{name} is not installed (Debian: apt-get install --no-install-recommends {PACKAGES[name]})"
    if "prometheus" in os.environ.get("TESTS_NEED", "").split(","):
        pytest.fail(f"{missing}, and TESTS_NEED says it must be")
    pytest.skip(missing)
