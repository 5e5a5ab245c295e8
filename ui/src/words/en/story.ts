// What happened to an order, one sentence a fact; recorded reasons stay in the words they were recorded in.
import type { Same } from '..'
import { gain, n, s, seconds, several, share, word, type Payload } from '../../pages/orders/payload'
import type ko from '../ko/story'
import orders from './orders'

type Fact = Payload

const HELD: Record<string, string> = {
  halt: 'market halted',
  kill: 'kill switch',
  cooldown: 'waiting to retry',
  unresolved: 'an earlier order is unresolved',
  no_price: 'no price',
  not_sellable: 'nothing can be sold',
  mandate: 'no standing approval',
  session: 'outside market hours',
  mismatch: 'holding being checked',
  recovering: 'recovering',
}
const FOUND: Record<string, string> = {
  inquiry: 'Found as the only matching order in the broker’s list and taken over.',
  notice: 'Found as the only matching order in the notices and taken over.',
  person: 'Taken over on a person’s word.',
}
const VERDICTS: Record<string, string> = { filled: 'it is filled', absent: 'it was never accepted', adopted: 'it is there' }
const CANCELS: Record<string, string> = {
  working: 'The cancel request was accepted.',
  filled: 'The cancel is done.',
  refused: 'The cancel was refused.',
  unknown: 'Whether it was canceled is being looked for.',
  absent: 'Not canceled; the order lives.',
  not_sent: 'The cancel request did not go out.',
}

const basis = (f: Fact) => word(orders.bases, s(f, 'basis'))
const side = (f: Fact) => word(orders.sides, s(f, 'side'))
const source = (f: Fact) => word(orders.sources, s(f, 'source'))

export default {
  stop_loss_reached: (f) => `The ${basis(f)} price ₩${n(f, 'price')} touched the stop at ₩${n(f, 'level')}.`,
  take_profit_reached: (f) => `The ${basis(f)} price ₩${n(f, 'price')} touched the target at ₩${n(f, 'level')}.`,
  price_suspected: (f) => `A price of ₩${n(f, 'price')} looks wrong and is checked once more.`,
  price_rejected: (f) => `A price of ₩${n(f, 'price')} could not be confirmed; nothing was sold.`,
  exit_held: (f) => `The level was reached and no order went out: ${word(HELD, s(f, 'reason'))}.`,
  exit_simulated: (f) => `Only watching: ${n(f, 'quantity')} would have been sold at ₩${n(f, 'limit_price')}.`,
  order_token_issued: () => 'A one-time order token was issued.',
  order_allowed_protective: () => 'The kill switch is on; as a stop it goes out all the same.',
  order_blocked_killswitch: () => 'The kill switch blocked this order.',
  order_blocked_hard: () => 'The kill switch blocks stops, too; it did not go out.',
  intent_recorded: (f) =>
    s(f, 'kind') === 'cancel'
      ? 'A cancel of the rest was recorded, then sent.'
      : `A ${side(f)} of ${n(f, 'quantity')} at a limit of ₩${n(f, 'limit_price')} was recorded, then sent${Number(f.attempt) > 1 ? ` (attempt ${n(f, 'attempt')})` : ''}.`,
  intent_voided: (f) => `Withdrawn before it was sent: ${s(f, 'reason')}`,
  order_accepted: (f) =>
    FOUND[s(f, 'how')] ? `${FOUND[s(f, 'how')]} Order ${s(f, 'order_no')}` : `Accepted by the broker. Order ${s(f, 'order_no')}`,
  order_found: (f) => `Found in the broker’s records. Order ${s(f, 'order_no')}`,
  order_filled: (f) =>
    `${n(f, 'quantity')} filled at ₩${n(f, 'price')} (${n(f, 'cumulative')}/${n(f, 'ordered')} in all, by ${source(f)}).`,
  order_rejected_broker: (f) => `Refused by the broker: ${s(f, 'code')} ${s(f, 'reason')}`,
  order_not_sent: (f) => `Not a byte left: ${s(f, 'reason') || s(f, 'code')}`,
  order_failed: (f) => `Not ordered: ${s(f, 'reason')}. Tried again in ${seconds(f, 'next_try_s')} s.`,
  order_unresolved: (f) => `Whether it was accepted is not known (${s(f, 'reason')}). Nothing is sent again until evidence says so.`,
  order_absent: (f) => `Proved never to have been accepted: ${s(f, 'evidence')}`,
  order_escalated: (f) => `Handed to a person, for it could not be found out: ${s(f, 'reason')}`,
  order_resolved_by_person: (f) =>
    `${s(f, 'actor')}: "${word(VERDICTS, s(f, 'verdict'))}" ${s(f, 'order_no')} - ${s(f, 'reason')}${s(f, 'denied') ? ` → not taken: ${s(f, 'denied')}` : ''}`,
  order_canceled: (f) => `The cancel of ${n(f, 'quantity')} is confirmed by the broker’s records.`,
  cancel_resolved: (f) => `${word(CANCELS, s(f, 'state'))} ${s(f, 'reason')}`,
  order_expired: (f) => `${n(f, 'quantity')} expired at the close.`,
  fill_unconfirmed: (f) => `Only ${n(f, 'filled')}/${n(f, 'ordered')} filled in ${seconds(f, 'waited_s')} s.`,
  stop_loss_filled: (f) => `The stop-loss is done: ₩${n(f, 'exit_price')}, ${gain(f, 'pnl')} won (${share(f, 'return_rate')}).`,
  take_profit_filled: (f) => `The take-profit is done: ₩${n(f, 'exit_price')}, ${gain(f, 'pnl')} won (${share(f, 'return_rate')}).`,
  manual_sell_filled: (f) => `The sale by hand is done: ${gain(f, 'pnl')} won.`,
  fill_confirmed: (f) => `The purchase is filled: ${n(f, 'quantity')} at ₩${n(f, 'price')}.`,
  position_guarded: (f) => `${n(f, 'quantity')} are guarded by a stop at ₩${n(f, 'stop_price')} and a target at ₩${n(f, 'target_price')}.`,
  position_changed: (f) => `The holding went from ${n(f, 'before')} to ${n(f, 'after')}.`,
  position_closed: () => 'No longer held, no longer guarded.',
  trade_save_failed: (f) => `The trade could not be saved: ${s(f, 'reason')}`,
  foreign_fill: (f) => `An order placed elsewhere filled ${n(f, 'quantity')} at ₩${n(f, 'price')}.`,
  acceptance_mismatch: (f) => `Sent (${s(f, 'sent')}) and accepted (${s(f, 'listed')}) differ.`,
  recovery_began: () => 'The guard had ended uncleanly; a recovery began.',
  recovery_step_done: (f) => s(f, 'result'),
  recovery_stopped: (f) => `The recovery stopped: ${s(f, 'reason')}`,
  recovery_completed: (f) => `Compared with the broker, ${several(f, 'differences').length} differences.`,
  killswitch_on: (f) => `The kill switch was set (${s(f, 'actor')}): ${s(f, 'reason')}`,
  killswitch_off: (f) => `The kill switch was released (${s(f, 'actor')}): ${s(f, 'reason')}`,
} satisfies Same<typeof ko>
