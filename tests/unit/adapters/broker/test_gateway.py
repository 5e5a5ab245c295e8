"""The whole Broker port over TLS, as the runtime sees it."""

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hantu.adapters.broker.checks.authority import Binding, Lease
from hantu.adapters.broker.checks.form import Bounds
from hantu.adapters.broker.door import Door
from hantu.adapters.broker.gateway import KisBroker
from hantu.domain.commands import KillLevel
from hantu.domain.errors import RetryableError
from hantu.domain.order import CancelRequest, OrderRequest, OutcomeKind
from hantu.domain.session import Calendar
from hantu.kis.environment import EnvironmentName
from hantu.kis.inquiries import balance_summary
from hantu.kis.rest import render_failure
from hantu.ports import Broker
from tests.unit.adapters.broker.conftest import ALIKE, SEEN, numbered
from tests.unit.adapters.broker.scripted_broker import ACCOUNT, FastClock, ScriptedBroker, page, reply, reset


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 signed by itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local broker")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "local.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


def gateway(broker: ScriptedBroker, folder: Path, tls: ssl.SSLContext | None) -> KisBroker:
    door = Door(
        Binding(EnvironmentName.LOCAL, ACCOUNT + "01"),
        Bounds(),
        kill=lambda: KillLevel.OFF,
        lease=lambda: Lease(7, 60.0),
        price_limits=lambda _: SEEN,
        calendar=Calendar,
        rules=ALIKE,
    )
    return KisBroker(broker.environment(), door, FastClock(), folder, tls=tls)


async def test_everything_works_over_tls(
    certificate: Path, tmp_path: Path, sell: OrderRequest, cancel: CancelRequest
) -> None:
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    broker = ScriptedBroker()
    await broker.start(server_side)
    port: Broker = gateway(broker, tmp_path, ssl.create_default_context(cafile=certificate))
    try:
        await port.warm()
        assert len(broker.issues) == 1
        for number in range(100, 120):
            assert (await port.submit(numbered(sell, number))).kind is OutcomeKind.ACCEPTED
        assert (await port.cancel(cancel)).kind is OutcomeKind.ACCEPTED
        assert len(broker.orders) == 21
        # Two warm wires and one connection for reads and keys.
        assert len(broker.connections) == 3
        assert await port.approval_key() == "approval-2"
        broker.steps.append(page("D", "", output1=[], output2=[balance_summary(5, [])]))
        assert (await port.balance()).cash == 5
    finally:
        await port.close()
        await broker.stop()


async def test_wire_closed_by_a_tls_server_is_not_written_to(
    certificate: Path, tmp_path: Path, sell: OrderRequest
) -> None:
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    broker = ScriptedBroker()
    await broker.start(server_side)
    port = gateway(broker, tmp_path, ssl.create_default_context(cafile=certificate))
    try:
        await port.submit(numbered(sell, 1))
        used = broker.orders[0].connection
        broker.connections[used].close()
        await asyncio.sleep(0.02)
        assert (await port.submit(numbered(sell, 2))).kind is OutcomeKind.ACCEPTED
        assert broker.orders[1].connection != used
    finally:
        await port.close()
        await broker.stop()


async def test_untrusted_certificate_gets_no_order(certificate: Path, tmp_path: Path, sell: OrderRequest) -> None:
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    broker = ScriptedBroker()
    await broker.start(server_side)
    port = gateway(broker, tmp_path, None)
    try:
        outcome = await port.submit(sell)
        assert outcome.kind is OutcomeKind.NOT_SENT
        assert not broker.received
    finally:
        await port.close()
        await broker.stop()


async def test_wires_are_kept_even_while_no_token_can_be_had(broker: ScriptedBroker, tmp_path: Path) -> None:
    status, body = render_failure("EGW00133")
    broker.key_steps.append(reply(body, status))
    port = gateway(broker, tmp_path, None)
    with pytest.raises(RetryableError):
        await port.warm()
    await asyncio.sleep(0.01)
    assert len(broker.connections) == 3
    await port.close()


def test_another_loops_transport_is_as_good(tmp_path: Path, sell: OrderRequest) -> None:
    """Transports of uvloop are no asyncio classes and write at the end of a turn."""
    uvloop = pytest.importorskip("uvloop")

    async def scene() -> None:
        broker = ScriptedBroker()
        await broker.start()
        port = gateway(broker, tmp_path, None)
        await port.warm()
        for number in range(15):
            assert (await port.submit(numbered(sell, number))).kind is OutcomeKind.ACCEPTED
        used = broker.orders[-1].connection
        broker.connections[used].close()
        await asyncio.sleep(0.02)
        assert (await port.submit(numbered(sell, 15))).kind is OutcomeKind.ACCEPTED
        assert broker.orders[-1].connection != used
        broker.steps.append(reset)
        assert (await port.submit(numbered(sell, 16))).kind is OutcomeKind.UNKNOWN
        assert len(broker.orders) == 17
        await port.close()
        await broker.stop()

    uvloop.run(scene())


async def test_closing_leaves_no_task_behind(broker: ScriptedBroker, tmp_path: Path, sell: OrderRequest) -> None:
    port = gateway(broker, tmp_path, None)
    await port.warm()
    await port.submit(sell)
    await port.close()
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not names & {"order-wires", "issue-token", "issue-approval"}
