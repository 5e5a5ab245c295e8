"""Every setting of hantu as one frozen value, under the key names of ``hantu.toml``; units are in the names:

basis points ``_bps`` (100 = 1 %), seconds ``_s``, money in won.
"""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from hantu.settings.alerts import AlertSettings
from hantu.settings.secret import Secret
from hantu.settings.section import Section
from hantu.settings.serving import ServerSettings

Seconds: TypeAlias = Annotated[float, Meta(gt=0, le=86_400)]
Bps: TypeAlias = Annotated[int, Meta(ge=1, le=9_999)]
Count: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000_000)]
WonPrice: TypeAlias = Annotated[int, Meta(ge=1, le=100_000_000)]
WonValue: TypeAlias = Annotated[int, Meta(ge=1, le=10_000_000_000_000)]
Environment: TypeAlias = Literal["real", "paper", "local"]
ExitKind: TypeAlias = Literal["fixed", "atr"]
LogLevel: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

PRACTICE_REST_URL = "http://127.0.0.1:9443"
PRACTICE_WS_URL = "ws://127.0.0.1:21000"
"""Where ``hantu sim`` listens unless told otherwise; the port numbers of the broker."""
PRACTICE_ACCOUNT = "12345678-01"
PRACTICE_HTS_ID = "USER"
PRACTICE_APP_KEY = "PS" + "PRACTICE" * 4 + "00"
PRACTICE_APP_SECRET = "practice" * 22 + "only"
"""Well-formed (36 and 180 characters) and worth nothing: only the local exchange takes them."""


class AccountSettings(Section, frozen=True):
    """Whose positions are guarded."""

    alias: Annotated[str, Meta(min_length=1, max_length=40)] = "main"
    """Name in records and messages; the number never appears there."""
    number: Secret = Secret()
    """Eight digits, dash, two digits of the product (종합계좌번호)."""


class KisSettings(Section, frozen=True):
    """How the broker is reached."""

    app_key_file: Path | None = None
    app_secret_file: Path | None = None
    hts_id: str = ""
    """Log-in name at the broker; execution notices are subscribed with it."""
    rest_url: str = ""
    """Only for ``local``; real and paper hosts are fixed."""
    ws_url: str = ""
    app_key: Secret = Secret()
    app_secret: Secret = Secret()


class GuardSettings(Section, frozen=True):
    """How the guard watches and reacts."""

    mode: Literal["sell", "watch"] = "sell"
    default_rule: bool = False
    """Guard holdings without a rule of their own by the rule in ``[exits]``."""
    sell_while_sleeping: bool = False
    schedule: bool = True
    """Begin by itself at the opening of each trading day."""
    subscribe_pace_s: Annotated[float, Meta(ge=0, le=60)] = 0.5
    retry_delays: Annotated[tuple[Seconds, ...], Meta(min_length=1, max_length=20)] = (1.0, 2.0, 4.0, 8.0, 16.0)
    connect_timeout_s: Seconds = 2.0
    max_registrations: Annotated[int, Meta(ge=1, le=41)] = 41
    fill_wait_s: Seconds = 60.0
    order_timeout_s: Seconds = 3.0
    stale_trade_s: Seconds = 5.0
    outlier_bps: Bps = 500
    """A trade farther than this from the last accepted price sells only once something supports it."""
    outlier_wait_s: Annotated[float, Meta(gt=0, le=5)] = 1.0
    """Longest wait for that support while trades go on beyond the level."""
    delay_warn_s: Seconds = 1.0
    delay_alert_s: Seconds = 5.0
    dead_line_s: Seconds = 60.0
    ping_s: Seconds = 30.0
    blind_poll_after_s: Seconds = 5.0
    blind_poll_every_s: Seconds = 10.0
    sleep_poll_s: Seconds = 30.0
    reconcile_every_s: Seconds = 300.0
    cooldown_s: Seconds = 60.0
    """Rest of a stock after its order was given up."""
    control_address: str = ""
    """``127.0.0.1:port`` for ``/issue_token`` and ``/place_order``; empty = only the control socket."""
    add_buy_min_score: Annotated[float, Meta(ge=0, le=100)] = 70.0
    add_buy_band_bps: Bps = 100
    add_buy_rearm_bps: Bps = 200
    add_buy_quiet_before_close_s: Seconds = 600.0
    """No opportunity is reported in this last stretch of the session."""


