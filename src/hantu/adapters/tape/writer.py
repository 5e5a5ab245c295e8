"""The tape on disk: what was handled is queued here and written by a thread.

Entry point: ``FileTape``. Invariants:
1. ``keep`` only appends to a queue; encoding, compression and files belong to
   the thread, which gives the interpreter back after every few inputs;
2. what goes wrong with the tape ends the tape, never the guard; a person is
   told once, and the next trading day begins a new part;
3. nothing private is written: the given words are masked.
"""

import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from hantu.adapters.tape import snapshot
from hantu.adapters.tape.blocks import Kind, block, chunk, head
from hantu.adapters.tape.codec import Kept, Mask, Row, encode_rows, row_of
from hantu.adapters.tape.folder import Retention, create_part, prune
from hantu.adapters.tape.header import Header, Origin
from hantu.domain.errors import BrokenError
from hantu.domain.instant import Instant
from hantu.engine.decision import Decision
from hantu.engine.inputs import Input
from hantu.engine.turn import Desk

FLUSH_S = 0.2
"""At most this much, in real seconds, is lost when the process is killed."""
TURN = 32
"""Inputs encoded before the thread gives the interpreter back: some tens of microseconds."""
BLOCK_BYTES = 256_000
WAITING_MAX = 400_000
"""A disk that hangs must not fill the memory."""
CLOSE_S = 3.0


@dataclass(frozen=True, slots=True)
class _Part:
    """Begin a new file here."""

    day: date
    header: Header


_Entry: TypeAlias = Kept | _Part


class FileTape:
    """Keeps every handled input under one folder."""

    def __init__(
        self,
        root: Path,
        origin: Origin,
        *,
        retention: Retention | None = None,
        private: Mapping[str, str] | None = None,
        on_trouble: Callable[[str], None] = lambda _reason: None,
        flush_s: float = FLUSH_S,
        waiting_max: int = WAITING_MAX,
    ) -> None:
        """Keep under ``root``.

        ``private`` names words that must not be written and what stands in
        their place. ``on_trouble`` is called in the tape's thread with a
        sentence when nothing is kept any more.
        """
        self._root = root
        self._origin = origin
        self._retention = retention or Retention()
        self._mask = Mask(private)
        self._on_trouble = on_trouble
        self._flush_s = flush_s
        self._waiting_max = waiting_max
        self._overrun = False
        self._entries: deque[_Entry] = deque()
        self._on = False
        self._file: int | None = None
        self._today = date.min
        self._written = 0
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    def begin(self, day: date, desk: Desk, *, fresh: bool) -> None:
        """Begin the part of a trading day; the state of an engine that is not fresh is kept with it."""
        try:
            config = self._mask.value(desk.config)
            state = None if fresh else snapshot.take(desk, self._mask)
            header = Header.of(self._origin, day, config, state)
        except Exception as error:  # noqa: BLE001 - the guard's boundary: a tape that cannot begin is told, guarding goes on
            self._on = False
            self._on_trouble(f"테이프를 시작할 수 없습니다: {type(error).__name__}: {error}")
            return
        self._entries.append(_Part(day, header))
        self._on = True
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="hantu-tape", daemon=True)
            self._thread.start()
        self._wake.set()

    def keep(self, got: Input, now: Instant, came: Decision | Exception) -> None:
        """Queue one handled input; costs well under a microsecond."""
        if self._on:
            self._entries.append((got, now, came))
            if len(self._entries) > self._waiting_max:
                self._on, self._overrun = False, True

    def close(self) -> None:
        """Write what is waiting; gives up after a few real seconds."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    # --- the thread ----------------------------------------------------------------

    def _run(self) -> None:
        while True:
            self._wake.wait(self._flush_s)
            self._wake.clear()
            closing = self._closing
            self._take_all()
            if closing:
                self._end_part("closed")
                return

    def _take_all(self) -> None:
        try:
            self._write_waiting()
        except OSError as error:
            self._stop(f"테이프를 쓸 수 없습니다: {error.strerror or error}")
        except BrokenError as error:
            self._stop(str(error))
        except Exception as error:  # noqa: BLE001 - thread boundary: a tape that fails is told, the guard goes on
            self._stop(f"테이프에 넣을 수 없는 입력입니다: {type(error).__name__}")

    def _write_waiting(self) -> None:
        payload = bytearray()
        batch: list[Row] = []
        if self._overrun:
            self._overrun = False
            raise BrokenError("테이프를 쓰는 속도가 따라가지 못합니다.")
        while self._entries:
            entry = self._entries.popleft()
            if isinstance(entry, _Part):
                self._write(payload, batch)
                batch = []
                self._begin_part(entry)
                continue
            batch.append(row_of(entry, self._mask))
            if len(batch) >= TURN:
                payload += chunk(encode_rows(batch))
                batch = []
                if len(payload) >= BLOCK_BYTES:
                    self._write(payload, [])
                time.sleep(0)  # noqa: TID251  (lets the guard's loop run; this thread is in no hurry)
        self._write(payload, batch)

    def _begin_part(self, part: _Part) -> None:
        self._end_part("continued")
        self._today = part.day
        self._written = prune(self._root, self._retention, part.day)
        _, self._file = create_part(self._root, part.day)
        self._append(head() + block(Kind.HEADER, chunk(part.header.encode())))

    def _write(self, payload: bytearray, batch: list[Row]) -> None:
        if batch:
            payload += chunk(encode_rows(batch))
        if payload and self._file is not None:
            self._append(block(Kind.ROWS, payload))
        payload.clear()

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        if self._written + len(data) > self._retention.max_bytes:
            self._written = prune(self._root, self._retention, self._today, len(data))
        if self._written + len(data) > self._retention.max_bytes:
            raise BrokenError("오늘의 테이프가 정해진 크기(tape.max_mb)를 넘었습니다.")
        if shutil.disk_usage(self._root).free < self._retention.min_free_bytes:
            raise BrokenError("디스크에 남은 공간이 적어 테이프를 멈춥니다.")
        while data:
            done = os.write(self._file, data)
            self._written += done
            data = data[done:]

    def _end_part(self, why: str) -> None:
        if self._file is None:
            return
        try:
            os.write(self._file, block(Kind.END, chunk(why.encode())))
        finally:
            os.close(self._file)
            self._file = None

    def _stop(self, reason: str) -> None:
        """Keep nothing more until the next part begins; what waits is dropped."""
        self._on = False
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._entries.clear()
        self._on_trouble(reason)
