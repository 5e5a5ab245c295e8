"""Has every wheel and source archive carry the built dashboard; fails rather than ship an empty folder."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DashboardHook(BuildHookInterface[Any]):
    """Asks tools/dashboard.py for a build of the present sources; needs nothing where there is one."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files are gathered; an editable install reads the checkout itself."""
        if version == "editable":
            return
        root = Path(self.root)
        done = subprocess.run([sys.executable, str(root / "tools" / "dashboard.py"), "--needed"], check=False)
        if done.returncode != 0 or not (root / "src" / "hantu" / "api" / "static" / "index.html").is_file():
            raise RuntimeError("the dashboard could not be built; the lines above say why")
