"""Writes src/hantu/domain/closed_days.py from the ``holidays`` package.

The package knows elections, substitute days and the exchange's own 31 December; it is a tool of
development only, because importing it costs more memory than the whole guard may use for its start.
"""

import sys
from datetime import date
from pathlib import Path

from holidays import financial_holidays

TARGET = Path(__file__).resolve().parent.parent / "src" / "hantu" / "domain" / "closed_days.py"
YEARS = range(2025, 2029)
SATURDAY = 5
HEAD = '''\
"""Weekdays on which the Korea Exchange stays closed; weekends are closed without being listed.

Written by tools/closed_days.py, not by hand. Only the offline answer: the broker's own calendar comes
first, and what an operator writes into the override file comes on top (temporary holidays are declared
at short notice).
"""

from datetime import date

FIRST_YEAR = {first}
LAST_YEAR = {last}
"""Outside of these years the list is silent, not reassuring."""

CLOSED_DAYS: frozenset[date] = frozenset(
    {{
'''


def closed_weekdays() -> dict[date, str]:
    """Return the closed weekdays of ``YEARS`` and why, in order."""
    known = financial_holidays("XKRX", years=YEARS, language="en_US")
    return {day: known[day] for day in sorted(known) if day.weekday() < SATURDAY}


def render() -> str:
    lines = [
        f"        date({day.year}, {day.month}, {day.day}),  # {why.replace('; ', ', ')}\n"
        for day, why in closed_weekdays().items()
    ]
    return HEAD.format(first=YEARS[0], last=YEARS[-1]) + "".join(lines) + "    }\n)\n"


def main() -> int:
    TARGET.write_text(render(), encoding="utf-8")
    print(f"{len(closed_weekdays())} closed days of {YEARS[0]} to {YEARS[-1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
