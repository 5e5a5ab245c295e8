"""A mail server that insists on STARTTLS (or TLS), a login, and the order of commands."""

import asyncio
import base64
import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.receivers.faults import Fault, Kind, Plan
from tests.receivers.journal import ACCEPTED, DUPLICATE, Journal

USER, PASSWORD = "canaryuser", "canary-smtp-password"
SENDER, RECIPIENT = "guard@hantu.example", "canarytrader@hantu.example"
LINE_MAX = 1_000


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate of 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hantu test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "smtp-cert.pem", folder / "smtp-key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, none))
    return public, private


@dataclass
class _Talk:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    encrypted: bool
    known: bool = False
    sender: str = ""
    recipient: str = ""

    async def say(self, text: str) -> None:
        self.writer.write(f"{text}\r\n".encode())
        await self.writer.drain()

    async def line(self) -> str:
        return (await self.reader.readline()).decode().rstrip("\r\n")


class SmtpReceiver:
    """Serves mail on a free port of 127.0.0.1."""

    channel = "email"

    def __init__(self, journal: Journal, folder: Path, *, tls: bool = False) -> None:
        self.journal = journal
        self.plan = Plan()
        self.tls = tls
        self.starttls = not tls
        self.port = 0
        self.ca_file, private = certificate(folder)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.ca_file, private)
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self.hung_up = 0
        """Clients that went away in the middle."""
        self._seen: set[str] = set()

    async def start(self) -> None:
        await self.up()

    async def up(self) -> None:
        context = self._context if self.tls else None
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        assert self._server
        self._server.close()

    async def stop(self) -> None:
        await self.down()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._talks.add(task)
        try:
            await self._converse(_Talk(reader, writer, encrypted=self.tls), self.plan.take())
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            self.hung_up += 1  # as a client may at any time
        finally:
            self._talks.discard(task)
            writer.transport.abort()

    async def _converse(self, talk: _Talk, fault: Fault | None) -> None:
        if fault and fault.kind is Kind.RESET_BEFORE:
            return
        if fault and fault.kind is Kind.DELAY:
            await asyncio.sleep(fault.seconds)
        await talk.say("220 hantu.example ESMTP")
        while line := await talk.line():
            verb = line.split(" ")[0].upper()
            if verb == "QUIT":
                await talk.say("221 bye")
                return
            if verb == "DATA" and talk.recipient:
                if not await self._data(talk, fault):
                    return
            elif verb == "RCPT" and fault and fault.kind in (Kind.REFUSE, Kind.LIMIT):
                await talk.say(f"{fault.status or 451} {fault.body or 'try later'}")
                self.journal.note(self.channel, f"refused: {fault.status}", line)
            else:
                await talk.say(await self._answer(talk, verb, line))
                if verb == "STARTTLS" and self.starttls and not talk.encrypted:
                    await talk.writer.start_tls(self._context)
                    talk.encrypted, talk.known = True, False

    async def _answer(self, talk: _Talk, verb: str, line: str) -> str:
        match verb:
            case "EHLO":
                extensions = ["250-hantu.example", "250-8BITMIME"]
                extensions += ["250-STARTTLS"] if self.starttls and not talk.encrypted else []
                extensions += ["250-AUTH PLAIN"] if talk.encrypted else []
                return "\r\n".join([*extensions, "250 SIZE 1000000"])
            case "STARTTLS" if self.starttls and not talk.encrypted:
                return "220 go ahead"
            case "AUTH" if talk.encrypted:
                given = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                talk.known = given[1:] == [USER, PASSWORD]
                return "235 welcome" if talk.known else "535 5.7.8 wrong user or password"
            case "MAIL" if talk.known:
                talk.sender = line
                return "250 fine"
            case "RCPT" if talk.sender:
                if RECIPIENT not in line:
                    return f"550 5.1.1 no such mailbox {line}"
                talk.recipient = line
                return "250 fine"
            case "NOOP" | "RSET":
                return "250 fine"
            case _:
                return "530 5.7.0 not yet"

    async def _data(self, talk: _Talk, fault: Fault | None) -> bool:
        """Take one mail; False when the conversation is to end."""
        await talk.say("354 go ahead")
        read = b""
        while (line := await talk.reader.readline()) != b".\r\n":
            if not line or len(line) > LINE_MAX:
                return False
            read += line[1:] if line.startswith(b".") else line
        made = cast(EmailMessage, message_from_bytes(read, policy=policy.default))
        if fault and fault.kind is Kind.RESET_AFTER:
            self.journal.note(self.channel, "lost: read and thrown away", made)
            return False
        why = _problem(made)
        identity = str(made["Message-ID"])
        verdict = f"refused: {why}" if why else DUPLICATE if identity in self._seen else ACCEPTED
        self._seen.add(identity)
        self.journal.note(self.channel, verdict, made, text=str(made["Subject"]))
        if fault and fault.kind is Kind.DROP_AFTER_ACCEPT:
            return False
        if fault and fault.kind is Kind.SLOW_LORIS:
            for _ in range(int(fault.seconds / 0.05)):
                talk.writer.write(b"2")
                await talk.writer.drain()
                await asyncio.sleep(0.05)
        await talk.say(f"554 {why}" if why else "250 2.0.0 queued as canary1")
        return True


def _problem(made: EmailMessage) -> str:
    """Return what is missing of a proper alert mail."""
    missing = [name for name in ("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted") if not made[name]]
    kinds = [part.get_content_type() for part in made.walk()]
    if missing:
        return f"without {missing}"
    if kinds != ["multipart/alternative", "text/plain", "text/html"]:
        return f"made of {kinds}"
    return "" if len(made["To"].addresses) == 1 else "more than one recipient"
