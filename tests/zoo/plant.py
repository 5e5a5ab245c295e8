"""Plants one bug: the source text of its modules is changed as they are imported, and nowhere else.

The product knows nothing of this. A planted process must be a fresh one: a
module that is imported already stays as it is, and ``plant`` refuses.
"""

import importlib.machinery
import importlib.util
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

FOLDER = Path(__file__).parent / "bugs"
SOURCE = Path(__file__).resolve().parents[2] / "src"
VARIABLE = "HANTU_ZOO_BUG"
"""Names the bug a test process is to be planted with."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one module's text; ``find`` occurs in it exactly once."""

    module: str
    find: str
    replace: str

    def applied(self, text: str) -> str:
        """Return the changed text.

        Raises:
            ValueError: The text to find is not there exactly once: the product has moved on.
        """
        if text.count(self.find) != 1:
            raise ValueError(f"{self.module}: {text.count(self.find)} times in the text: {self.find!r}")
        return text.replace(self.find, self.replace)


@dataclass(frozen=True, slots=True)
class Bug:
    """What a careless programmer would have done, and who must notice."""

    name: str
    title: str
    accident: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
    """Tests that must fail with the bug planted; empty = simulated days must show it."""
    smoke: bool

    @property
    def area(self) -> str:
        """Return the module whose text is changed first, without the product's name."""
        return self.edits[0].module.removeprefix("hantu.")


def path_of(module: str) -> Path:
    """Return the file of a module."""
    return SOURCE / (module.replace(".", "/") + ".py")


def bugs() -> dict[str, Bug]:
    """Return every bug of the zoo by name, in the order of the files.

    Raises:
        ValueError: Two bugs have one name.
    """
    found: dict[str, Bug] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for name, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"two bugs are called {name}")
            found[name] = _bug(name, row)
    return found


def _bug(name: str, row: dict[str, Any]) -> Bug:
    edits = row.get("edits", [row])
    return Bug(
        name, row["title"], row["accident"],
        tuple(Edit(f"hantu.{one['module']}", one["find"], one["replace"]) for one in edits),
        tuple(row.get("tests", ())), bool(row.get("smoke")),
    )  # fmt: skip


class Planted(importlib.machinery.SourceFileLoader):
    """Compiles a changed text; no cached bytecode is read or written."""

    def __init__(self, fullname: str, path: str, edits: Sequence[Edit]) -> None:
        super().__init__(fullname, path)
        self._edits = edits

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the changed text."""
        text = Path(self.path).read_text(encoding="utf-8")
        for edit in self._edits:
            text = edit.applied(text)
        return compile(text, self.path, "exec", dont_inherit=True)


class Planter(MetaPathFinder):
    """Finds the modules to be changed; every other is found as always."""

    def __init__(self, bug: Bug) -> None:
        self._edits: dict[str, list[Edit]] = {}
        for edit in bug.edits:
            self._edits.setdefault(edit.module, []).append(edit)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a spec for a module that is changed, None for others."""
        edits = self._edits.get(fullname)
        if edits is None:
            return None
        loader = Planted(fullname, str(path_of(fullname)), edits)
        return importlib.util.spec_from_file_location(fullname, loader.path, loader=loader)


def plant(bug: Bug) -> Planter:
    """Plant ``bug`` in this process; return the hook, which can be removed from ``sys.meta_path``.

    Raises:
        RuntimeError: A module of it is imported already.
    """
    late = [edit.module for edit in bug.edits if edit.module in sys.modules]
    if late:
        raise RuntimeError(f"too late to plant {bug.name}: {late} imported already")
    planter = Planter(bug)
    sys.meta_path.insert(0, planter)
    return planter
