"""From a recorded fact to what stands on the phone: store, dispatcher and Telegram together."""

import asyncio
import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hantu.adapters.notify.telegram import TelegramNotifier
from hantu.adapters.store.store import SqliteStore
from hantu.alerting.rules import Context, alerts_of
from hantu.domain.events import event_type
from hantu.domain.instant import Instant
from hantu.ports import Batch
from hantu.runtime.dispatcher import Dispatcher
from tests.unit.adapters.notify.bot_api import TOKEN, refusal, serve
from tests.unit.alerting.samples import SAMPLES

BY_TYPE = {event_type(fact): fact for fact in SAMPLES}


class HandClock:
    def __init__(self):
        self.instant = Instant(datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC), 1_000.0)

    def now(self):
        return self.instant

    def real_delay(self, market_s):
        return market_s

    def advance(self, seconds):
        self.instant = self.instant.after(seconds)


class Life:
    """One life of a guard's alerting; the sink and the database outlive it."""

    def __init__(self, folder, clock, sink):
        self.clock, self.sink = clock, sink
        self.store = SqliteStore(
            folder / "hantu.db", clock, holder="test", account_alias="main", environment="local",
            spill_dir=folder / "spill",
        )  # fmt: skip
        self.telegram = TelegramNotifier(TOKEN, sink.chat_id, api_url=sink.url)
        self.dispatcher = Dispatcher(self.store, self.telegram, clock)

    async def __aenter__(self):
        await self.store.open()
        self.task = asyncio.create_task(self.dispatcher.run())
        return self

    async def __aexit__(self, *_args):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.telegram.close()
        await self.store.close()

    async def happens(self, *kinds, **changes):
        facts = tuple(replace(BY_TYPE[kind], **changes) for kind in kinds)
        now = self.clock.now()
        alerts = [(n, one) for n, fact in enumerate(facts) for one in alerts_of(fact, Context(now.wall))]
        await self.store.record(Batch(now, facts, tuple(alerts)))
        self.dispatcher.hint()

    async def asked(self, count):
        async with asyncio.timeout(5):
            while len(self.sink.asked) < count:
                await asyncio.sleep(0.005)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def sink():
    async with serve() as running:
        yield running


@pytest.fixture
async def life(tmp_path, clock, sink):
    async with Life(tmp_path, clock, sink) as begun:
        yield begun


def seen(text):
    return html.unescape(re.sub(r"</?(?:b|code)>", "", text))


@pytest.mark.requirement("MON-N.02", "MON-N.06", "MON-N.13", "OPS-04-1", "MON-I.08")
async def test_a_stop_loss_fill_is_on_the_phone_within_a_second_and_marked(life, sink):
    began = asyncio.get_running_loop().time()
    await life.happens("stop_loss_filled")
    await life.asked(1)
    assert asyncio.get_running_loop().time() - began < 1.0
    assert seen(sink.texts[0]).startswith("📉 손절 체결\n\n종목: 삼성전자 (005930)\n매도가: 64,500원\n")
    assert sink.received[0]["disable_notification"] is False
    while await life.store.pending(1):
        await asyncio.sleep(0.005)


@pytest.mark.requirement("MON-N.01", "MON-N.10", "MON-6.1.06", "MON-E.20", "MON-8.01", "MON-E.04", "MON-E.10")
@pytest.mark.parametrize(
    ("kind", "first_line"),
    [
        ("reconnect_exhausted", "🚨 긴급: WebSocket 연결 복구 실패"),
        ("auth_failed", "🔑 인증 실패: approval_key 확인 필요"),
        ("order_failed", "❌ 주문 실패: APBK0400 주문 가능한 수량을 초과했습니다."),
        ("fill_unconfirmed", "⚠️ 체결 미확인: 삼성전자 - 수동 확인 필요"),
        ("market_halted", "⚠️ 장 중단 (서킷 브레이커) - 주문 일시 정지"),
        ("connection_lost", "⚠️ WebSocket 연결 끊김 - 재연결 시도 중"),
        ("stop_loss_reached", "⚠️ 손절 조건 도달: 삼성전자 (005930)"),
    ],
)
async def test_urgent_messages_arrive_with_sound_and_their_documented_line(life, sink, kind, first_line):
    await life.happens(kind)
    await life.asked(1)
    assert seen(sink.texts[0]).split("\n")[0] == first_line
    assert sink.received[0]["disable_notification"] is False


@pytest.mark.requirement("MON-N.04", "MON-N.09")
async def test_low_messages_stay_in_the_log_but_an_outage_told_is_closed_silently(life, sink, clock):
    await life.happens("subscribe_done", "reconnected")
    await life.happens("connection_lost")
    await life.asked(1)
    await life.happens("reconnected")
    await life.asked(2)
    assert sink.texts == ["⚠️ WebSocket 연결 끊김 - 재연결 시도 중", "✅ WebSocket 재연결 성공 - 모니터링 재개"]
    assert [body["disable_notification"] for body in sink.received] == [False, True]


@pytest.mark.requirement("MON-N.03")
async def test_opportunities_come_silently_and_joined(life, sink, clock):
    await life.happens("add_buy_opportunity", symbol="000001")
    await life.asked(1)
    await life.happens("add_buy_opportunity", symbol="000002")
    await life.happens("add_buy_opportunity", symbol="000003")
    clock.advance(300.0)
    life.dispatcher.hint()
    await life.asked(2)
    assert sink.texts[1].count("🔔 추가 매수 기회: 삼성전자") == 2
    assert all(body["disable_notification"] for body in sink.received)


async def test_what_one_life_could_not_deliver_the_next_delivers(tmp_path, clock, sink):
    sink.answers = [(500, refusal(500, "Internal Server Error"))]
    async with Life(tmp_path, clock, sink) as first:
        await first.happens("order_unresolved")
        await first.asked(1)
    clock.advance(90.0)
    async with Life(tmp_path, clock, sink) as second:
        second.dispatcher.hint()
        await second.asked(2)
    assert len(sink.received) == 1
    assert "주문 응답 없음" in sink.texts[0]
    assert "지연 전달 - 발생 시각 2026-11-23 09:12:31" in sink.texts[0]