class TrailingSettings(Section, frozen=True):
    """A stop that follows the highest price upwards."""

    enabled: bool = False
    activation_bps: Bps = 200
    distance_bps: Bps = 200


class PartialSettings(Section, frozen=True):
    """Sell a share of the position early."""

    enabled: bool = False
    at_bps: Bps = 500
    share_bps: Bps = 5_000


class ExitSettings(Section, frozen=True):
    """The default rule; distances are measured from the average price."""

    kind: ExitKind = "fixed"
    stop_bps: Bps = 300
    target_bps: Annotated[int, Meta(ge=1, le=100_000)] = 800
    atr_period: Annotated[int, Meta(ge=2, le=100)] = 14
    atr_stop: Annotated[float, Meta(gt=0, le=20)] = 2.0
    atr_target: Annotated[float, Meta(gt=0, le=20)] = 3.0
    trailing: TrailingSettings = TrailingSettings()
    partial: PartialSettings = PartialSettings()


class Rule(Section, frozen=True):
    """What differs for one stock; absent keys follow ``[exits]``."""

    symbol: Annotated[str, Meta(pattern=r"^[0-9A-Z]{6,7}$")]
    guard: bool = True
    """False = never sell this stock."""
    kind: ExitKind | None = None
    stop_bps: Bps | None = None
    target_bps: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    stop_price: WonPrice | None = None
    target_price: WonPrice | None = None


class LimitSettings(Section, frozen=True):
    """Hard borders of every order, checked last before it leaves."""

    max_order_quantity: Count = 1_000_000
    max_order_value: WonValue = 10_000_000_000
    max_value_per_stock_day: WonValue = 20_000_000_000
    """Orders of one stock on a Korean date; stops count and are never stopped by it."""
    max_value_per_day: WonValue = 50_000_000_000
    """Orders of all stocks on a Korean date; stops count and are never stopped by it."""
    orders_per_second: Annotated[int, Meta(ge=1, le=18)] = 10
    """A buy finds at most 60 % of them."""
    orders_per_day: Count = 1_000
    """Buys and sells at a target."""
    exits_per_day: Count = 3_000
    """Protective sells, counted apart."""
    cancels_per_day: Count = 2_000
    collar_last_bps: Bps = 300
    """Farthest price from the last trade: buys on both sides, other than protective sells below."""
    collar_close_bps: Bps = 2_000
    """Farthest price of a buy from the previous close."""
    exit_collar_last_bps: Bps = 1_500
    """Lowest price of a protective sell, below the last trade."""
    exit_collar_close_bps: Bps = 6_500
    """Lowest price of any sell, below the previous close."""
    stale_price_s: Seconds = 3.0
    """Oldest price a buy may rest on."""
    stale_exit_price_s: Seconds = 120.0
    """Oldest price a sell may rest on."""
    duplicate_window_s: Seconds = 60.0
    orders_per_stock_hour: Count = 10
    """Orders of one stock and side that were not refused."""
    max_day_loss_bps: Bps = 300
    """Of the account's worth at the day's start; beyond it nothing is bought."""


class ApprovalSettings(Section, frozen=True):
    """Order tokens: who may sign them, and who may ask for them over the network."""

    secret_file: Path | None = None
    """EXECUTION_JWT_SECRET as a file; signs order tokens and mandates."""
    client_secret_file: Path | None = None
    """What programs show at ``guard.control_address``."""
    secret: Secret = Secret()
    client_secret: Secret = Secret()


