"""Help texts in English (``--lang en`` or HANTU_LANG=en)."""

from hantu.cli.texts.en_audit import AUDIT
from hantu.cli.texts.en_backup import BACKUP
from hantu.cli.texts.en_duty import DUTY
from hantu.cli.texts.en_server import SERVER
from hantu.cli.texts.en_strategies import STRATEGIES
from hantu.cli.texts.entry import Entry, Texts

REASON = {"reason": "Why, for the records."}
COMMANDS = {
    "": Entry(
        "Guard of positions on the Korea Investment (KIS) OpenAPI: sells what falls below its stop, exactly once.",
        "hantu demo",
        {"install_completion": "Install shell completion.", "show_completion": "Print the shell completion script."},
    ),
    "demo": Entry(
        "Play a compressed trading day in under a minute with real processes, and check the outcome. Says where the dashboard is and "
        "how to sign in to look.",
        "hantu demo --keep",
        {
            "keep": "Leave exchange and guard running afterwards; says how to look and how to stop.",
            "home": "Folder for the records (must be empty); a temporary one by default.",
            "scenario": "Name of a scenario, or a file.",
            "speed": "Speed instead of the scenario's own.",
        },
    ),
    "sim": Entry(
        "Run the practice exchange, which speaks the KIS protocol (REST and WebSocket). Ctrl-C ends it.",
        "hantu sim --scenario quiet --speed 10",
        {
            "host": "Address to listen on. Nothing is encrypted.",
            "rest_port": "REST port (0 = any free one).",
            "ws_port": "WebSocket port (0 = any free one).",
            "scenario": "Built-in scenario, or a YAML file.",
            "seed": "Seed of prices and trades; the same seed is the same day.",
            "speed": "Speed of market time; the scenario's own by default.",
            "layout": "Column layout: 2025, 2026-07, 2026-09 (default), paper.",
            "trade_width": "Number of trade (H0STCNT0) columns.",
            "book_width": "Number of order book (H0STASP0) columns.",
            "notice": "Form of notices (H0STCNI0): legacy (23), full (26), compact (paper, 23).",
        },
    ),
    "sim schema": Entry("Print the JSON schema of a scenario file.", "hantu sim schema > scenario.schema.json"),
    "sim scenarios": Entry("List the built-in scenarios.", "hantu sim scenarios"),
    "run": Entry("Run one role in this terminal.", "hantu run guard"),
    "run guard": Entry(
        "Run the guard in this terminal (for systemd and the like). Ctrl-C or SIGTERM ends it cleanly.",
        "hantu run guard --start",
        {"start": "Monitor at once instead of waiting for the opening."},
    ),
    "run notifier": Entry(
        "Run the process that tells people. While it lives the guard only stands in for it. Exits with 3 if one runs.",
        "hantu run notifier",
    ),
    "monitor": Entry("Start, stop and look at live monitoring.", "hantu monitor start"),
    "monitor start": Entry(
        "Start monitoring: asks a running guard, else runs one in this terminal.",
        "hantu monitor start --detach",
        {
            "detach": "Run in the background; returns when it monitors or waits for the opening.",
            "watch_only": "Sell nothing; only record what would have been sold.",
        },
    ),
    "monitor stop": Entry(
        "Unsubscribe, close the connection and end the guard. Reports open orders.", "hantu monitor stop"
    ),
    "monitor restart": Entry("Leave sleep mode, or connect from scratch.", "hantu monitor restart"),
    "monitor status": Entry(
        "Show what the guard is doing. Exit code 1 if none runs.",
        "hantu monitor status --watch",
        {"watch": "Keep refreshing. Ctrl-C leaves (the guard goes on).", "interval": "Seconds between refreshes."},
    ),
    "monitor halt": Entry(
        "Pause orders as in a market halt; prices are still watched. Without a code: all stocks.",
        "hantu monitor halt 005930",
    ),
    "monitor resume": Entry("End a pause set by hand.", "hantu monitor resume 005930"),
    "status": Entry(
        "Say in one line whether all is safe, and show components, today's counts, delays and unprotected time. "
        "Exit code 1 when it is not safe.",
        "hantu status",
    ),
    "health": Entry(
        "Show the state of every component (ok, warn, down, not expected) and why. Exit code 1 when one is down.",
        "hantu health --json",
    ),
    "health watch": Entry(
        "Watch the guard process from outside: a dead or frozen one is reported within two intervals. "
        "Run it as a process of its own, under systemd if you can.",
        "hantu health watch",
        {"interval": "Seconds between looks (default: health.interval_s).", "once": "Look once (0 well, 1 not)."},
    ),
    "kill": Entry("Kill switch: stop orders at once, guard running or not.", 'hantu kill on --reason "maintenance"'),
    "kill on": Entry(
        "Block every order but protective sells and cancels.", 'hantu kill on --reason "strategy check"', REASON
    ),
    "kill hard": Entry(
        "Block every order but cancels; stop-losses too. For when the guard itself is suspect.",
        'hantu kill hard --reason "guard misbehaves"',
        REASON,
    ),
    "kill flatten": Entry(
        "Leave everything: cancel open buys and profit orders, then sell one by one. Takes two people.",
        'hantu kill flatten --reason "system fault" --second NAME',
        {
            "reason": "Why; kept in the records (required).",
            "second": "The second person who agrees (required).",
            "confirm": "The word flatten. A terminal asks for it.",
        },
    ),
    "kill off": Entry(
        "Release the kill switch; needs a reason and a clean reconciliation since it was set, else exit code 3.",
        'hantu kill off --reason "cause found"',
        {
            "reason": "Why (required). A terminal asks.",
            "second": "The second person; needed to release hard and flatten on a real account.",
            "lasting": "Release for this long only: 10m, 1h. Paper and practice only.",
        },
    ),
    "kill status": Entry("Show the level, who set it and why.", "hantu kill status --json"),
    "approvals": Entry(
        "Propose, approve and place orders by hand; sign the standing approval of exits.", "hantu approvals list"
    ),
    "approvals list": Entry(
        "List approvals, newest first.",
        "hantu approvals list --status pending",
        {"status": "Only this one: pending, approved, denied, used, expired."},
    ),
    "approvals propose": Entry(
        "Put one order before a person: stock, side, most shares, price band.",
        "hantu approvals propose buy 005930 --quantity 10 --low 70000 --high 71000",
        {
            "side": "buy or sell.",
            "quantity": "Most shares.",
            "low": "Lowest price allowed (won).",
            "high": "Highest price allowed (won).",
            "note": "Why, for the records.",
        },
    ),
    "approvals approve": Entry(
        "Approve a pending order; it can be placed once, within ten minutes.",
        "hantu approvals approve A-1b2c3d4e",
        {"ident": "Number of the approval."},
    ),
    "approvals deny": Entry(
        "Deny a pending order, or take back an approval not used yet.",
        "hantu approvals deny A-1b2c3d4e",
        {"ident": "Number of the approval."},
    ),
    "approvals place": Entry(
        "Place an approved order through the running guard; the answer is accepted, refused or unknown.",
        "hantu approvals place A-1b2c3d4e --quantity 10 --price 70500",
        {"ident": "Number of the approval.", "quantity": "Shares.", "price": "Limit price (won)."},
    ),
    "approvals flow": Entry("Show whether failed token calls have paused orders by hand.", "hantu approvals flow"),
    "approvals resume": Entry(
        "Let paused orders by hand go again; needs the analysis of the cause.",
        'hantu approvals resume --note "the disk of the guard was full, made room and restarted"',
        {"note": "What failed, why, and what was mended."},
    ),
    "approvals mandate": Entry(
        "The standing approval of exits; without one profit waits, stops go on.", "hantu approvals mandate show"
    ),
    "approvals mandate sign": Entry(
        "Sign the exit rules as they are now; holds until they change or it is revoked.",
        "hantu approvals mandate sign --limit 005930=100",
        {"limit": "Most shares of one order of a stock (stock=shares); may be repeated."},
    ),
    "approvals mandate show": Entry(
        "Show whether the standing approval holds and how often it was used.", "hantu approvals mandate show"
    ),
    "approvals mandate revoke": Entry("Revoke the standing approval.", "hantu approvals mandate revoke"),
    "recovery": Entry(
        "Recovery in five steps: detect, kill switch, clean up open orders, restart, synchronise.",
        "hantu recovery show",
    ),
    "recovery run": Entry(
        "Recover now; a recovery that stopped goes on from its failed step. Never places an order.",
        "hantu recovery run",
    ),
    "recovery show": Entry(
        "Show the latest recovery: steps, times, differences, what remains open.", "hantu recovery show --json"
    ),
    "positions": Entry("Show holdings with stop and target (last records if no guard runs).", "hantu positions"),
    "orders": Entry("Look at order records; lists them without a subcommand.", "hantu orders list --state working"),
    "orders list": Entry(
        "List order attempts, newest first.",
        "hantu orders list --limit 50",
        {"state": "Only this state: sending, working, partial, unknown, filled, refused ..."},
    ),
    "orders show": Entry(
        "Show one order in detail.", "hantu orders show 0000000123", {"ident": "Intent id or order number."}
    ),
    "orders resolve": Entry(
        "Say what became of an escalated order. Refused with exit code 3 if the broker's records say otherwise.",
        'hantu orders resolve 20261123-0001 --as absent --reason "asked the desk"',
        {
            "ident": "Intent id.",
            "verdict": "filled, absent, or adopted:NUMBER.",
            "reason": "How you know; required.",
        },
    ),
    "orders amend": Entry(
        "Orders are never amended; says why and what is done instead (exit code 3).",
        "hantu orders amend 20261123-0001",
        {"ident": "Intent id or order number."},
    ),
    "events": Entry(
        "Show recorded events in order of time.",
        "hantu events --type order_filled --since 1h --follow",
        {"kind": "Only this type, e.g. order_filled."},
    ),
    "explain": Entry(
        "Show the causal chain of an order: trade, rule, intent, order, fill, record.",
        "hantu explain 0000000123",
        {"ident": "Intent id, order number, event id or flow id."},
    ),
    "replay": Entry(
        "Decide a recorded day again and check that every decision is the same; --with estimates another rule.",
        "hantu replay 2026-11-23 --symbol 005930",
        {
            "day": "Trading day, for example 2026-11-23; the newest recorded one by default.",
            "home": "Read the tapes of this data directory.",
            "rule": "Estimate what the exit rules of this configuration (hantu.toml) would have done.",
            "until": "Only up to this Korean time, for example 10:30.",
        },
    ),
    "simulate": Entry(
        "Play trading days drawn from integers on virtual time and check every safety rule; exits 1 on a violation.",
        "hantu simulate --seeds 1..200",
        {
            "seed": "Play this one day and tell its story.",
            "seeds": "Play this range and report (1..200).",
            "jobs": "Processes at once; by default as many as there are cores.",
            "twice": "Play again under another hash seed and compare.",
            "report": "Write the report (Markdown) to this file.",
            "resume": "Keep every day in this file (JSON lines) and do not play again what it has.",
        },
    ),
    "exits": Entry(
        "For every exit: times from the triggering trade to the fill, fill price, slippage against the stop.",
        "hantu exits",
    ),
    "opportunities": Entry("Show add-buy opportunities that were reported (never an order).", "hantu opportunities"),
    "alerts": Entry("Show recent alerts and whether they were delivered.", "hantu alerts --limit 20"),
    **AUDIT,
    **DUTY,
    **BACKUP,
    **SERVER,
    **STRATEGIES,
    "alerts list": Entry(
        "Show recent alerts and whether they were delivered.",
        "hantu alerts list --unsent",
        {"unsent": "Only what no channel has taken yet."},
    ),
    "alerts show": Entry(
        "Show one alert with what every channel made of it.", "hantu alerts show 12", {"alert_id": "Number."}
    ),
    "alerts explain": Entry(
        "Show step by step why an alert came when it came, or why it did not.",
        "hantu alerts explain 12",
        {"alert_id": "Number of the alert."},
    ),
    "alerts ack": Entry(
        "Acknowledge an emergency. If it still lasts when the time is over, it is told again.",
        "hantu alerts ack 12 --for 30m",
        {
            "alert_id": "Number of the alert.",
            "length": "Not repeated for this long: 30m, 2h.",
            "done": "It is dealt with and not repeated any more.",
        },
    ),
    "alerts silence": Entry(
        "Do not send matching alerts for a while. Measuring and recording go on; emergencies still come.",
        'hantu alerts silence --type data_delay --for 2h --comment "new line"',
        {
            "length": "How long: 30m, 2h, 1d; 30 days at most.",
            "comment": "Why; it is kept on record.",
            "kind": "Event type; may end in * (order_*).",
            "category": "OPS-01 to OPS-06.",
            "priority": "emergency, high, normal or low.",
            "emergency": "Emergencies, too; needs a type and lasts an hour at most.",
            "maintenance": "A maintenance window: its end sends a summary of what it muted.",
        },
    ),
    "alerts silences": Entry(
        "Show the silences that hold and how much each has muted.",
        "hantu alerts silences",
        {"every": "Ended ones, too."},
    ),
    "alerts unsilence": Entry("End a silence now.", "hantu alerts unsilence 3", {"silence_id": "Number of it."}),
    "alerts stats": Entry("Count alerts per type, hour and weekday.", "hantu alerts stats --since 7d"),
    "logs": Entry(
        "Show the application log.",
        "hantu logs --level WARNING --since 1h --follow",
        {
            "level": "This level and above: DEBUG, INFO, WARNING, ERROR.",
            "limit": "At most so many last lines.",
            "set_level": "Change the log level of the running guard.",
            "process": "Only one of guard, notifier, jobs, up, server; by default all but the server, in the order of time.",
        },
    ),
    "doctor": Entry(
        "Check installation, configuration and channels, and where each setting came from. Secrets are masked.",
        "hantu doctor --all",
        {"all_settings": "Also show settings left at their default."},
    ),
    "db": Entry("Manage the database of records.", "hantu db check"),
    "db init": Entry("Create the database, or bring it to the newest form.", "hantu db init"),
    "db check": Entry("Check the database's integrity.", "hantu db check"),
    "db path": Entry("Print the path of the database file.", "sqlite3 $(hantu db path)"),
    "db backup": Entry(
        "Copy the database safely, even while it is in use.",
        "hantu db backup copy.db",
        {"target": "File to create.", "seal": "Seal it, for a copy that leaves this machine (keys: <home>/keys)."},
    ),
    "db unseal": Entry(
        "Open a sealed copy.",
        "hantu db unseal copy.sealed restored.db",
        {"source": "The sealed copy.", "target": "File to create."},
    ),
    "db account": Entry("Show, masked, which account the records belong to.", "hantu db account"),
    "db rotate": Entry("Make a new key and seal the account fields by it.", "hantu db rotate"),
    "watchlist": Entry("Manage the watch list (result of phase 2).", "hantu watchlist list"),
    "watchlist import": Entry(
        "Import the watch list from a CSV or JSON file.",
        "hantu watchlist import watchlist.csv",
        {
            "file": "Columns: symbol,name,score,support_price; - is standard input.",
            "date": "Selection date (default: today in Korea).",
        },
    ),
    "watchlist list": Entry(
        "Show the watch list.", "hantu watchlist list", {"date": "The list valid on this date (default: today)."}
    ),
    "bench": Entry(
        "Measure performance beside goals and other programs (in a checkout only, at most 5 minutes).",
        "hantu bench --quick",
        {
            "quick": "One short round of everything (at most 40 s); writes no document.",
            "no_write": "Do not write docs/benchmarks.md.",
        },
    ),
    "version": Entry("Print the version.", "hantu version --json"),
}

TEXTS = Texts(
    commands=COMMANDS,
    params={
        "help": "Show this help.",
        "limit": "At most so many.",
        "since": "From then on: 10m, 2h, 1d or 2026-11-23 09:00 (Korean time).",
        "follow": "Keep showing what is new. Ctrl-C leaves.",
        "symbol": "Stock code, six characters.",
    },
    problems={
        "unknown_command": "No such command: {word}",
        "unknown_option": "No such option: {word}",
        "extra": "There are values that mean nothing here.",
        "range": "outside the allowed range",
        "form": "not of the right form",
        "missing": "A value is missing: {name}",
        "bad": "Wrong value for {name}: {detail}",
        "see": "See `{path} --help`.",
        "guess": "Did you mean {guess}?",
    },
    example="Example:",
    common="With every command: --json (output for programs), --config FILE, --lang ko|en",
)
