"""Waits for something that never comes."""

import threading

from hantu.strategies.sdk import Nothing, Strategy, Trade


class Subject(Strategy[Nothing, Nothing]):
    def on_trade(self, trade: Trade) -> None:
        threading.Event().wait()
