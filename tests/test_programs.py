"""Tests that need a program of Debian's are skipped without it, and fail where the machine was given it."""

from pathlib import Path

import pytest

from tests.programs import GROUPS, PACKAGES, program

CI = Path(__file__).resolve().parent.parent / ".ci"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A machine without any program."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TESTS_NEED", raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", PACKAGES)
def test_a_missing_program_skips_with_what_to_install(bare: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(pytest.skip.Exception, match=f"{name} is not installed .*{PACKAGES[name]}"):
        program(name)


@pytest.mark.parametrize("name", PACKAGES)
def test_it_fails_where_the_machine_says_it_is_there(bare: pytest.MonkeyPatch, name: str) -> None:
    group = GROUPS.get(name, "prometheus")
    bare.setenv("TESTS_NEED", "something,else")
    with pytest.raises(pytest.skip.Exception):
        program(name)
    bare.setenv("TESTS_NEED", f"something,{group}")
    with pytest.raises(pytest.fail.Exception, match=f"{name} is not installed .*TESTS_NEED"):
        program(name)


def test_the_integration_machine_needs_what_it_could_install() -> None:
    script = (CI / "run").read_text(encoding="utf-8")
    for group, installer in (("prometheus", "prometheus"), ("browser", "chromium")):
        assert f"if .ci/{installer}; then needs+=({group}); fi" in script
        assert (CI / installer).stat().st_mode & 0o111
