"""Fails at its first trade, in every life."""

import time
from pathlib import Path

from hantu.strategies.sdk import Nothing, Strategy, Trade


class Subject(Strategy[Nothing, Nothing]):
    def on_start(self) -> None:
        with Path("crasher.starts").open("a") as file:
            file.write(f"{time.monotonic()}\n")

    def on_trade(self, trade: Trade) -> None:
        raise ZeroDivisionError(f"at {trade.symbol}")
