"""Answers every step in time and burns a core between them."""

import threading

from hantu.strategies.sdk import Nothing, Strategy


def burn() -> None:
    while True:
        pass


class Subject(Strategy[Nothing, Nothing]):
    def on_start(self) -> None:
        threading.Thread(target=burn, daemon=True).start()
