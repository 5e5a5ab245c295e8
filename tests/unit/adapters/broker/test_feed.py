"""The feed over real sockets of this machine."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from picows import WSCloseCode, WSMsgType

from hantu.adapters.broker.feed import PicowsFeed
from hantu.domain.market import MarketOperation
from hantu.domain.order import Notice
from hantu.domain.quote import BookTop, Trade
from hantu.engine.inputs import (
    FeedClosed,
    FeedFailed,
    FeedFailure,
    FeedOpened,
    FrameUnparsable,
    Subscribed,
    SubscribeRefused,
    Unsubscribed,
)
from hantu.kis.cipher import NoticeCipher
from hantu.kis.control import Ack, parse_request
from hantu.kis.environment import Credentials, EnvironmentName, local
from hantu.kis.frames import render_data
from hantu.kis.hot import CalmFrames
from hantu.kis.messages import BookRecord, OperationRecord, encode
from tests.unit.adapters.broker.scripted_broker import FastClock
from tests.unit.adapters.broker.stream_server import StreamServer
from tests.unit.engine.world import held
from tests.unit.kis.stream_texts import trade_frame, trade_record
from tests.unit.kis.test_translate_stream import notice

PINGPONG = '{"header":{"tr_id":"PINGPONG","datetime":"20261123101500"}}'
KEY, IV = "k" * 32, "v" * 16


class Rig:
    """A feed, and everything it delivered."""

    def __init__(self, url: str, speed: float = 1.0) -> None:
        self.got: list[object] = []
        self._news = asyncio.Event()
        keys = Credentials(EnvironmentName.LOCAL, "12345678", "a" * 36, "s" * 180, hts_id="USER")
        self.calm = CalmFrames()
        environment = local(keys, "http://127.0.0.1:1", url)
        self.clock = FastClock(speed)
        self.feed = PicowsFeed(environment, self.clock, self.take, calm=self.calm)

    def take(self, event: object) -> None:
        self.got.append(event)
        self._news.set()

    async def until(self, kind: type, count: int = 1, timeout_s: float = 5.0) -> list[object]:
        async with asyncio.timeout(timeout_s):
            while sum(type(each) is kind for each in self.got) < count:
                self._news.clear()
                await self._news.wait()
        return [each for each in self.got if type(each) is kind]


@asynccontextmanager
async def connected(server: StreamServer, speed: float = 1.0, rig_of: type[Rig] = Rig):
    async with server.listening():
        rig = rig_of(server.url, speed)
        rig.feed.open("APPROVAL")
        try:
            await rig.until(FeedOpened)
            yield rig, server.peers[-1]
        finally:
            await rig.feed.close()


@pytest.mark.requirement("MON-1.05", "MON-7.1.04")
async def test_a_connection_is_opened_subscribed_and_closed():
    async with connected(StreamServer()) as (rig, peer):
        rig.feed.subscribe("H0STCNT0", "005930")
        rig.feed.subscribe("H0STCNI0", "USER")
        rig.feed.unsubscribe("H0STCNT0", "005930")
        await rig.until(Unsubscribed)
        await rig.feed.close()
        assert rig.got == [
            FeedOpened(),
            Subscribed("H0STCNT0", "005930"),
            Subscribed("H0STCNI0", "USER"),
            Unsubscribed("H0STCNT0", "005930"),
            FeedClosed("요청으로 닫음", asked=True),
        ]
        assert {parse_request(text).approval_key for text in peer.texts} == {"APPROVAL"}
        assert peer.closed == 1000


async def test_every_stream_arrives_in_order():
    async with connected(StreamServer()) as (rig, peer):
        rig.feed.subscribe("H0STCNI0", "USER")
        await rig.until(Subscribed)
        sealed = NoticeCipher(KEY, IV).encrypt("^".join(encode("H0STCNI0", notice().columns())))
        operation = OperationRecord("005930", "N", "174", "", "55", "N", "N", "1")
        book = BookRecord("005930", "101500", "0", 64_600, 64_500)
        peer.say(trade_frame(trade_record(), trade_record("000660")))
        peer.say(render_data("H0STASP0", [encode("H0STASP0", book.columns())]))
        peer.say(render_data("H0STCNI0", [[sealed]], encrypted=True))
        peer.say(render_data("H0STMKO0", [encode("H0STMKO0", operation.columns())]))
        await rig.until(MarketOperation)
        assert [type(each) for each in rig.got[2:]] == [Trade, Trade, BookTop, Notice, MarketOperation]
        assert rig.got[5].account_matches


@pytest.mark.requirement("MON-3.09")
@pytest.mark.requirement("MON-I.02")
async def test_a_burst_of_ten_thousand_frames_arrives_completely():
    async with connected(StreamServer()) as (rig, peer):
        for number in range(10_000):
            peer.say(trade_frame(trade_record(price=60_000 + number)))
        trades = await rig.until(Trade, 10_000, timeout_s=20.0)
        assert [trade.price for trade in trades] == list(range(60_000, 70_000))


async def test_pingpong_is_answered_with_the_same_text():
    async with connected(StreamServer()) as (rig, peer):
        peer.say(PINGPONG)
        peer.say(trade_frame(trade_record()))
        await rig.until(Trade)
        rig.feed.subscribe("H0STCNT0", "005930")
        await rig.until(Subscribed)
        assert peer.texts[0] == PINGPONG


async def test_a_message_in_several_frames_is_joined():
    async with connected(StreamServer()) as (rig, peer):
        message = Ack("H0STCNT0", "005930", False, "1", "OPSP0008", "한도 초과").render().encode()
        # The cut goes through a character of three bytes; a ping in between is legal.
        place = message.index("한".encode()) + 1
        peer.transport.send(WSMsgType.TEXT, message[:10], fin=False)
        peer.transport.send_ping(b"x")
        peer.transport.send(WSMsgType.CONTINUATION, message[10:place], fin=False)
        peer.transport.send(WSMsgType.CONTINUATION, message[place:], fin=True)
        (refused,) = await rig.until(SubscribeRefused)
        assert refused == SubscribeRefused("H0STCNT0", "005930", "OPSP0008", "한도 초과")


@pytest.mark.requirement("MON-3.20", "MON-E.07")
@pytest.mark.requirement("MON-I.07")
async def test_garbage_costs_one_message():
    async with connected(StreamServer()) as (rig, peer):
        peer.say("garbage")
        peer.transport.send(WSMsgType.TEXT, b"\xff\xfe")
        peer.transport.send(WSMsgType.BINARY, b"\x00\x01")
        peer.say("0|H0STCNT0|002|005930^1")
        peer.say(trade_frame(trade_record()))
        await rig.until(Trade)
        assert [type(each) for each in rig.got[1:]] == [FrameUnparsable] * 4 + [Trade]


async def test_a_message_without_end_is_dropped():
    async with connected(StreamServer()) as (rig, peer):
        peer.transport.send(WSMsgType.TEXT, b"x" * 600_000, fin=False)
        peer.transport.send(WSMsgType.CONTINUATION, b"x" * 600_000, fin=False)
        peer.transport.send(WSMsgType.CONTINUATION, b"x", fin=True)
        peer.say(trade_frame(trade_record()))
        await rig.until(Trade)
        assert [type(each) for each in rig.got[1:]] == [FrameUnparsable, Trade]


@pytest.mark.parametrize(
    ("code", "kind"), [("OPSP0011", FeedFailure.AUTH), ("OPSP8996", FeedFailure.IN_USE)], ids=["key", "in-use"]
)
async def test_a_refused_session_is_a_failure_and_is_left_cleanly(code, kind):
    server = StreamServer()
    server.on_text = lambda peer, _: peer.say(Ack("(null)", "", False, "9", code, "no").render())
    async with connected(server) as (rig, peer):
        rig.feed.subscribe("H0STCNT0", "005930")
        (failed,) = await rig.until(FeedFailed)
        assert failed == FeedFailed(kind, "no", code)
        await asyncio.wait_for(peer.gone.wait(), 2.0)
        assert peer.closed == 1000
        assert rig.got == [FeedOpened(), failed]


async def test_an_unclean_cut_is_reported_within_a_second():
    async with connected(StreamServer()) as (rig, peer):
        peer.cut()
        (closed,) = await rig.until(FeedClosed, timeout_s=1.0)
        assert closed.reason and not closed.asked
        rig.feed.subscribe("H0STCNT0", "005930")
        assert rig.got == [FeedOpened(), closed]


@pytest.mark.parametrize("code", [1000, 1001, 1011, 4000])
async def test_a_close_of_the_server_is_reported(code):
    async with connected(StreamServer()) as (rig, peer):
        peer.transport.send_close(WSCloseCode(code) if code < 3000 else code)
        (closed,) = await rig.until(FeedClosed, timeout_s=1.0)
        assert str(code) in closed.reason and not closed.asked
        await asyncio.wait_for(peer.gone.wait(), 1.0)


async def test_a_broken_frame_ends_the_connection_and_is_reported():
    async with connected(StreamServer()) as (rig, peer):
        peer.transport.underlying_transport.write(b"\xff\xff\xff\xff")
        (closed,) = await rig.until(FeedClosed, timeout_s=2.0)
        assert not closed.asked


@pytest.mark.requirement("MON-1.06")
async def test_an_idle_line_is_pinged_and_stays():
    async with connected(StreamServer(), speed=300.0) as (rig, peer):
        async with asyncio.timeout(5.0):
            while peer.pings < 5:
                await asyncio.sleep(0.01)
        # Five pings are 150 s of the market: more than twice the silence that would end it.
        assert rig.got == [FeedOpened()]


@pytest.mark.requirement("MON-1.06")
async def test_a_silent_line_is_given_up_after_a_minute():
    server = StreamServer()
    server.pongs = False
    async with connected(server, speed=300.0) as (rig, peer):
        loop = asyncio.get_running_loop()
        start = loop.time()
        (closed,) = await rig.until(FeedClosed)
        assert 60 / 300 <= loop.time() - start < 60 / 300 + 1.0
        assert "60초" in closed.reason and not closed.asked
        assert peer.pings in (1, 2)


async def test_frames_are_signs_of_life():
    server = StreamServer()
    server.pongs = False
    async with connected(server, speed=150.0) as (rig, peer):
        for _ in range(12):
            await asyncio.sleep(0.05)
            peer.say(PINGPONG)
        assert rig.got == [FeedOpened()]


@pytest.mark.requirement("MON-1.09")
async def test_nobody_listening_is_a_failure():
    async with StreamServer().listening() as server:
        url = server.url
    rig = Rig(url)
    rig.feed.open("APPROVAL")
    (failed,) = await rig.until(FeedFailed)
    assert failed.kind is FeedFailure.NETWORK
    assert rig.got == [failed]


@asynccontextmanager
async def raw_server(answer: bytes | None):
    """Accept and answer the upgrade with these bytes (None = nothing, empty = end)."""
    served = []

    async def serve(reader, writer):
        served.append(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        # Whatever became of the attempt, its socket is ended within two seconds.
        await asyncio.wait_for(asyncio.gather(*served), 2.5)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", FeedFailure.MAINTENANCE, "503"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", FeedFailure.NETWORK, "403"),
        (b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", FeedFailure.NETWORK, "302"),
        (b"nonsense\r\n\r\n", FeedFailure.NETWORK, ""),
        (b"", FeedFailure.NETWORK, ""),
    ],
    ids=["maintenance", "forbidden", "elsewhere", "nonsense", "cut"],
)
@pytest.mark.requirement("MON-1.12", "MON-6.14")
async def test_a_refused_handshake_is_a_failure(answer, kind, code):
    async with raw_server(answer) as url:
        rig = Rig(url)
        rig.feed.open("APPROVAL")
        (failed,) = await rig.until(FeedFailed)
        assert (failed.kind, failed.code) == (kind, code)
        assert rig.got == [failed]


@pytest.mark.requirement("MON-1.03")
async def test_a_server_that_says_nothing_costs_two_seconds():
    async with raw_server(None) as url:
        rig = Rig(url)
        loop = asyncio.get_running_loop()
        start = loop.time()
        rig.feed.open("APPROVAL")
        (failed,) = await rig.until(FeedFailed)
        assert 1.5 < loop.time() - start < 2.5
        assert failed.kind is FeedFailure.NETWORK


async def test_an_attempt_can_be_given_up():
    async with raw_server(None) as url:
        rig = Rig(url)
        rig.feed.open("APPROVAL")
        await asyncio.sleep(0.05)
        await rig.feed.close()
        assert rig.got == [FeedClosed("요청으로 닫음", asked=True)]
        await rig.feed.close()
        assert len(rig.got) == 1


async def test_a_server_that_never_says_goodbye_costs_a_second():
    server = StreamServer()
    server.says_goodbye = False
    async with connected(server) as (rig, _):
        start = asyncio.get_running_loop().time()
        await rig.feed.close()
        assert asyncio.get_running_loop().time() - start < 1.5
        assert rig.got == [FeedOpened(), FeedClosed("요청으로 닫음", asked=True)]


async def test_fills_that_arrive_while_closing_still_count():
    server = StreamServer()
    server.says_goodbye = False
    async with connected(server) as (rig, peer):
        closing = asyncio.create_task(rig.feed.close())
        await asyncio.sleep(0.05)
        peer.say(trade_frame(trade_record()))
        await rig.until(Trade, timeout_s=0.5)
        await closing


async def test_a_new_connection_silences_the_old_one():
    async with connected(StreamServer()) as (rig, old):
        rig.feed.open("SECOND")
        old.say(trade_frame(trade_record()))
        await rig.until(FeedOpened, 2)
        await asyncio.wait_for(old.gone.wait(), 2.0)
        rig.feed.subscribe("H0STCNT0", "005930")
        await rig.until(Subscribed)
        assert [type(each) for each in rig.got] == [FeedOpened, FeedOpened, Subscribed]


async def test_no_second_connection_is_made_by_itself():
    server = StreamServer()
    async with connected(server) as (rig, peer):
        peer.cut()
        await rig.until(FeedClosed)
        await asyncio.sleep(0.1)
        assert len(server.peers) == 1


async def test_in_a_burst_crossings_are_delivered_at_once_and_of_calm_frames_the_last():
    async with connected(StreamServer()) as (rig, peer):
        rig.calm.set_levels({"005930": (60_000, 70_000), "000660": (60_000, 70_000)})
        burst = [trade_record(volume=volume) for volume in range(1, 50)]
        burst[20] = trade_record(price=59_900, volume=21)
        for record in burst:
            peer.say(trade_frame(record))
            peer.say(trade_frame(trade_record("000660", volume=record.volume)))
        last = {("005930", 49), ("000660", 49)}
        async with asyncio.timeout(5):
            while not last <= {(each.symbol, each.volume) for each in rig.got if type(each) is Trade}:
                await asyncio.sleep(0.001)
        trades = [each for each in rig.got if type(each) is Trade]
        for symbol in ("005930", "000660"):
            volumes = [each.volume for each in trades if each.symbol == symbol]
            assert volumes == sorted(set(volumes)), "never backwards, never twice"
        assert [each.volume for each in trades if each.price == 59_900] == [21]
        assert len(trades) + rig.calm.records_dropped == 98


@pytest.mark.requirement("MON-2.15")
async def test_garbage_between_answers_costs_no_answer():
    server = StreamServer()

    def answer(peer, text):
        peer.say("garbage")
        server.acknowledge(peer, text)

    server.on_text = answer
    async with connected(server) as (rig, _):
        rig.feed.subscribe("H0STCNT0", "005930")
        rig.feed.subscribe("H0STCNT0", "000660")
        await rig.until(Subscribed, 2)
        assert [type(each) for each in rig.got[1:]] == [FrameUnparsable, Subscribed] * 2


class JudgingRig(Rig):
    """Hands every trade to an engine and measures how old it was when that had judged it."""

    def __init__(self, url: str, speed: float) -> None:
        super().__init__(url, speed)
        self.world = held()
        self.world.open()
        self.delays_s: list[float] = []

    def take(self, event: object) -> None:
        if type(event) is Trade:
            self.world.engine.handle(event, self.world.now)
            self.delays_s.append(self.clock.now().mono - event.received_at)
        super().take(event)


@pytest.mark.requirement("MON-3.12")
async def test_trades_of_a_hundred_stocks_are_judged_within_a_second_of_their_reception():
    async with connected(StreamServer(), rig_of=JudgingRig) as (rig, peer):
        for number in range(5_000):
            peer.say(trade_frame(trade_record(f"{number % 100:06d}")))
        await rig.until(Trade, 5_000, timeout_s=20.0)
        assert sorted(rig.delays_s)[4_950] < 1.0


class Tapped(Rig):
    """A feed whose frames others hear too, and whether its own sink had them first."""

    def __init__(self, url: str, speed: float = 1.0) -> None:
        super().__init__(url, speed)
        self.heard: list[tuple[bytes, int]] = []
        self.feed._tap = lambda data: self.heard.append((data, sum(type(each) is Trade for each in self.got)))


async def test_frames_are_handed_on_after_they_were_handled_here():
    async with connected(StreamServer(), rig_of=Tapped) as (rig, peer):
        text = trade_frame(trade_record())
        peer.say(text)
        await rig.until(Trade)
        await rig.feed.close()
        assert [(data, before) for data, before in rig.heard if data == text.encode()] == [(text.encode(), 1)]
