// The five steps of a recovery, from the facts of its flow and from what the guard says now; pure.
import { STEPS, type Recovery } from './monitor'

export interface StepFact {
  event_type: string
  payload: Record<string, unknown>
}

export interface Step {
  step: (typeof STEPS)[number]
  at: 'done' | 'now' | 'stopped' | 'next'
  startedAt: string
  durationS: number
  result: string
  differences: string[]
}

/** Every step with what is on record of it; the guard's word says which one goes on. */
export function stepsOf(facts: readonly StepFact[], recovery: Pick<Recovery, 'state' | 'step'>): Step[] {
  return STEPS.map((step, index) => {
    const fact = facts.findLast((one) => one.payload.step === step && /^recovery_(step_done|stopped)$/.test(one.event_type))
    const stoppedHere = recovery.state === 'stopped' && recovery.step === step
    const over = recovery.state === 'completed' || index < STEPS.findIndex((one) => one === recovery.step)
    const done = !stoppedHere && (over || fact?.event_type === 'recovery_step_done')
    return {
      step,
      at: stoppedHere ? 'stopped' : done ? 'done' : recovery.step === step ? 'now' : 'next',
      startedAt: String(fact?.payload.started_at ?? ''),
      durationS: Number(fact?.payload.duration_s ?? 0),
      result: String(fact?.payload.result ?? fact?.payload.reason ?? ''),
      differences: (fact?.payload.differences ?? []) as string[],
    }
  })
}
