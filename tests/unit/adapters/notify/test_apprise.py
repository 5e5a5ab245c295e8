"""The optional extra: absent by default, and boxed in where it is there."""

import asyncio
import io
import logging
import sys
import types

import pytest

from hantu.adapters.notify.apprise_sender import AppriseSender
from hantu.domain.delivery import ReceiptKind
from hantu.domain.errors import UsageError
from tests.unit.adapters.notify.messages import of

URL = "ntfy://canary-topic"


class Services:
    """Has the part of Apprise's interface that we use; answers as it is told."""

    def __init__(self):
        self.sent = []

    def add(self, url):
        logging.getLogger("apprise").error("Unsupported URL: %s", url)
        return url.startswith("ntfy://")

    async def async_notify(self, *, body, title, notify_type, body_format):
        self.sent.append((title, body, notify_type, body_format))
        if "예외" in title:
            raise RuntimeError(URL)
        if "느림" in title:
            await asyncio.sleep(30)
        return "실패" not in title


@pytest.fixture
def installed(monkeypatch):
    module = types.ModuleType("apprise")
    module.Apprise = Services
    monkeypatch.setitem(sys.modules, "apprise", module)


def test_absent_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(UsageError) as caught:
        AppriseSender((URL,))
    assert "hantu[apprise]" in caught.value.next_step


async def test_the_body_is_plain_text(installed):
    sender = AppriseSender((URL,))
    assert (await sender.send(of("stop_loss_filled"))).accepted
    ((title, body, kind, form),) = sender._services.sent
    assert title == of("stop_loss_filled").short
    assert body.startswith("📉 손절 체결\n\n종목: 삼성전자")
    assert (kind, form) == ("info", "text")
    assert (await sender.check()).credentials_ok is None
    await sender.aclose()


@pytest.mark.parametrize(
    ("note", "kind"),
    [("실패", ReceiptKind.TEMPORARY), ("예외", ReceiptKind.TEMPORARY), ("느림", ReceiptKind.AMBIGUOUS)],
)
async def test_it_fails_in_bounded_time_and_without_its_addresses(installed, note, kind):
    sender = AppriseSender((URL,), timeout_s=0.05)
    receipt = await sender.send(of("order_failed", late_note=note))
    assert receipt.kind is kind
    assert "canary" not in receipt.reason + repr(sender)


@pytest.mark.parametrize("urls", [(), ("canary://x",)])
def test_an_unknown_address_is_refused_and_not_repeated(installed, urls):
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    logging.getLogger().addHandler(handler)
    with pytest.raises(UsageError) as caught:
        AppriseSender(urls)
    logging.getLogger().removeHandler(handler)
    assert "canary" not in str(caught.value) + output.getvalue()
