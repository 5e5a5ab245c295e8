"""Which streams are asked for, in which order and at which pace (DEC-15).

Capacity goes to the notice, market operations, prices of held stocks, their
quotes, prices of watched stocks, their quotes. Sending order is notice, market
operations, all granted prices, then quotes. One request at a time, never two
within the pace; a refused one is tried three times more and then left out.
"""

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.engine.decision import SendSubscribe, SendUnsubscribe
from hantu.engine.journey import State
from hantu.engine.turn import Turn

Registration = tuple[str, str]
HOUR_S = 3_600.0
FULL_CODE = "OPSP0008"
RATE_CODES = frozenset({"EGW00201"})
RATE_PATIENCE = 5
"""A rate limit is waited out this many times longer than another refusal, not for ever."""


def plan(turn: Turn) -> None:
    """Work out every registration of this connection, in sending order."""
    desk, line, streams = turn.desk, turn.desk.line, turn.desk.config.streams
    held = sorted(turn.book.positions)
    watched = [symbol for symbol in sorted(desk.watchlist) if symbol not in turn.book.positions]
    notice = [(streams.notice_tr, streams.notice_key)] if streams.notice_key else []
    messenger = (held or watched)[:1] if streams.operation_tr else []
    operation = [(streams.operation_tr, str(symbol)) for symbol in messenger]
    by_rank: list[Registration] = [*notice, *operation]
    by_rank += [(streams.trade_tr, str(symbol)) for symbol in held]
    by_rank += [(streams.quote_tr, str(symbol)) for symbol in held]
    by_rank += [(streams.trade_tr, str(symbol)) for symbol in watched]
    by_rank += [(streams.quote_tr, str(symbol)) for symbol in watched]
    granted = by_rank[: line.limit]
    prices = [registration for registration in granted if registration[0] == streams.trade_tr]
    quotes = [registration for registration in granted if registration[0] == streams.quote_tr]
    head = [registration for registration in granted if registration[0] not in (streams.trade_tr, streams.quote_tr)]
    line.wanted = [*head, *prices, *quotes]
    line.waiting.clear()
    line.active.clear()
    line.releasing.clear()
    line.failures.clear()
    line.refused.clear()
    line.prices_total = len(prices)
    _note_left_out(turn, held, watched)


def want(turn: Turn, symbol: Symbol) -> None:
    """Ask for the streams of a newly held stock, at once and first in line."""
    line, streams = turn.desk.line, turn.desk.config.streams
    if turn.book.state not in (State.SUBSCRIBING, State.MONITORING, State.MARKET_HALTED) or not line.open:
        return
    # What is wanted again is not given back.
    line.releasing = [r for r in line.releasing if not (r[1] == symbol and _of_stock(turn, r))]
    held = symbol in turn.book.positions
    for tr_id in (streams.quote_tr, streams.trade_tr):
        registration = (tr_id, str(symbol))
        if registration in line.active or registration in line.waiting or registration in line.wanted:
            continue
        if used(turn) < line.limit or (tr_id == streams.trade_tr and _give_way(turn, held)):
            line.wanted.insert(0, registration)
    _note_left_out(turn, sorted(turn.book.positions), sorted(turn.desk.watchlist))


def unwant(turn: Turn, symbol: Symbol) -> None:
    """Give back the streams of a stock nobody needs any more."""
    line = turn.desk.line
    mine = [registration for registration in line.active if registration[1] == symbol and _of_stock(turn, registration)]
    line.wanted = [r for r in line.wanted if not (r[1] == symbol and _of_stock(turn, r))]
    line.releasing.extend(r for r in mine if r not in line.releasing)
    _note_left_out(turn, sorted(turn.book.positions), sorted(turn.desk.watchlist))


def used(turn: Turn) -> int:
    """Return registrations held, asked for and planned."""
    line = turn.desk.line
    return len(line.active) - len(line.releasing) + len(line.waiting) + len(line.wanted)


