"""The zoo itself: every bug still fits the product, nothing is planted unasked, and a few are caught on every run.

All of them are looked for by ``make zoo``.
"""

import sys

import pytest

from tests.zoo.plant import Bug, Edit, Planter, bugs, path_of, plant
from tests.zoo.run import ROOT, look

ZOO = bugs()
SMOKE = [bug for bug in ZOO.values() if bug.smoke]
SMOKE_SEEDS = 20


@pytest.mark.parametrize("name", ZOO)
def test_a_bug_changes_text_that_is_there_once_and_still_is_a_program(name: str) -> None:
    texts: dict[str, str] = {}
    for edit in ZOO[name].edits:
        text = texts.get(edit.module) or path_of(edit.module).read_text(encoding="utf-8")
        texts[edit.module] = edit.applied(text)
    for module, text in texts.items():
        assert text != path_of(module).read_text(encoding="utf-8")
        compile(text, module, "exec", dont_inherit=True)
    for test in ZOO[name].tests:
        assert (ROOT / test.partition("::")[0]).exists(), test


def test_the_zoo_is_as_large_as_promised() -> None:
    assert len(ZOO) >= 60
    assert sum(not bug.tests for bug in ZOO.values()) >= 45
    assert 0 < len(SMOKE) <= 6


def test_text_that_is_not_there_once_is_refused() -> None:
    for text in ("", "x = 1\nx = 1\n"):
        with pytest.raises(ValueError, match="times in the text"):
            Edit("hantu.nothing", "x = 1\n", "x = 2\n").applied(text)


def test_nothing_is_planted_unasked_and_nothing_too_late() -> None:
    assert not any(isinstance(finder, Planter) for finder in sys.meta_path)
    import hantu.engine.exits  # noqa: F401 - so that it is too late

    late = Bug("late", "", "", (Edit("hantu.engine.exits", "a", "b"),), (), smoke=False)
    with pytest.raises(RuntimeError, match="imported already"):
        plant(late)
    assert not any(isinstance(finder, Planter) for finder in sys.meta_path)


def test_only_the_named_module_is_changed() -> None:
    bug = ZOO["timeout_is_refused"]
    planter = Planter(bug)
    assert planter.find_spec("hantu.kis.codes", None) is None
    spec = planter.find_spec("hantu.kis.outcomes", None)
    assert spec is not None
    assert spec.origin == str(path_of("hantu.kis.outcomes"))


@pytest.mark.requirement("OPS-05-1")
@pytest.mark.parametrize("bug", SMOKE, ids=lambda bug: bug.name)
def test_a_bug_is_noticed(bug: Bug) -> None:
    found = look(bug, SMOKE_SEEDS)
    assert found.caught, found.text
