"""Reports code that nothing calls: vulture without what is data (fields, enumeration members).

Vulture alone cannot tell a field that is only written to a record from a dead one.
Settings: ``[tool.vulture]`` in pyproject.toml. A name used by tests only counts as used,
because the wire package is a library with two roles.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
CODE = {"function", "method", "property", "class", "import", "unreachable_code"}


def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["vulture"]


def main() -> int:
    wanted = settings()
    vulture = Vulture(ignore_names=wanted["ignore_names"], ignore_decorators=wanted["ignore_decorators"])
    vulture.scavenge([str(ROOT / path) for path in wanted["paths"]])
    dead = [item for item in vulture.get_unused_code(min_confidence=wanted["min_confidence"]) if item.typ in CODE]
    for item in dead:
        path = Path(item.filename).relative_to(ROOT)
        print(f"{path}:{item.first_lineno}: {item.message}")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
