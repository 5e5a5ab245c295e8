"""Integer amounts: prices, quantities and won, never a float.

Everything hantu guards is quoted in KRW, whose smallest unit is one won, so a
price is a whole number of won and an amount is price times quantity.
"""

from typing import NewType

Price = NewType("Price", int)
"""Won per share."""
Quantity = NewType("Quantity", int)
"""Whole shares."""
Won = NewType("Won", int)
"""An amount of money in won; negative for a loss."""

BPS = 10_000
"""Basis points in one: 300 bps = 3 %."""
