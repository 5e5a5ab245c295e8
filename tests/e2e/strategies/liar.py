"""Hangs, while a thread of it goes on saying that all is well."""

import socket
import sys
import threading
import time

from hantu.strategies.protocol import Done, pack
from hantu.strategies.sdk import Nothing, Strategy, Trade


def all_is_well() -> None:
    line = socket.socket(fileno=int(sys.argv[sys.argv.index("--socket") + 1]))
    number = 0
    while True:
        number += 1
        line.sendall(pack(Done(number % 50, number)))
        time.sleep(0.01)


class Subject(Strategy[Nothing, Nothing]):
    def on_trade(self, trade: Trade) -> None:
        threading.Thread(target=all_is_well, daemon=True).start()
        threading.Event().wait()