def due(turn: Turn) -> None:
    """Send the next request if the pace allows; give up on those not answered."""
    line, pace, now = turn.desk.line, turn.desk.config.pace, turn.now.mono
    if not line.open:
        return
    for registration, sent in list(line.waiting.items()):
        if now >= sent + pace.ack_wait_s:
            refused(turn, registration, "no_answer", "응답 없음")
    if now < line.last_sent_mono + pace.subscribe_s:
        return
    if line.releasing:
        registration = line.releasing.pop(0)
        if registration in line.active:
            line.active.remove(registration)
        line.last_sent_mono = now
        turn.do(SendUnsubscribe(*registration))
    elif line.wanted and _within_budget(turn):
        registration = line.wanted.pop(0)
        line.waiting[registration] = now
        line.last_sent_mono = now
        line.requests.append(now)
        turn.say("INFO", f"구독 요청 전송: {registration[0]} - {_shown(turn, registration)}")
        turn.do(SendSubscribe(*registration))


def next_due(turn: Turn) -> float | None:
    """Return when ``due`` has something to do, or None."""
    line, pace = turn.desk.line, turn.desk.config.pace
    if not line.open:
        return None
    moments = [sent + pace.ack_wait_s for sent in line.waiting.values()]
    if line.wanted or line.releasing:
        moments.append(line.last_sent_mono + pace.subscribe_s)
    return min(moments, default=None)


def confirmed(turn: Turn, registration: Registration) -> None:
    """Take a confirmation in."""
    line = turn.desk.line
    line.waiting.pop(registration, None)
    line.failures.pop(registration, None)
    # An answer that comes after we gave up waiting is one.
    line.wanted = [other for other in line.wanted if other != registration]
    if registration not in line.active:
        line.active.append(registration)
    symbol = Symbol(registration[1])
    line.refused.pop(symbol, None)
    needed = symbol in turn.book.positions or symbol in turn.desk.watchlist
    if _of_stock(turn, registration) and not needed and registration not in line.releasing:
        line.releasing.append(registration)
    if registration[0] == turn.desk.config.streams.trade_tr:
        done, total = prices_done(turn)
        turn.say("INFO", f"구독 완료: {done}/{total}")


def refused(turn: Turn, registration: Registration, code: str, message: str) -> None:
    """Take a refusal in: retry that one three times, then go on without it."""
    desk, line, pace = turn.desk, turn.desk.line, turn.desk.config.pace
    if registration not in line.waiting:
        return
    del line.waiting[registration]
    if code == FULL_CODE:
        _lower_limit(turn, registration)
        return
    if code in RATE_CODES:
        turn.say("INFO", "Rate limit 대기 중")
    tries = line.failures.get(registration, 0) + 1
    line.failures[registration] = tries
    if tries < pace.subscribe_tries * (RATE_PATIENCE if code in RATE_CODES else 1):
        # Behind the others, so that one bad stock does not hold up the rest.
        line.wanted.append(registration)
        return
    tr_id, key = registration
    symbol = Symbol(key)
    held = symbol in turn.book.positions
    if tr_id == desk.config.streams.trade_tr:
        line.refused[symbol] = code
    position = turn.book.positions.get(symbol)
    item = desk.watchlist.get(symbol)
    name = position.name if position else item.name if item else ""
    shown = _shown(turn, registration)
    turn.record(ev.SubscribeFailed(Symbol(shown), name, tr_id, code or message, tries - 1, held))
    _note_left_out(turn, sorted(turn.book.positions), sorted(desk.watchlist))


def prices_done(turn: Turn) -> tuple[int, int]:
    """Return (prices confirmed, prices granted) of this connection."""
    line, trade_tr = turn.desk.line, turn.desk.config.streams.trade_tr
    done = sum(1 for tr_id, _ in line.active if tr_id == trade_tr)
    return done, max(line.prices_total, done)


