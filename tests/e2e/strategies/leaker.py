"""Keeps everything."""

from hantu.strategies.sdk import Nothing, Strategy, Trade

KEPT: list[bytearray] = []


class Subject(Strategy[Nothing, Nothing]):
    def on_trade(self, trade: Trade) -> None:
        KEPT.append(bytearray(8 * 1024 * 1024))
