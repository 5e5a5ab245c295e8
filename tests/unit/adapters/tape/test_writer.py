"""The tape on disk: whole blocks, one file a life and day, an end that hurts nobody."""

import stat
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from hantu.adapters.tape import folder
from hantu.adapters.tape.blocks import FORMAT, MAGIC, Kind, block, chunk
from hantu.adapters.tape.codec import input_of
from hantu.adapters.tape.folder import Retention
from hantu.adapters.tape.header import Origin
from hantu.adapters.tape.reader import open_part, parts_of
from hantu.adapters.tape.writer import FileTape
from hantu.domain.errors import BrokenError, UsageError
from hantu.domain.instant import Instant
from hantu.engine.config import GuardConfig, Streams
from hantu.engine.decision import NOTHING, Decision, SendSubscribe
from hantu.engine.inputs import FeedClosed, Subscribed, Woken
from hantu.engine.turn import Desk

DAY = date(2026, 11, 23)
ORIGIN = Origin("0.1.0", "b" * 12, "test:1")
HTS = "secretlogin"
ACCOUNT = "8765432101"


def moment(number):
    return Instant(datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=number), float(number))


@pytest.fixture
def tell():
    return []


@pytest.fixture
def make(tmp_path, tell):
    made = []

    def _make(root=tmp_path / "tape", **changes):
        # Nothing is written before ``close``: the thread waits, and tests need not.
        found = FileTape(
            root, ORIGIN, private={HTS: "(hts id)", ACCOUNT: "(account)"}, on_trouble=tell.append, flush_s=60.0, **changes
        )  # fmt: skip
        made.append(found)
        return found

    yield _make
    for found in made:
        found.close()


def desk(**changes):
    return Desk(GuardConfig(streams=Streams(notice_key=HTS), **changes))


def record(tape, count, day=DAY):
    tape.begin(day, desk(), fresh=True)
    for number in range(count):
        tape.keep(FeedClosed(f"reason {number}"), moment(number), NOTHING)
    tape.close()


def read(path):
    part = open_part(path)
    assert part is not None
    return part, [input_of(row, part.header.layout) for row in part.rows()]


def only(root, day=DAY):
    (path,) = folder.parts(root, day)
    return path


def test_what_was_kept_is_read_back_in_order(make, tmp_path):
    record(make(), 1_000)
    part, rows = read(only(tmp_path / "tape"))
    assert [got.reason for got, _ in rows] == [f"reason {number}" for number in range(1_000)]
    assert rows[-1][1] == moment(999)
    assert (part.ended, part.torn) == ("closed", 0)
    assert part.header.version == "0.1.0"
    assert len(part.header.config_hash) == 12


def test_the_file_is_for_its_owner_only(make, tmp_path):
    record(make(), 1)
    path = only(tmp_path / "tape")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_no_private_word_is_in_the_file_not_even_in_the_state(make, tmp_path):
    tape = make()
    at_hand = desk()
    at_hand.line.active.append(("H0STCNI0", HTS))
    tape.begin(DAY, at_hand, fresh=False)
    tape.keep(Subscribed("H0STCNI0", HTS), moment(1), Decision(actions=(SendSubscribe("H0STCNI0", HTS),)))
    tape.keep(FeedClosed(f"account {ACCOUNT}"), moment(2), NOTHING)
    tape.close()
    part, rows = read(only(tmp_path / "tape"))
    everything = msgspec.msgpack.encode([part.header, list(part.rows())])
    assert HTS.encode() not in everything
    assert ACCOUNT.encode() not in everything
    assert part.header.guard_config().streams.notice_key == "(hts id)"
    assert rows[1][0] == FeedClosed("account (account)")


@pytest.mark.parametrize("cut", [1, 7, 100])
def test_a_torn_tail_costs_only_what_was_in_it(make, tmp_path, cut):
    tape = make()
    tape.begin(DAY, desk(), fresh=True)
    for number in range(8_000):
        tape.keep(FeedClosed(f"{number * 7919 % 100_003} reason {number}"), moment(number), NOTHING)
    tape.close()
    path = only(tmp_path / "tape")
    whole = path.read_bytes()
    _, before = read(path)
    end_block = block(Kind.END, chunk(b"closed"))
    assert whole.endswith(end_block)
    path.write_bytes(whole[: len(whole) - len(end_block) - cut])
    part, rows = read(path)
    assert part.torn > 0
    assert part.ended == ""
    assert 0 < len(rows) < 8_000
    assert rows == before[: len(rows)]


def test_damage_in_the_middle_ends_the_reading_there(make, tmp_path):
    record(make(), 10)
    path = only(tmp_path / "tape")
    data = bytearray(path.read_bytes())
    data[-40] ^= 0xFF
    path.write_bytes(bytes(data))
    part, rows = read(path)
    assert rows == []
    assert part.torn > 0


