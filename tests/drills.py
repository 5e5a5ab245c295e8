"""Whether the long drills run: `make drill` and `make chaos` set HANTU_SLOW; the suite keeps some cases of each."""

import os

DRILL = bool(os.environ.get("HANTU_SLOW"))
