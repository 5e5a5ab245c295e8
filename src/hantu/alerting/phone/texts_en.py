"""What the bot says, in English."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    # --- answers to commands
    "help": (
        "*hantu* - commands\n"
        "/status how it is\n/positions holdings\n/orders orders of late\n/pnl profit and loss today\n/alerts alerts of late\n"
        "/ack number - acknowledge an emergency\n/silence kind 30m why - mute (never emergencies)\n"
        "/halt [stock] - pause orders, stops too\n/kill [hard] [why] - kill switch; hard blocks stops, too\n"
        "/resume [stock|kill why] - release; needs the six digits of your authenticator\n\n"
        "Stopping needs no code. Commands older than 60 s are not carried out."
    ),
    "unknown": "Unknown command. /help",
    "status": "📟 *{state}* ({environment} {account})",
    "status_kill": "Kill switch: {level}",
    "status_kill_why": "Kill switch: {level} - {reason} ({actor})",
    "status_halt": "Paused: {halted}",
    "status_line": "Line: {line}, subscribed {done}/{total}",
    "status_held": "{count} holdings, {doubt} orders need a person",
    "status_unguarded": "⚠️ {count} holdings without a rule are not guarded",
    "status_storage": "⚠️ Records cannot be written to the database",
    "status_time": "Market time {time}",
    "line_up": "up",
    "line_down": "down",
    "line_silent": "up, no prices for {seconds} s",
    "market": "everything",
    "nothing": "nothing",
    "on": "on",
    "no_guard": "🔴 *The guard is not running.* Below is what was last recorded.",
    "no_guard_short": "The guard is not running.",
    "no_positions": "Nothing is held.",
    "positions": "💼 *{count} holdings*",
    "position": (
        "*{name}* ({symbol}) {quantity} shares\n  {price} ({rate}) · stop {stop} · target {target}\n  open {pnl} · {state}"
    ),
    "position_row": "*{name}* ({symbol}) {quantity} shares, average {average}",
    "orders": "🧾 *Orders of late*",
    "order": "{time} {name} {side} {quantity} @{price} - {state}",
    "order_filled": "({filled} filled)",
    "no_orders": "No orders on record.",
    "pnl": "💰 *Today*\nrealised {realised} ({exits} exits)\nopen {open} ({count} holdings)\ntotal {total}",
    "pnl_note": "Without fees and taxes; the broker's app may differ.",
    "pnl_unpriced": "{count} holdings without a price are left out.",
    "alerts": "🔔 *Alerts of late*",
    "alert": "{number}. {time} {message}",
    "alert_unsent": "(not delivered yet)",
    "no_alerts": "No alerts on record.",
    # --- acknowledge, silence
    "acked": "✅ {number} acknowledged. It is not repeated for 30 minutes.",
    "acked_done": "✅ {number} recorded as over.",
    "ack_usage": "There is no emergency to acknowledge. By number: `/ack 12`",
    "silenced": "🔕 {what} muted for {length} (number {number}). Emergencies still come.",
    "silence_usage": "Write `/silence stop_loss_reached 30m why`: a kind, a stock, an area (OPS-01) or a priority (normal).",
    "gone": "That alert cannot be found any more.",
    # --- stopping
    "kill_done": "🛑 *Kill switch {level}* - the guard has taken it.",
    "kill_stricter": "🛑 It is stricter already ({level}) and stays so.",
    "kill_flatten": "Everything is being sold. To stop that: /kill hard",
    "kill_asked": "🛑 Kill switch *asked for*; the guard has not confirmed it: {detail}",
    "kill_written": "🛑 The guard does not answer. Written to {doors}; it looks at the file before every order. *Not confirmed*.",
    "kill_stored": "🛑 No guard is running. Written to {doors}; it holds from the next start on.",
    "door_file": "the KILL file",
    "door_row": "the database",
    "kill_failed": "❗️ The kill switch was *not* set: {detail}\nUse the broker's app or the console now.",
    "kill_no_flatten": "Selling everything takes two people at the console: `hantu kill flatten`",
    "halt_done": "⏸ *Orders are paused* ({what}). Stops do not go out either. Release: /resume",
    "halt_asked": "⏸ Pause *asked for* ({what}); the guard has not confirmed it.",
    "halt_failed": "❗️ *Not* paused: {detail}\n/kill is the surer way.",
    "bad_symbol": "{word} is no stock code, so *nothing* was paused. Press to pause everything.",
    # --- going on
    "nothing_to_resume": "Nothing is paused.",
    "choose": "Release what? A code is asked for.",
    "ask_resume": "▶️ *Release the pause* ({what})",
    "ask_release": "🔓 *Release the kill switch* (now {level}: {reason})",
    "ask_release_open": "What stands against it: {obstacles}",
    "ask_approve": "🖋 *Approve an order*\n{terms}",
    "ask_code": "Send the six digits of your authenticator within {seconds} s.",
    "ask_code_reason": "Send `code reason` within {seconds} s, for example `123456 cause found`",
    "reason_missing": "Releasing the kill switch needs a reason. Send a new code as `code reason`.",
    "not_enrolled": "Without a second factor nothing can be released or approved. On the console: `hantu phone enrol {name}`",
    "nothing_pending": "Nothing waits for a code. If time ran out, begin anew.",
    "code_wrong": "❌ The code does not match. Send the next one. (wrong so far: {failures})",
    "code_used": "❌ That code was used. Wait for the next one. (wrong so far: {failures})",
    "code_locked": "🔒 Too many wrong codes: locked for {minutes} minutes. Stopping still works.",
    "locked_notice": "🔒 {failures} wrong codes of {name}: locked. If it is somebody else: `hantu phone revoke`",
    "failures_before": "Note: {failures} wrong codes came before.",
    "resumed": "▶️ *The pause is released* ({what}). The guard has taken it.",
    "resume_asked": "▶️ Release of the pause *asked for* ({what}); the guard has not confirmed it.",
    "released": "🔓 *The kill switch is released.* Balance and orders were compared, the guard has taken it.",
    "release_asked": "🔓 Release *asked for*. The guard is still at {level}.",
    "not_done": "❗️ *Not* done: {detail}",
    "canceled": "Canceled. Nothing has changed.",
    "unrecorded": "⚠️ The audit row could not be written; it is in the log only.",
    "unrecordable": "❗️ *Not* done, since it could not be recorded: {detail}",
    # --- order proposals
    "proposal": "🖋 *Order to approve* {ident}\n{terms}\nproposed by {who} · until {until}",
    "proposal_note": "\nnote: {note}",
    "terms": "{name} {side} at most {quantity} shares, {low} to {high} (at most {value})",
    "approved": "✅ {ident} *approved*. *No order has left yet*. Until {until}, on the console: `hantu approvals place {ident}`",
    "denied": "⛔️ {ident} denied.",
    "decided_note": "{mark} {status} - {who} {time}",
    "status_approved": "approved",
    "status_denied": "denied",
    "status_expired": "ran out",
    "status_used": "used for an order",
    # --- buttons and refusals
    "b_ack": "✅ Seen (30 min)",
    "b_done": "🏁 Over",
    "b_silence": "🔕 Mute 1 h",
    "b_approve": "🖋 Approve (code)",
    "b_deny": "⛔️ Deny",
    "b_kill": "🛑 Kill switch",
    "b_hard": "🛑 Block all orders",
    "b_halt": "⏸ Pause",
    "b_resume": "▶️ Release pause",
    "b_release": "🔓 Release kill switch",
    "b_cancel": "Cancel",
    "too_old": "⌛️ Sent {seconds} s ago, so it was *not* carried out. Send it again if you still want it.",
    "press_old": "⌛️ Nobody knows when that was pressed, so it was *not* carried out. Press again if you still want it.",
    "press_void": "This button cannot be used",
    "press_expired": "This button has run out. Begin anew.",
    "press_used": "This button was used",
    "press_taken": "Taken",
    "flood": "🐢 Too many commands. Wait a moment. Stopping still works.",
    "conflict": "⚠️ Another program takes this bot's messages. Commands may not arrive here. End it, or change the bot's token.",
}

LEVELS: Mapping[str, str] = {
    "off": "off", "active": "active (stops only)", "hard": "hard (no orders at all)", "flatten": "selling everything",
}  # fmt: skip
ENVIRONMENTS: Mapping[str, str] = {"real": "real", "paper": "paper", "local": "practice"}
SIDES: Mapping[str, str] = {"buy": "buy", "sell": "sell"}
STATES: Mapping[str, str] = {
    "guarded": "guarded", "ordering": "ordering", "awaiting_fill": "awaiting fill", "unresolved": "order in doubt",
    "polled": "guarded by asking", "held": "held back", "triggered": "triggered", "prepared": "prepared",
    "sending": "sending", "working": "accepted", "partial": "partly filled", "unknown": "in doubt", "filled": "filled",
    "canceled": "canceled", "expired": "expired", "refused": "refused", "rejected_late": "rejected by the exchange",
    "not_sent": "not sent", "absent": "never arrived", "void": "void", "escalated": "needs a person",
}  # fmt: skip
SESSIONS: Mapping[str, str] = {
    "idle": "idle", "connecting": "connecting", "subscribing": "subscribing", "monitoring": "monitoring",
    "reconnecting": "reconnecting", "unsubscribing": "unsubscribing", "sleeping": "sleeping",
    "market_halted": "market halted", "ordering": "ordering", "awaiting_fill": "awaiting fill",
}  # fmt: skip