class TelegramSettings(Section, frozen=True):
    """Where messages go; nothing is sent while token or chat is missing."""

    token_file: Path | None = None
    chat_id: str = ""
    api_url: str = "https://api.telegram.org"
    people: tuple[str, ...] = ()
    """``name:user id`` of everybody who may command the bot in a private chat; empty = it takes no commands."""
    language: Literal["ko", "en"] = "ko"
    """Of its answers and buttons."""
    previous_code: bool = False
    """Take the code of the last 30 seconds, too; only where clocks force it."""
    token: Secret = Secret()

    @property
    def enabled(self) -> bool:
        """Whether there is a chat and something that was meant as a token."""
        return bool(self.chat_id) and bool(self.token or self.token.problem)


class LogSettings(Section, frozen=True):
    """The application log, ``<home>/logs/app.log``."""

    level: LogLevel = "INFO"


class HealthSettings(Section, frozen=True):
    """How hantu looks at itself, and who is told that it lives."""

    interval_s: Annotated[float, Meta(ge=0.2, le=300)] = 10.0
    silent_s: Seconds = 60.0
    """A standing stream without market data for so long counts as down."""
    keep_days: Annotated[int, Meta(ge=1, le=366)] = 3
    """Of checks and measured values; facts are kept for good."""
    backup_dir: Path | None = None
    backup_max_age_s: Annotated[float, Meta(gt=0, le=31_536_000)] = 90_000.0
    certificate_file: Path | None = None
    certificate_warn_days: Annotated[int, Meta(ge=1, le=366)] = 14
    morning_check: Literal["auto", "on", "off"] = "auto"
    """Run the self-test before the open by itself: ``auto`` with a real or paper account only."""
    morning_ack_s: Annotated[float, Meta(ge=0, le=1_500)] = 600.0
    """Real seconds in which somebody has to acknowledge its test alert; 0 = not asked for."""
    ping_url: Secret = Secret()
    """Called again and again while all is well, so that somebody outside notices silence; its path is a secret."""
    ping_every_s: Annotated[float, Meta(ge=1, le=3_600)] = 60.0


class MetricsSettings(Section, frozen=True):
    """Numbers for Prometheus."""

    enabled: bool = True
    """Served wherever there is an address for it: the control address, or one of its own."""
    address: str = ""
    """``127.0.0.1:port``; empty = only beside the control address."""


class IncidentSettings(Section, frozen=True):
    """Who answers for incidents, and how long they may stay unseen."""

    duty: tuple[str, ...] = ()
    """Names, the first one called first; a new incident is theirs, one that stays unseen goes to the next."""
    escalate_after_s: Annotated[float, Meta(ge=1, le=86_400)] = 300.0
    """Real seconds until an incident nobody acknowledged is told again, once."""


class StrategySettings(Section, frozen=True):
    """Strategies: where they are, how much patience and how much of the machine they get."""

    folder: Path | None = None
    """Where their files are; ``<home>/strategies`` by default."""
    check_s: Seconds = 60.0
    timeout_s: Seconds = 300.0
    """A strategy that does not finish a step for so long is started again."""
    restart_wait_s: Seconds = 60.0
    restarts_max: Annotated[int, Meta(ge=0, le=100)] = 5
    healthy_s: Seconds = 3_600.0
    sample_s: Annotated[float, Meta(ge=0.1, le=300)] = 5.0
    memory_mb: Annotated[int, Meta(ge=64, le=65_536)] = 512
    cpu_percent: Annotated[float, Meta(gt=0, le=100)] = 50.0
    """Of one core, over ``cpu_window_s``."""
    cpu_window_s: Annotated[float, Meta(ge=1, le=3_600)] = 60.0
    proposals_per_hour: Annotated[int, Meta(ge=1, le=1_000)] = 20
    """More suspend it until a person resumes it."""
    proposal_s: Annotated[int, Meta(ge=10, le=86_400)] = 600
    """How long a person has to decide on a proposal."""


class TapeSettings(Section, frozen=True):
    """What the guard saw and decided, kept for ``hantu replay``."""

    enabled: bool = True
    keep_days: Annotated[int, Meta(ge=1, le=3_660)] = 30
    max_mb: Annotated[int, Meta(ge=1, le=1_000_000)] = 2_000
    """All days together; the oldest go first."""