def test_a_file_that_died_before_its_header_is_passed_over(make, tmp_path):
    record(make(), 3)
    path = only(tmp_path / "tape")
    (path.parent / "002.tape").write_bytes(path.read_bytes()[:40])
    (path.parent / "003.tape").write_bytes(b"")
    assert [part.path.name for part in parts_of(tmp_path / "tape", DAY)] == ["001.tape"]


def test_other_files_and_newer_formats_are_refused_in_words(make, tmp_path):
    record(make(), 1)
    path = only(tmp_path / "tape")
    data = path.read_bytes()
    path.write_bytes(MAGIC + (FORMAT + 1).to_bytes(2, "little") + data[12:])
    with pytest.raises(BrokenError, match=f"형식 {FORMAT + 1}") as caught:
        open_part(path)
    assert "hantu" in caught.value.next_step
    path.write_bytes(b"something else entirely")
    with pytest.raises(BrokenError, match="테이프 파일이 아닙니다"):
        open_part(path)


def test_each_day_and_each_life_has_its_file(make, tmp_path):
    tape = make()
    tape.begin(DAY, desk(), fresh=True)
    tape.keep(Woken(), moment(1), NOTHING)
    tape.begin(DAY + timedelta(days=1), desk(), fresh=False)
    tape.keep(Woken(), moment(90_000), NOTHING)
    tape.close()
    record(make(), 5, DAY + timedelta(days=1))
    root = tmp_path / "tape"
    first, _ = read(only(root))
    assert first.ended == "continued"
    assert [path.name for path in folder.parts(root, DAY + timedelta(days=1))] == ["001.tape", "002.tape"]
    second = parts_of(root, None)[0]
    assert second.header.state is not None
    with pytest.raises(UsageError, match="2026-11-20"):
        parts_of(root, date(2026, 11, 20))
    with pytest.raises(UsageError, match="테이프가 없습니다"):
        parts_of(tmp_path / "nowhere", None)


def test_old_days_go_by_number_and_by_size(make, tmp_path):
    root = tmp_path / "tape"
    for age in (4, 3, 2, 1):
        record(make(retention=Retention(days=100)), 200, DAY - timedelta(days=age))
    record(make(retention=Retention(days=3)), 200)
    assert folder.days(root) == [DAY - timedelta(days=2), DAY - timedelta(days=1), DAY]
    size = only(root).stat().st_size
    record(make(retention=Retention(days=3, max_bytes=3 * size)), 100)
    assert folder.days(root) == [DAY - timedelta(days=1), DAY], "one day made room"
    assert len(folder.parts(root, DAY)) == 2


def test_a_day_beyond_the_limit_ends_the_tape_and_is_told_once(make, tmp_path, tell):
    record(make(retention=Retention(max_bytes=2_500)), 5_000)
    assert len(tell) == 1
    assert "max_mb" in tell[0]


def test_too_little_room_on_the_disk_ends_the_tape_not_the_records(make, tell):
    tape = make(retention=Retention(min_free_bytes=10**18))
    record(tape, 10)
    assert tell == ["디스크에 남은 공간이 적어 테이프를 멈춥니다."]
    tape.keep(Woken(), moment(11), NOTHING)
    assert not tape._entries, "nothing is kept any more, and nothing piles up"


def test_a_folder_that_cannot_be_written_is_told(make, tmp_path, tell):
    blocked = tmp_path / "tape"
    blocked.write_text("a file where the folder should be")
    record(make(blocked), 10)
    assert len(tell) == 1
    assert "쓸 수 없습니다" in tell[0]


def test_what_cannot_be_written_down_ends_the_tape(make, tell):
    tape = make()
    tape.begin(DAY, desk(), fresh=True)
    tape.keep(FeedClosed("\udc80"), moment(1), NOTHING)
    tape.close()
    assert tell == ["테이프에 넣을 수 없는 입력입니다: UnicodeEncodeError"]


def test_a_disk_that_hangs_does_not_fill_the_memory(make, tell):
    tape = make(waiting_max=50)
    record(tape, 500)
    assert tell == ["테이프를 쓰는 속도가 따라가지 못합니다."]
    assert not tape._entries


def test_a_tape_that_cannot_begin_is_told_and_nothing_is_raised(make, tell):
    tape = make()
    at_hand = desk()
    at_hand.told.add((lambda: None,))  # cannot stand in a snapshot
    tape.begin(DAY, at_hand, fresh=False)
    tape.keep(Woken(), moment(1), NOTHING)
    assert len(tell) == 1
    assert "시작할 수 없습니다" in tell[0]


def test_the_next_day_begins_anew_after_trouble(make, tmp_path, tell):
    tape = make()
    at_hand = desk()
    at_hand.told.add((lambda: None,))
    tape.begin(DAY, at_hand, fresh=False)
    tape.begin(DAY + timedelta(days=1), desk(), fresh=True)
    tape.keep(Woken(), moment(1), NOTHING)
    tape.close()
    assert len(read(only(tmp_path / "tape", DAY + timedelta(days=1)))[1]) == 1
