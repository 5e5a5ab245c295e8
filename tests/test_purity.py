"""The pure floors hold nothing that could give two answers to one question; every ban catches its planted example."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tools import purity

ROOT = Path(__file__).resolve().parent.parent
PLANTED = {
    # clock
    "from datetime import datetime\nat = datetime.now()": "clock: datetime.now",
    "import datetime\nat = datetime.datetime.utcnow()": "clock: datetime.datetime.utcnow",
    "from datetime import date\nread = date.today": "clock: date.today",
    "import time": "clock: import of time",
    "def f():\n    from time import monotonic": "clock: import of time",
    # chance
    "import random": "chance: import of random",
    "from uuid import uuid4": "chance: import of uuid",
    "import secrets": "chance: import of secrets",
    "from os import urandom": "machine: import of os",
    # addresses and the world
    "def f(xs: list[object]):\n    return sorted(xs, key=id)": "address: id()",
    "def f(x: str) -> int:\n    return hash(x) % 7": "address: hash()",
    "def f():\n    print('x')": "world: print()",
    # errors
    "try:\n    pass\nexcept:\n    pass": "except:",
    "try:\n    pass\nexcept Exception:\n    pass": "except:",
    "try:\n    pass\nexcept (ValueError, BaseException):\n    pass": "except:",
    # coroutines
    "import asyncio": "asyncio: import of asyncio",
    "from concurrent.futures import Future": "asyncio: import of concurrent",
    "async def f(): ...": "asyncio: async def f",
    # the order of sets: where the kind is seen in
    "for x in {1, 2}:\n    f(x)": "order: loops over",
    "def f(xs: set[str]):\n    return list(xs)": "order: list() of",
    "def f(xs: 'frozenset[str] | None'):\n    return tuple(xs or ())": "order: tuple() of",
    "def f(xs):\n    ys = set(xs)\n    for y in ys:\n        g(y)": "order: loops over",
    "class A:\n    told: set[str]\ndef f(a: A):\n    return [x for x in a.told]": "order: loops over",
    "class A:\n    def __init__(self):\n        self.told: set[str] = g()\n    def f(self):\n"
    "        return ','.join(self.told)": "order: .join() of",
    "KNOWN = frozenset('ABC')\nfirst = next(iter(KNOWN))": "order: iter() of",
    "def g() -> set[int]: ...\ndef f():\n    return [*g()]": "order: spreads",
    "class A:\n    by: dict[str, set[int]]\ndef f(a: A):\n    return list(a.by['x'])": "order: list() of",
    "class A:\n    by: dict[str, set[int]]\ndef f(a: A):\n    for s in a.by.values():\n        g(list(s))":
        "order: list() of",
    "class A:\n    by: dict[str, set[int]]\ndef f(a: A):\n    for k, s in a.by.items():\n        g(*s)":
        "order: spreads",
    "class A:\n    by: dict[str, set[int]]\ndef f(a: A):\n    return tuple(a.by.get('x', set()))": "order: tuple() of",
    "def f(a: dict[str, int], b: dict[str, int]):\n    for x in a.keys() - b.keys():\n        g(x)":
        "order: loops over",
    "def f(a: dict[str, int]):\n    before = set(a)\n    for x in before - set(g()):\n        h(x)": "order: loops over",
    "def f(xs: set[str]):\n    for x in xs.union(['a']):\n        g(x)": "order: loops over",
    # the order of sets: how it gets out
    "def f(xs: set[str]):\n    return {x: 1 for x in xs}": "order: loops over",
    "def f(xs: set[str]):\n    return (g(x) for x in xs)": "order: loops over",
    "def f(xs: set[str]):\n    return dict.fromkeys(xs)": "order: .fromkeys() of",
    "def f(xs: set[str]):\n    return xs.pop()": "order: takes any member of",
    "def f(xs: set[str]):\n    one, two = xs": "order: unpacks",
    "def f(xs: set[str]):\n    return f'{xs}'": "order: writes",
    "def f(xs: set[str]):\n    return str(xs)": "order: str() of",
    "def f(xs: set[float]):\n    return sum(xs)": "order: sum() of",
    "def f(xs: set[str], ys: list[str]):\n    ys.extend(xs)": "order: .extend() of",
    "def f(xs: set[str], ys: list[str]):\n    ys += xs": "order: appends",
    "def f(xs: set[str]):\n    yield from xs": "order: yields from",
    "def f(xs: set[str]):\n    return sorted(xs, key=len)": "order: sorted() of",
    "def f(xs: set[str]):\n    return max(xs, key=len)": "order: max() of",
    "def f(xs: set[str]):\n    return list(enumerate(xs))": "order: enumerate() of",
}  # fmt: skip
HARMLESS = [
    "def f(now: datetime):\n    return now.timestamp()",
    "def f(xs: set[str]):\n    return sorted(xs)",
    "def f(xs: set[str]):\n    for x in sorted(xs - {'a'}):\n        g(x)",
    "def f(xs: set[str]):\n    return len(xs), 'a' in xs, xs | {'b'}, xs.isdisjoint(xs), min(xs)",
    "def f(xs: set[str]):\n    return any(x == 'a' for x in xs) and all(x for x in xs)",
    "def f(xs: set[str]):\n    return {x for x in xs if x}",
    "def f(xs: set[str]):\n    return {*xs, 'a'}",
    "def f(xs: set[str]):\n    (one,) = xs\n    return one",
    "def f(xs: dict[str, int]):\n    return list(xs), [x for x in xs.items()]",
    "def f(xs: set[str]):\n    xs = sorted(xs)\n    return [x for x in xs]",
    "def f(id: str):\n    return id",
    "try:\n    pass\nexcept (ValueError, KeyError):\n    pass",
]


def found(tmp_path: Path, code: str) -> list[str]:
    path = tmp_path / "planted.py"
    path.write_text(textwrap.dedent(code), encoding="utf-8")
    return [finding.what for finding in purity.findings([path])]


@pytest.mark.parametrize(("code", "what"), PLANTED.items(), ids=PLANTED.values())
def test_planted_impurity_is_caught(tmp_path, code, what):
    assert any(line.startswith(what) for line in found(tmp_path, code)), found(tmp_path, code)


@pytest.mark.parametrize("code", HARMLESS)
def test_what_gives_one_answer_is_left_alone(tmp_path, code):
    assert found(tmp_path, code) == []


def test_kinds_of_fields_are_known_across_files(tmp_path):
    (tmp_path / "desk.py").write_text("class Desk:\n    told: set[str]\n")
    (tmp_path / "judge.py").write_text("def f(desk):\n    return list(desk.told)\n")
    assert [(finding.path.name, finding.line) for finding in purity.findings(purity.files([str(tmp_path)]))] == [
        ("judge.py", 2)
    ]


def test_the_pure_floors_are_pure():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "purity.py")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


STORY = """
from hantu.domain.instrument import Symbol
from hantu.engine import decision as act, inputs as inp
from hantu.engine.inputs import WatchItem
from tests.unit.engine.world import HYNIX, SAMSUNG, World

items = tuple(WatchItem(n, Symbol(f"00{n:04}"), "W", 80.0, 10_000, "2026-11-20") for n in range(12))
world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (7, 200_000, 7)})
world.start(watch=items)
world.to_monitoring()
world.give(inp.WatchlistChanged(()))
world.pass_time(30)
world.trade(SAMSUNG, 67_000)
world.accept(world.of(act.Submit)[0])
world.pass_time(70)
print(*world.facts, *world.actions, *world.log, sep="\\n")
"""


def test_a_day_is_the_same_in_processes_that_hash_differently():
    """Texts hash by a seed of the process; a watch list given up must be given back in the same order."""
    told = {
        subprocess.run(
            [sys.executable, "-c", STORY], capture_output=True, text=True, check=True, cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(told) == 1
    assert told.pop().count("SendUnsubscribe") > 4
