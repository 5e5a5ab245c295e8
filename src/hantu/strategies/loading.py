"""From a strategy's name to its class: a file of one's own, or one that comes with hantu."""

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hantu.domain.errors import UsageError
from hantu.strategies.sdk import Strategy

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Also the name of a file and of a job: nothing in it leads out of a folder."""
SAMPLES = "hantu.strategies.samples"


def checked_name(name: str) -> str:
    """Return ``name`` if a strategy may be called so.

    Raises:
        UsageError: It may not.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"전략 이름으로 쓸 수 없습니다: {name!r}",
            next_step="영문 소문자로 시작하고 소문자, 숫자, _ 만 쓰세요 (40자까지). 예: my_first",
        )
    return name


def names(folder: Path) -> tuple[str, ...]:
    """Return the strategies there are: own files and samples."""
    own = {path.stem for path in folder.glob("*.py") if NAME.fullmatch(path.stem) and not path.stem.startswith("test_")}
    shipped = {path.stem for path in Path(__file__).parent.joinpath("samples").glob("*.py") if path.stem[0] != "_"}
    return tuple(sorted(own | shipped))


def exists(name: str, folder: Path) -> bool:
    """Tell whether there is a strategy of that name."""
    return name in names(folder)


def load(name: str, folder: Path) -> type[Strategy[Any, Any]]:
    """Return the class of a strategy; its own file wins over a sample of the same name.

    Raises:
        UsageError: There is none, or not exactly one class in its file.
        Exception: Whatever the file raises while it is read.
    """
    path = folder / f"{checked_name(name)}.py"
    module = _from_file(name, path) if path.is_file() else _sample(name, folder)
    kinds = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Strategy) and value.__module__ == module.__name__
    ]
    if len(kinds) != 1:
        raise UsageError(
            f"{name}: Strategy를 상속한 클래스가 {len(kinds)}개 있습니다.", next_step="파일마다 하나만 두세요."
        )
    return kinds[0]


def _from_file(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"hantu_strategy_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    if str(path.parent) not in sys.path:
        # Last: modules of one's own beside it, and never in the place of others.
        sys.path.append(str(path.parent))
    spec.loader.exec_module(module)
    return module


def _sample(name: str, folder: Path) -> ModuleType:
    try:
        return importlib.import_module(f"{SAMPLES}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{SAMPLES}.{name}":
            raise
        raise UsageError(
            f"전략 {name} 이(가) 없습니다: {folder}",
            next_step=f"`hantu strategies new {name}`으로 만들거나, 이름을 확인하세요: {', '.join(names(folder))}",
        ) from None
