"""Mail: what stands in the mailbox, and what an SMTP server's words mean."""

import pytest

from hantu.adapters.notify.email import EmailSender
from hantu.domain.delivery import ReceiptKind
from hantu.domain.errors import UsageError
from tests.receivers import smtp
from tests.receivers.faults import refuse
from tests.receivers.journal import Journal
from tests.unit.adapters.notify.messages import ALERTS, of, text


@pytest.fixture
async def receiver(tmp_path):
    running = smtp.SmtpReceiver(Journal(), tmp_path)
    await running.start()
    yield running
    await running.stop()


def sender_to(receiver, **changes):
    settings = {
        "sender": smtp.SENDER, "recipient": smtp.RECIPIENT, "username": smtp.USER, "password": smtp.PASSWORD,
        "ca_file": str(receiver.ca_file), "timeout_s": 3.0,
    }  # fmt: skip
    return EmailSender("127.0.0.1", receiver.port, **settings | changes)


@pytest.mark.requirement("OPS-04-6")
async def test_a_mail_has_a_korean_subject_and_both_bodies(receiver):
    receipt = await sender_to(receiver).send(of("stop_loss_filled"))
    assert receipt.accepted
    (arrival,) = receiver.journal.taken()
    made = arrival.body
    assert made["Subject"] == of("stop_loss_filled").short
    assert (str(made["To"]), made["From"].addresses[0].addr_spec) == (smtp.RECIPIENT, smtp.SENDER)
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["Message-ID"] == receipt.provider_id
    plain, page = (made.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    assert plain.startswith("📉 손절 체결\n\n종목: 삼성전자 (005930)\n매도가: 64,500원\n")
    assert "hantu · 정보 · OPS-02 · stop_loss_filled" in plain
    assert "*" not in plain
    assert "<h1" in page
    assert "매도가</td>" in page
    assert "64,500원" in page


async def test_every_alert_of_the_catalogue_is_a_proper_mail(receiver):
    sender = sender_to(receiver)
    for kind in ALERTS:
        assert (await sender.send(of(kind, key=kind))).accepted, kind
    assert receiver.journal.refused() == []
    assert all("\n" not in one.text for one in receiver.journal.taken())


async def test_the_same_delivery_key_is_the_same_mail_to_a_mailbox(receiver):
    sender = sender_to(receiver)
    for key in ("k1", "k1", "k2"):
        await sender.send(of("order_failed", key=key))
    assert [one.verdict for one in receiver.journal.arrivals] == ["accepted", "duplicate", "accepted"]


async def test_mails_of_one_thread_refer_to_one_root(receiver):
    sender = sender_to(receiver)
    await sender.send(of("connection_lost", key="a", thread="outage-1"))
    await sender.send(of("reconnected", key="b", thread="outage-1"))
    await sender.send(of("reconnected", key="c"))
    first, second, alone = (one.body for one in receiver.journal.taken())
    assert first["References"] == second["References"] == second["In-Reply-To"]
    assert alone["References"] is None


async def test_an_emergency_is_marked_as_important(receiver):
    sender = sender_to(receiver)
    await sender.send(of("order_unresolved"))
    await sender.send(of("stop_loss_filled", key="k2"))
    assert [one.body["Importance"] for one in receiver.journal.taken()] == ["high", None]


async def test_values_cannot_add_headers_or_markup(receiver):
    sender = sender_to(receiver)
    await sender.send(text("제목\r\nBcc: x@y.z\nend", "*a*\n\n이름: <script>&amp;"))
    (arrival,) = receiver.journal.taken()
    assert arrival.body["Subject"] == "제목 Bcc: x@y.z end"
    assert arrival.body["Bcc"] is None
    assert "&lt;script&gt;&amp;amp;" in arrival.body.get_body(("html",)).get_content()


async def test_implicit_tls_works_as_well(tmp_path):
    receiver = smtp.SmtpReceiver(Journal(), tmp_path, tls=True)
    await receiver.start()
    sender = sender_to(receiver, encryption="tls")
    assert (await sender.send(of("order_failed"))).accepted
    assert (await sender.check()).usable
    await receiver.stop()


async def test_a_server_without_starttls_gets_neither_password_nor_mail(receiver):
    receiver.starttls = False
    receipt = await sender_to(receiver).send(of("order_failed"))
    assert receipt.kind is ReceiptKind.PERMANENT
    assert receiver.journal.arrivals == []


async def test_an_unknown_certificate_is_refused(receiver):
    receipt = await sender_to(receiver, ca_file="").send(of("order_failed"))
    assert (receipt.kind, receipt.reason) == (ReceiptKind.PERMANENT, "메일 서버의 인증서를 믿을 수 없습니다")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (421, ReceiptKind.TEMPORARY),
        (450, ReceiptKind.TEMPORARY),
        (550, ReceiptKind.PERMANENT),
        (554, ReceiptKind.PERMANENT),
    ],
)
async def test_four_passes_and_five_stays(receiver, code, kind):
    receiver.plan.next(refuse(code, f"about {smtp.RECIPIENT}"))
    receipt = await sender_to(receiver).send(of("order_failed"))
    assert receipt.kind is kind
    assert str(code) in receipt.reason
    assert smtp.RECIPIENT not in receipt.reason


async def test_a_wrong_password_is_seen_without_a_mail(receiver):
    sender = sender_to(receiver, password="wrong-one")
    health = await sender.check()
    assert (health.reachable, health.credentials_ok) == (True, False)
    assert (await sender.send(of("order_failed"))).kind is ReceiptKind.PERMANENT


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": "not an address"}, {"recipient": "a@b.c\r\nBcc: d@e.f"}, {"recipient": ""},
        {"ca_file": "/nonexistent.pem"},
    ],
)  # fmt: skip
def test_bad_settings_are_refused_and_not_repeated(changes, receiver):
    with pytest.raises(UsageError) as caught:
        sender_to(receiver, **changes)
    assert "a@b.c" not in str(caught.value)


def test_mail_leaves_this_machine_encrypted_only():
    with pytest.raises(UsageError):
        EmailSender("smtp.example.com", 25, sender="a@b.cd", recipient="a@b.cd", encryption="none")
    EmailSender("127.0.0.1", 25, sender="a@b.cd", recipient="a@b.cd", encryption="none")
