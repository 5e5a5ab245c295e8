"""Orders over a real socket: one write each, and an honest outcome whatever the other side does."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hantu.adapters.broker.checks.authority import Lease
from hantu.adapters.broker.keyring import Kept
from hantu.adapters.broker.pace import Pacer
from hantu.adapters.broker.wires import WIRES_MAX, Wires
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.order import CancelRequest, OrderRequest, Outcome, OutcomeKind
from hantu.kis.endpoints import Lane
from hantu.kis.environment import Credentials, EnvironmentName, local
from hantu.kis.rest import render_failure
from hantu.kis.throttle import Limits
from hantu.kis.tokens import IssueLog
from tests.unit.adapters.broker.conftest import Rig, numbered
from tests.unit.adapters.broker.scripted_broker import (
    ACCOUNT,
    Connection,
    FastClock,
    Received,
    ScriptedBroker,
    accepted,
    chunked,
    framed,
    hang_up,
    head,
    in_pieces,
    raw,
    refuse,
    reply,
    reset,
    silence,
)


async def test_accepted_order_carries_number_and_times(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.order_no, outcome.branch_no) == (OutcomeKind.ACCEPTED, "85001", "03930")
    assert 0 < outcome.sent_mono <= outcome.answered_mono
    (request,) = broker.orders
    assert request.json["ORD_QTY"] == "10"
    assert request.headers["authorization"] == "Bearer token-0"
    assert request.headers["tr_id"] == "TTTC0011U"
    assert request.headers["host"] == rig.environment.rest_url.removeprefix("http://")


async def test_cancel_goes_through_the_same_door(rig: Rig, broker: ScriptedBroker, cancel: CancelRequest) -> None:
    outcome = await rig.sender.cancel(cancel)
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert broker.orders[0].headers["tr_id"] == "TTTC0013U"
    assert broker.orders[0].json["ORGN_ODNO"] == "0000085001"


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (in_pieces(framed(accepted(1))), True),
        (raw(head(200, "Transfer-Encoding: chunked") + chunked(accepted(1))), True),
        (raw(head(200, "Connection: close") + accepted(1), then="close"), False),
        (raw(framed(accepted(1), 200, "Connection: close"), then="close"), False),
        (raw(framed(accepted(1), 200, "Connection: close")), False),
        (raw(head(100) + framed(accepted(1))), True),
        (raw(framed(accepted(1)) + framed(accepted(2))), False),
        (raw(framed(accepted(1)) + b"nonsense"), False),
    ],
    ids=[
        "split in bytes", "chunked", "until close", "connection: close", "close announced", "100 first", "two answers",
        "surplus",
    ],
)  # fmt: skip
async def test_complete_answers_are_understood_however_framed(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest, answer: object, kept: bool
) -> None:
    broker.steps.append(answer)  # type: ignore[arg-type]
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.order_no) == (OutcomeKind.ACCEPTED, "85001")
    # The next order is not confused by what is left over, and meets a wire that can be trusted.
    second = await rig.sender.submit(numbered(sell, 2))
    assert (second.kind, second.order_no) == (OutcomeKind.ACCEPTED, "85002")
    assert [order.connection for order in broker.orders] == [0, 0 if kept else 1]


@pytest.mark.requirement("MON-4.17")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (silence, "timeout"),
        (reset, "reset"),
        (hang_up, "closed"),
        (raw(b"\x00\x01garbage\r\n\r\n"), "garbled"),
        (raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "garbled"),
        (raw(head(200, "Content-Length: 500") + accepted(1), then="close"), "closed"),
        (raw(head(200, "Content-Length: 500") + accepted(1)), "timeout"),
        (raw(head(200, f"Content-Length: {10**6}") + b" " * 200_000), "garbled"),
        (raw(head(200, "Connection: close") + accepted(1)[:-9], then="close"), "unreadable_answer"),
        (reply(b"<html>Service Unavailable</html>", 503), "unreadable_answer"),
        (reply(b"", 500), "unreadable_answer"),
        (refuse("EGW00301"), "EGW00301"),
    ],
    ids=[
        "silence", "reset", "close", "garbage", "upgrade", "short body", "hanging body", "flood", "cut json", "html",
        "empty 500", "doubtful code",
    ],
)  # fmt: skip
async def test_everything_doubtful_is_unknown_and_sent_once(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest, answer: object, code: str
) -> None:
    await rig.sender.warm()
    broker.steps.append(answer)  # type: ignore[arg-type]
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.UNKNOWN, code, False)
    assert outcome.sent_mono > 0
    await asyncio.sleep(0.02)
    assert len(broker.orders) == 1


async def test_late_answer_is_never_taken_for_the_next_orders(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    async def late(connection: Connection, _: Received) -> None:
        await asyncio.sleep(0.2)
        connection.writer.write(framed(accepted(900)))

    broker.steps.append(late)
    assert (await rig.sender.submit(sell)).code == "timeout"
    outcome = await rig.sender.submit(numbered(sell, 2))
    assert outcome.order_no == "85002"
    assert broker.orders[0].connection != broker.orders[1].connection


@pytest.mark.parametrize("code", ["APBK0400", "IGW00007"])
async def test_verified_refusal_is_refused_and_the_wire_is_kept(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest, code: str
) -> None:
    broker.steps.append(refuse(code))
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.REFUSED, code, False)
    await rig.sender.submit(numbered(sell, 2))
    assert len(broker.connections) == 1


@pytest.mark.requirement("MON-4.13")
async def test_expired_token_is_refused_not_resent_and_replaced_for_the_next(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    broker.steps.append(refuse("EGW00123"))
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.REFUSED, "EGW00123", True)
    assert len(broker.orders) == 1
    assert (await rig.sender.submit(numbered(sell, 2))).kind is OutcomeKind.ACCEPTED
    assert [order.headers["authorization"] for order in broker.orders] == ["Bearer token-0", "Bearer token-1"]


async def test_rate_limit_is_refused_and_keeps_other_calls_away(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    rig.pacer = Pacer(Limits(18, 10), FastClock(1.0))
    broker.steps.append(refuse("EGW00201"))
    outcome = await rig.new_sender().submit(sell)
    assert (outcome.kind, outcome.retryable) == (OutcomeKind.REFUSED, True)
    assert len(broker.orders) == 1
    assert not await rig.pacer.enter(Lane.OTHER, ledger=False, max_wait_s=0.0)
    assert await rig.pacer.enter(Lane.EXIT, ledger=True, max_wait_s=0.0)


async def test_a_buy_cannot_take_the_places_kept_for_exits(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest, cancel: CancelRequest
) -> None:
    rig.pacer = Pacer(Limits(18, 10), FastClock(1.0))
    sender = rig.new_sender(patience_s=0.05)
    while await rig.pacer.enter(Lane.OTHER, ledger=True, max_wait_s=0.0):
        pass
    buy = replace(sell, intent_id="buy", side=Side.BUY)
    outcome = await sender.submit(buy)
    assert (outcome.kind, outcome.code) == (OutcomeKind.NOT_SENT, "call_budget")
    assert (await sender.submit(sell)).kind is OutcomeKind.ACCEPTED
    assert (await sender.cancel(cancel)).kind is OutcomeKind.ACCEPTED
    assert len(broker.orders) == 2


async def test_refused_connection_is_not_sent(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    await broker.stop()
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, "connect_refused", True)
    assert outcome.sent_mono == 0


@pytest.mark.parametrize(("answers", "code"), [(True, "tls"), (False, "connect_timeout")])
async def test_failed_handshake_is_not_sent(rig: Rig, sell: OrderRequest, answers: bool, code: str) -> None:
    async def door(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        if answers:
            writer.write(b"HTTP/1.1 400 this is no TLS\r\n\r\n")
            await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(door, "127.0.0.1", 0)
    rig.wires = Wires(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", connect_timeout_s=0.2)
    outcome = await rig.new_sender().submit(sell)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, code, True)
    server.close()


async def test_connection_closed_while_idle_is_not_written_to(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    await rig.sender.submit(sell)
    broker.connections[0].close()
    await asyncio.sleep(0.01)
    outcome = await rig.sender.submit(numbered(sell, 2))
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert [order.connection for order in broker.orders] == [0, 1]


class BareServer:
    """A listener without a loop: what it does has reached the client's socket when it returns."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.accepted: list[socket.socket] = []
        keys = Credentials(EnvironmentName.LOCAL, ACCOUNT, "APPKEY", "APPSECRET", alias="main")
        self.environment = local(keys, f"http://127.0.0.1:{self.listener.getsockname()[1]}", "ws://127.0.0.1:1")

    def accept(self) -> socket.socket:
        self.accepted.append(self.listener.accept()[0])
        self.accepted[-1].settimeout(2)
        return self.accepted[-1]

    def close(self) -> None:
        for one in (*self.accepted, self.listener):
            one.close()


