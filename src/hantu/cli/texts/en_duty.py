"""Help texts in English: incidents, checklists and the phone."""

from hantu.cli.texts.entry import Entry

CONFIRM = {"confirm": "Who confirms it.", "note": "A remark."}
DUTY = {
    "incidents": Entry(
        "Incidents: opened by themselves when something critical happens, there until a person closes them.",
        "hantu incidents list",
        {},
    ),
    "incidents list": Entry("List open incidents.", "hantu incidents list --all", {"every": "Closed ones too."}),
    "incidents show": Entry(
        "Show service state, history and the last log lines on one page.",
        "hantu incidents show 3",
        {"number": "Number of the incident."},
    ),
    "incidents ack": Entry(
        "Record that you have seen it; it is yours if it was nobody's.",
        "hantu incidents ack 3",
        {"number": "Number of the incident.", "note": "A remark."},
    ),
    "incidents assign": Entry(
        "Give it to a person.",
        "hantu incidents assign 3 kim",
        {"number": "Number of the incident.", "name": "Who takes it."},
    ),
    "incidents decide": Entry(
        "Record what is done about it and who decided.",
        'hantu incidents decide 3 rollback --reason "bug of the new version"',
        {
            "number": "Number of the incident.",
            "decision": "One of hotfix, rollback, restart, observe, none.",
            "reason": "Why (required).",
        },
    ),
    "incidents close": Entry(
        "Close it; the report is printed and stored.",
        'hantu incidents close 3 --summary "router replaced"',
        {"number": "Number of the incident.", "summary": "Cause and remedy (required)."},
    ),
    "incidents bundle": Entry(
        "Pack diagnostics into a zip, without secrets and account numbers.",
        "hantu incidents bundle 3",
        {"number": "Number of the incident.", "out": "File to make."},
    ),
    "checklist": Entry(
        "Go through a checklist; results and who confirmed them are stored.", "hantu checklist daily --confirm kim", {}
    ),
    "checklist daily": Entry(
        "Daily: events, rejections, kill switch, services, incidents, resources.",
        "hantu checklist daily --confirm kim",
        CONFIRM,
    ),
    "checklist weekly": Entry(
        "Weekly: pattern of rejections, growth, missing records; compared with the week before.",
        "hantu checklist weekly",
        CONFIRM,
    ),
    "checklist monthly": Entry(
        "Monthly: availability, faults, order success, alerts, review of procedures.",
        "hantu checklist monthly",
        CONFIRM,
    ),
    "checklist morning": Entry(
        "Before the opening: calendar, limits, tokens, clock, alert round trip, audit head, backup, disk.",
        "hantu checklist morning",
        CONFIRM,
    ),
    "checklist reviewed": Entry(
        "Record that the procedures were gone over.",
        'hantu checklist reviewed --confirm kim --note "runbook changed"',
        CONFIRM,
    ),
    "checklist history": Entry(
        "Show earlier runs and who confirmed them.",
        "hantu checklist history --kind daily",
        {"kind": "One of daily, weekly, monthly, morning."},
    ),
    "phone": Entry("Who may command the Telegram bot, and their second factor.", "hantu phone list"),
    "phone list": Entry("Show who may command the bot, and who has a second factor.", "hantu phone list"),
    "phone enrol": Entry(
        "Draw a secret for an authenticator; it counts after a first right code. An earlier one is void then.",
        "hantu phone enrol kim",
        {"name": "A name of telegram.people."},
    ),
    "phone revoke": Entry(
        "Forget a person's second factor, for example of a lost phone.",
        "hantu phone revoke kim",
        {"name": "A name of telegram.people."},
    ),
}
