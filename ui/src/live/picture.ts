// A state as the stream tells it leaves out what the guard does not say; here it is made whole.
import type { Schemas } from '../api/client'

type State = Schemas['StateView']
type Position = Schemas['PositionView']

const NOTHING: State = {
  time: '',
  running: false,
  age_s: null,
  safe: false,
  verdict: '',
  dangers: [],
  environment: '',
  account: '',
  mode: '',
  version: '',
  speed: 1,
  state: '',
  market_time: '',
  stopped: false,
  kill: { level: 'active', reason: '', actor: '', timestamp: '', automatic: false, cause: '', release_until: '', obstacles: [], seen: {} },
  guarded: 0,
  unguarded: [],
  unprotected_s: null,
  connection: {},
  subscriptions: {},
  halted: {},
  latency_ms: {},
  notice_delay_ms: {},
  day_pnl: null,
  exits_today: null,
  positions: [],
  needs_person: [],
  recovery: null,
  storage_ok: null,
  components: {},
  counts: {},
  alerts: {},
  watch: [],
  waiting: { approvals: 0, incidents: 0, alerts_unsent: 0, requests: 0 },
}

/** What the server fills in for a holding that the stream tells without it: most are guarded, and told by the guard. */
const HELD: Omit<Position, 'symbol' | 'name' | 'quantity' | 'average_price' | 'stop_price' | 'target_price'> = {
  cost: null,
  price: null,
  price_age_s: null,
  rule: '',
  guarded: true,
  trailing: false,
  to_stop_pct: null,
  to_target_pct: null,
  pnl: null,
  return_rate: null,
  state: '',
  order: null,
  held_since: '',
  updated_at: '',
  source: 'guard',
}

/** The state with a value for everything. */
export function complete(told: Partial<State>): State {
  return {
    ...NOTHING,
    ...told,
    kill: { ...NOTHING.kill, ...told.kill },
    positions: (told.positions ?? []).map((one) => ({ ...HELD, ...one })),
    waiting: { ...NOTHING.waiting, ...told.waiting },
  }
}

/** What the guard says of its connection to the market, typed. */
export interface Connection {
  connected: boolean
  attempt: number
  limit: number
}

export function connectionOf(state: State): Connection {
  const { connected, attempt, limit } = state.connection
  return { connected: connected === true, attempt: Number(attempt ?? 0), limit: Number(limit ?? 0) }
}