class AuditSettings(Section, frozen=True):
    """The trail of who operated: where its signed heads go, how long archives stay."""

    anchor_dir: Path | None = None
    """Second place of the signed heads, best on another disk; ``<home>/audit`` always has them."""
    anchor_every_s: Seconds = 60.0
    keep_years: Annotated[int, Meta(ge=3, le=30)] = 3
    """How long monthly archives stay at least."""
    pseudonyms: bool | None = None
    """Keep names of people out of the records; by default everywhere but on the practice exchange."""


class CalendarSettings(Section, frozen=True):
    """Closed days beyond those the broker reports."""

    override_file: Path | None = None
    always_open: bool = False
    """Only for ``local``: the practice exchange may trade on any day."""


class Settings(Section, frozen=True):
    """Everything a process of hantu is told at its start."""

    environment: Environment = "local"
    home: Path = Path("var")
    """HANTU_HOME, absolute."""
    database: Path = Path("var/hantu.db")
    """``hantu.db`` in the home unless DATABASE_URL names another SQLite file."""
    account: AccountSettings = AccountSettings()
    kis: KisSettings = KisSettings()
    guard: GuardSettings = GuardSettings()
    exits: ExitSettings = ExitSettings()
    rules: tuple[Rule, ...] = ()
    limits: LimitSettings = LimitSettings()
    approvals: ApprovalSettings = ApprovalSettings()
    telegram: TelegramSettings = TelegramSettings()
    alerts: AlertSettings = AlertSettings()
    log: LogSettings = LogSettings()
    calendar: CalendarSettings = CalendarSettings()
    tape: TapeSettings = TapeSettings()
    audit: AuditSettings = AuditSettings()
    health: HealthSettings = HealthSettings()
    metrics: MetricsSettings = MetricsSettings()
    incidents: IncidentSettings = IncidentSettings()
    server: ServerSettings = ServerSettings()
    strategies: StrategySettings = StrategySettings()

    @property
    def socket(self) -> Path:
        """Control socket of the guard."""
        return self.home / "guard.sock"

    @property
    def market_socket(self) -> Path:
        """Where the guard hands on its prices."""
        return self.home / "market.sock"

    @property
    def jobs_socket(self) -> Path:
        """Control socket of the jobs process."""
        return self.home / "jobs.sock"

    @property
    def state_dir(self) -> Path:
        """One file a job."""
        return self.home / "state"

    @property
    def strategy_dir(self) -> Path:
        """Files of strategies."""
        return self.strategies.folder or self.home / "strategies"

    @property
    def lock_file(self) -> Path:
        """Held by the running guard."""
        return self.home / "guard.lock"

    @property
    def kill_file(self) -> Path:
        """The kill switch's third door."""
        return self.home / "KILL"

    @property
    def token_dir(self) -> Path:
        """Cached access tokens, owner only."""
        return self.home / "tokens"

    @property
    def spill_dir(self) -> Path:
        """Records that could not be written to the database yet."""
        return self.home / "spill"

    @property
    def tape_dir(self) -> Path:
        """One folder a trading day."""
        return self.home / "tape"

    @property
    def audit_dir(self) -> Path:
        """Keys of the audit trail and its signed heads, owner only."""
        return self.home / "audit"

    @property
    def archive_dir(self) -> Path:
        """Monthly archives of the records."""
        return self.home / "archive"

    @property
    def pseudonyms(self) -> bool:
        """Whether people stand in the records by pseudonym."""
        return self.environment != "local" if self.audit.pseudonyms is None else self.audit.pseudonyms

    @property
    def log_file(self) -> Path:
        """The application log."""
        return self.home / "logs" / "app.log"

    def rule_for(self, symbol: str) -> Rule | None:
        """Return the stock's own rule, if it has one."""
        return next((rule for rule in self.rules if rule.symbol == symbol), None)
