"""Ten thousand events in one second: few messages, an account of the rest, and every emergency."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hantu.adapters.notify.bridge import SenderNotifier
from hantu.alerting.rate import RATE_BURST, RATE_PER_S
from hantu.alerting.rules import Context, alerts_of, operations_alert
from hantu.domain import events as ev
from hantu.domain.alert import Alert
from hantu.domain.instrument import Symbol
from hantu.harness.memory_store import MemoryStore
from hantu.ports import Batch
from hantu.runtime.dispatcher import Dispatcher
from tests.receivers.town import town
from tests.unit.alerting.samples import SAMPLES
from tests.unit.runtime.delivery import START, FakeClock

EVENTS, EMERGENCIES, EQUAL = 10_000, 20, 8_000
ORDER_FAILED = next(one for one in SAMPLES if isinstance(one, ev.OrderFailed))
MINUTE_S = 60
HELD = re.compile(r"📦 한꺼번에 전하는 알림 (\d+)건")


def storm() -> tuple[Alert, ...]:
    """Return the alerts of one second: late data again and again, as many troubles as there are, failed orders."""
    at = Context(START.wall)
    late = [alert for _ in range(EQUAL) for alert in alerts_of(ev.DataDelay(Symbol("005930"), 9_000), at)]
    failed = [
        alert
        for number in range(EMERGENCIES)
        for alert in alerts_of(replace(ORDER_FAILED, symbol=Symbol(f"{number:06d}")), at)
    ]
    rest = EVENTS - len(late) - len(failed)
    others = [operations_alert("health_degraded", f"part {number}", key=f"part {number}") for number in range(rest)]
    # The emergencies come last: what is more urgent need not have come first.
    return (*late, *others, *failed)


@pytest.mark.requirement("PR-2", "OPS-04-9", "DEC-27")
async def test_ten_thousand_events_in_a_second_are_few_messages_and_no_emergency_is_lost(tmp_path: Path) -> None:
    alerts = storm()
    assert len(alerts) == EVENTS
    clock = FakeClock()
    store = MemoryStore(clock)
    await store.open()
    facts = tuple(ev.SubscribeDone(number) for number in range(EVENTS))
    await store.record(Batch(clock.now(), facts, tuple(enumerate(alerts)), epoch=store.epoch))
    async with town(tmp_path) as place:
        senders = place.senders()
        channels = {name: SenderNotifier(senders[name]) for name in ("telegram", "slack")}
        dispatcher = Dispatcher(store, channels["telegram"], clock, fallbacks=(channels["slack"],), desk=store.desk)
        first = await passing(dispatcher, clock, 1)
        texts = place.journal.texts("telegram")
        assert first
        assert sum("주문 실패" in text for text in texts) == EMERGENCIES, "all of them within the second"
        assert sum("주문 실패" in text for text in texts[:EMERGENCIES]) == EMERGENCIES, "and first"
        assert len(texts) - EMERGENCIES <= RATE_BURST + 1
        await passing(dispatcher, clock, MINUTE_S)
        for sender in senders.values():
            await sender.aclose()
    texts = place.journal.texts("telegram")
    assert len(texts) - EMERGENCIES <= RATE_BURST + RATE_PER_S * (MINUTE_S + 2)
    assert len(place.journal.texts("slack")) == EMERGENCIES, "the second channel gets what is urgent and nothing else"
    told = sum("상태 이상: part" in text and not HELD.search(text) for text in texts)
    accounted = sum(int(found[1]) for text in texts if (found := HELD.search(text)))
    equal = sum("실시간 데이터 지연" in text and not HELD.search(text) for text in texts)
    assert told + equal + accounted == EVENTS - EQUAL - EMERGENCIES + 1, "the rest is accounted for, late data once"
    assert dispatcher.counts.dropped == EQUAL - 1
    assert not store.disk.alerts


async def passing(dispatcher: Dispatcher, clock: FakeClock, seconds: int) -> int:
    """Let the dispatcher work through so many seconds; return its steps."""
    steps = 0
    for _ in range(seconds):
        while await dispatcher.step():
            steps += 1
        steps += 1
        clock.advance(1.0)
    return steps
