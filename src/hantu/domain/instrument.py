"""What can be held: a listed stock, by its short code (종목)."""

from enum import StrEnum
from typing import NewType

Symbol = NewType("Symbol", str)
"""KRX short code: six characters, seven for an ETN."""


class Market(StrEnum):
    """Where an instrument is listed; decides tax and price steps."""

    KOSPI = "kospi"
    KOSDAQ = "kosdaq"
    ETF = "etf"