async def until_sent(task: asyncio.Task[Outcome], server: BareServer) -> bytes:
    """Turn the loop until a new connection has brought a whole order."""
    server.listener.setblocking(False)
    while True:
        await asyncio.sleep(0.001)
        assert not task.done()
        try:
            connection, _ = server.listener.accept()
            break
        except BlockingIOError:
            continue
    server.accepted.append(connection)
    connection.setblocking(True)
    connection.settimeout(2)
    await asyncio.sleep(0.01)
    return connection.recv(65_536)


async def test_close_the_loop_has_not_seen_yet_is_found_before_the_write(tmp_path: object, sell: OrderRequest) -> None:
    """The close is in the kernel, the loop has not turned: the order must not go there."""
    server = BareServer()
    rig = Rig(server.environment, tmp_path, FastClock(), Limits(18, 10))  # type: ignore[arg-type]
    rig.grant_token()
    try:
        first = asyncio.create_task(rig.sender.submit(sell))
        await until_sent(first, server)
        old = server.accepted[0]
        old.sendall(framed(accepted(1)))
        assert (await first).kind is OutcomeKind.ACCEPTED
        assert rig.wires.idle == 1
        old.shutdown(socket.SHUT_WR)
        # No turn of the loop between the close and the order.
        second = asyncio.create_task(rig.sender.submit(numbered(sell, 2)))
        request = await until_sent(second, server)
        assert request.count(b"POST ") == 1
        server.accepted[1].sendall(framed(accepted(2)))
        outcome = await second
        assert (outcome.kind, outcome.order_no) == (OutcomeKind.ACCEPTED, "85002")
        # The old connection saw nothing but its end.
        assert old.recv(65_536) == b""
    finally:
        await rig.close()
        server.close()


