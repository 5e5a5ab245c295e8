"""Somebody on the path of the clear-text stream who sends trades that never happened."""

from random import Random

FORGED_DAYS = 0.3
"""Share of days that have one."""
FORGED_LATER_S = 0.000_1
ONE_TRADE = b"0|H0STCNT0|001|"


def forged(text: str, rng: Random) -> str:
    """Return a trade frame of one record at a price 6 to 12 % away, with nothing in it that gives it away."""
    fields = text.split("^")
    price = int(fields[2])
    base = price - int(fields[4])
    false = round(price * (1 + rng.choice((-1, 1)) * rng.uniform(0.06, 0.12)))
    fields[2], fields[4], fields[5] = str(false), str(false - base), f"{(false - base) / base * 100:.2f}"
    if rng.random() < 0.5:
        # A careful forger also moves the day's extremes.
        fields[8], fields[9] = str(max(false, int(fields[8]))), str(min(false, int(fields[9])))
    return "^".join(fields)


def forged_rate(seed: int, chosen: list[str]) -> float:
    """Return the share of trade frames a day forges, 0 on most; such a day is named among its ``chosen`` troubles.

    Drawn by chance of its own, so that whatever else a seed is stays as it was.
    """
    rng = Random(f"hantu forged {seed}")
    if rng.random() >= FORGED_DAYS:
        return 0.0
    chosen.append("P19")
    return float(0.005 * 20 ** rng.random())