def prices_settled(turn: Turn) -> bool:
    """Tell whether every granted price is confirmed or given up; without any, the notice stands for them."""
    line, streams = turn.desk.line, turn.desk.config.streams
    # A line nobody has answered on proves nothing: the key may yet be refused.
    awaited = (streams.trade_tr,) if line.prices_total else (streams.trade_tr, streams.notice_tr)
    return not any(tr_id in awaited for tr_id, _ in (*line.wanted, *line.waiting))


def release_all(turn: Turn) -> None:
    """Give everything back: quotes, prices, operations, the notice last."""
    line, streams = turn.desk.line, turn.desk.config.streams
    order = {streams.quote_tr: 0, streams.trade_tr: 1, streams.operation_tr: 2, streams.notice_tr: 3}
    line.wanted.clear()
    line.waiting.clear()
    line.polled = ()
    line.releasing = sorted(line.active, key=lambda registration: order.get(registration[0], 1))


def _of_stock(turn: Turn, registration: Registration) -> bool:
    streams = turn.desk.config.streams
    return registration[0] in (streams.trade_tr, streams.quote_tr)


def _shown(turn: Turn, registration: Registration) -> str:
    """Return the key for people; the notice's key is a person's id and stays unsaid."""
    return "***" if registration[0] == turn.desk.config.streams.notice_tr else registration[1]


def _give_way(turn: Turn, held: bool) -> bool:
    """Free one registration for a price: a watched quote; for a held price a watched one, or a quote."""
    line, streams, positions = turn.desk.line, turn.desk.config.streams, turn.book.positions
    free = [registration for registration in reversed(line.active) if registration not in line.releasing]
    quotes = [r for r in free if r[0] == streams.quote_tr]
    watched = [r for r in free if r[0] == streams.trade_tr and Symbol(r[1]) not in positions]
    candidates = [r for r in quotes if Symbol(r[1]) not in positions]
    candidates += [*watched, *quotes] if held else []
    line.releasing[:0] = candidates[:1]
    return bool(candidates)


def _lower_limit(turn: Turn, registration: Registration) -> None:
    """The server takes no more: what is active now is the limit of this session."""
    line = turn.desk.line
    line.limit = max(1, len(line.active))
    dropped = [registration, *line.wanted]
    line.wanted = []
    turn.say("WARNING", f"구독 한도 도달: {line.limit}건 - 나머지 {len(dropped)}건은 REST 조회로 감시")
    _note_left_out(turn, sorted(turn.book.positions), sorted(turn.desk.watchlist))


def _within_budget(turn: Turn) -> bool:
    """KIS blocks keys that subscribe and unsubscribe without end: beyond the budget prices are polled."""
    line, limit = turn.desk.line, turn.desk.config.pace.subscribes_per_hour
    while line.requests and line.requests[0] <= turn.now.mono - HOUR_S:
        line.requests.popleft()
    if len(line.requests) < limit:
        return True
    turn.say("WARNING", f"구독 요청 한도 도달: 한 시간 {limit}회 - 나머지 {len(line.wanted)}건은 REST 조회로 감시")
    line.wanted = []
    _note_left_out(turn, sorted(turn.book.positions), sorted(turn.desk.watchlist))
    return False


def _note_left_out(turn: Turn, held: list[Symbol], watched: list[Symbol]) -> None:
    """Remember which stocks have no price stream; a held one is told to a person."""
    line, trade_tr = turn.desk.line, turn.desk.config.streams.trade_tr
    streamed = {key for tr_id, key in [*line.wanted, *line.waiting, *line.active] if tr_id == trade_tr}
    left_held = [symbol for symbol in held if symbol not in streamed]
    left_watched = [symbol for symbol in watched if symbol not in streamed and symbol not in left_held]
    line.polled = (*left_held, *left_watched)
    for symbol in left_held:
        if symbol in line.refused or not line.open:
            continue
        position = turn.book.positions[symbol]
        turn.record_once(("left_out", symbol), ev.SubscribeFailed(symbol, position.name, trade_tr, "no_room", 0, True))