async def test_unasked_bytes_end_the_wire(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    await rig.sender.submit(sell)
    broker.connections[0].writer.write(framed(accepted(666)))
    await broker.connections[0].writer.drain()
    await asyncio.sleep(0.01)
    outcome = await rig.sender.submit(numbered(sell, 2))
    assert outcome.order_no == "85002"
    assert broker.orders[1].connection == 1


async def test_spare_wire_takes_over(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    await rig.sender.warm()
    await asyncio.sleep(0.01)
    assert len(broker.connections) == 2
    first = await rig.sender.submit(sell)
    used = broker.orders[0].connection
    broker.connections[used].close()
    while rig.wires.idle == 2:
        await asyncio.sleep(0)
    second = await rig.sender.submit(numbered(sell, 2))
    assert (first.kind, second.kind) == (OutcomeKind.ACCEPTED, OutcomeKind.ACCEPTED)
    assert broker.orders[1].connection == 1 - used


async def test_lost_wire_is_replaced_in_the_background(rig: Rig, broker: ScriptedBroker) -> None:
    await rig.sender.warm()
    await asyncio.sleep(0.01)
    broker.connections[0].close()
    await asyncio.sleep(0.05)
    assert len(broker.connections) == 3
    assert rig.wires.idle == 2


async def test_expired_token_is_replaced_in_the_background(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    await rig.sender.warm()
    broker.steps.append(refuse("EGW00123"))
    await rig.sender.submit(sell)
    await asyncio.sleep(0.05)
    assert rig.authority.token_at_hand() == "token-1"
    assert len(broker.orders) == 1


@pytest.mark.requirement("MON-4.16")
@pytest.mark.parametrize("asked_ago_s", [61.0, 60.97])
async def test_next_token_is_fetched_at_the_moment_it_may_be_had(
    rig: Rig, broker: ScriptedBroker, asked_ago_s: float
) -> None:
    """Refused in session, the token came up to a quarter of a minute later than the broker would have issued it."""
    rig.keyring.put("token", Kept(log=IssueLog((rig.clock.now().wall - timedelta(seconds=asked_ago_s),))))
    await rig.sender.warm()
    async with asyncio.timeout(3):
        while not rig.authority.token_at_hand():
            await asyncio.sleep(0.01)
    assert len(broker.issues) == 1


async def test_broker_that_is_away_does_not_stop_the_start(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    await broker.stop()
    await rig.sender.warm()
    await asyncio.sleep(0.02)
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.retryable) == (OutcomeKind.NOT_SENT, True)


async def test_server_that_hangs_up_at_once_meets_no_storm(rig: Rig, broker: ScriptedBroker) -> None:
    await rig.sender.warm()
    for _ in range(20):
        for connection in broker.connections:
            connection.close()
        await asyncio.sleep(0.01)
    assert len(broker.connections) <= 4


async def test_orders_at_one_moment_use_several_wires_and_each_goes_once(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    outcomes = await asyncio.gather(*(rig.sender.submit(numbered(sell, n)) for n in range(10)))
    assert all(outcome.kind is OutcomeKind.ACCEPTED for outcome in outcomes)
    assert len(broker.orders) == 10
    assert len({outcome.order_no for outcome in outcomes}) == 10
    assert len(broker.connections) <= WIRES_MAX


async def test_whole_account_leaves_at_one_moment_at_the_brokers_pace(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    """Exits wait for each other; none is denied or dropped for being the eleventh of a second."""
    rig.clock = FastClock(2.0)
    rig.pacer = Pacer(Limits(18, 10), rig.clock)
    sender = rig.new_sender(patience_s=10.0)
    outcomes = await asyncio.gather(*(sender.submit(numbered(sell, n)) for n in range(41)))
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    assert len(broker.orders) == 41
    times = sorted(outcome.sent_mono for outcome in outcomes)
    # The throttle keeps 1.05 s for a second; at this pace a busy machine has 25 ms for the way from its turn to its stamp.
    assert all(later - earlier >= 1.0 for earlier, later in zip(times, times[10:], strict=False))


async def test_thousand_orders_leave_nothing_behind(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    await rig.sender.submit(sell)
    descriptors = Path("/proc/self/fd")
    open_before = len(list(descriptors.iterdir()))
    tasks_before = len(asyncio.all_tasks())
    for number in range(2, 1_002):
        assert (await rig.sender.submit(numbered(sell, number))).kind is OutcomeKind.ACCEPTED
    assert len(broker.orders) == 1_001
    assert {order.connection for order in broker.orders} == {0}
    assert len(list(descriptors.iterdir())) == open_before
    assert len(asyncio.all_tasks()) == tasks_before
    assert rig.wires.count == 1


async def test_denied_order_leaves_no_byte(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    rig.views.kill = KillLevel.HARD
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, "denied:kill", False)
    assert not broker.connections


@pytest.mark.parametrize(
    ("change", "code"),
    [({"kill": KillLevel.HARD}, "denied:kill"), ({"lease": Lease(8, 60.0)}, "denied:epoch"),
     ({"lease": Lease(7, 1.0)}, "denied:lease")],
)  # fmt: skip
async def test_change_while_waiting_is_seen_last_before_the_write(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest, change: dict[str, object], code: str
) -> None:
    """The kill switch is thrown while the order waits for its token."""
    rig.keyring.put("token", Kept())

    async def throw(connection: Connection, request: Received) -> None:
        for name, value in change.items():
            setattr(rig.views, name, value)
        await reply(b'{"access_token":"t"}')(connection, request)

    broker.key_steps.append(throw)
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code) == (OutcomeKind.NOT_SENT, code)
    assert not broker.orders
    assert rig.wires.idle == 1


async def test_one_intent_passes_once(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    broker.steps.append(reset)
    assert (await rig.sender.submit(sell)).kind is OutcomeKind.UNKNOWN
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code) == (OutcomeKind.NOT_SENT, "denied:repeated")
    both = await asyncio.gather(*(rig.sender.submit(numbered(sell, 2)) for _ in range(2)))
    assert sorted(outcome.kind for outcome in both) == [OutcomeKind.ACCEPTED, OutcomeKind.NOT_SENT]
    assert len(broker.orders) == 2


async def test_order_not_sent_may_be_tried_again(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    rig.views.kill = KillLevel.HARD
    await rig.sender.submit(sell)
    rig.views.kill = KillLevel.OFF
    assert (await rig.sender.submit(sell)).kind is OutcomeKind.ACCEPTED


async def test_order_without_a_token_is_not_sent(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    rig.keyring.put("token", Kept())
    status, body = render_failure("EGW00133")
    broker.key_steps.append(reply(body, status))
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, "no_token", True)
    assert 60 < outcome.retry_s <= 61, "when a token may be asked for again"
    broker.key_steps.append(refuse("EGW00105"))
    rig.clock.leap(minutes=5)
    outcome = await rig.sender.submit(sell)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, "no_token", False)
    assert not broker.orders


async def test_canceled_task_leaves_no_wire_for_its_answer(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    async def slow(connection: Connection, _: Received) -> None:
        await asyncio.sleep(0.05)
        connection.writer.write(framed(accepted(900)))

    broker.steps.append(slow)
    task = asyncio.create_task(rig.sender.submit(sell))
    while not broker.orders:
        await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0)
    assert rig.wires.count == 0
    assert (await rig.sender.submit(replace(sell, intent_id="x"))).order_no == "85002"


async def test_nothing_of_the_keys_shows(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    broker.steps.append(refuse("APBK0400"))
    outcome = await rig.sender.submit(sell)
    for part in (outcome, rig.environment, rig.keyring.get("token")):
        for secret in ("APPKEY", "APPSECRET", "token-0", ACCOUNT):
            assert secret not in repr(part)


async def test_order_without_a_place_among_the_calls_is_not_sent_and_gives_its_wire_back(
    rig: Rig, broker: ScriptedBroker, sell: OrderRequest
) -> None:
    rig.pacer = Pacer(Limits(1, 1), FastClock(1.0))
    sender = rig.new_sender(patience_s=0.05)
    assert (await sender.submit(numbered(sell, 1))).kind is OutcomeKind.ACCEPTED
    outcome = await sender.submit(numbered(sell, 2))
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, "call_budget", True)
    assert len(broker.orders) == 1
    assert rig.wires.idle == rig.wires.count == 1


async def test_wire_that_was_idle_for_long_is_not_trusted(rig: Rig, broker: ScriptedBroker, sell: OrderRequest) -> None:
    rig.wires = Wires(rig.environment.rest_url, age_max_s=0.03)
    sender = rig.new_sender()
    await sender.submit(numbered(sell, 1))
    await sender.submit(numbered(sell, 2))
    await asyncio.sleep(0.05)
    await sender.submit(numbered(sell, 3))
    assert [order.connection for order in broker.orders] == [0, 0, 1]
    await sender.close()


async def test_spare_wires_are_replaced_before_they_are_distrusted(rig: Rig, broker: ScriptedBroker) -> None:
    wires = Wires(rig.environment.rest_url, age_replaced_s=0.03)
    await wires.fill()
    await wires.fill()
    await asyncio.sleep(0.05)
    await wires.fill()
    await asyncio.sleep(0.01)
    assert len(broker.connections) == 4
    assert wires.idle == wires.count == 2
    await wires.close()
