import { expect, test } from 'vitest'
import { applyEvent } from '../../../enrichment/lifecycle/lifecycle.ts'
import { toOcsf } from '../../../enrichment/ocsf/ocsf.ts'
import { stateKey } from '../../../enrichment/state/keys.ts'
import { LocalStore } from '../../../enrichment/state/local-store.ts'
import { Overlay } from '../../../enrichment/state/overlay.ts'
import type { FindingState } from '../../../schemas/generated/state.ts'
import { validateOcsf } from '../../../schemas/ocsf/validator.ts'
import { findingEvent } from '../../records/finding-event.ts'
import { defenderFindings, ENQUEUED } from './sample-defender-findings.ts'

const CLASSES = { compliance: 2003, vulnerability: 2002, detection: 2004 } as const
const ACCOUNTS: Readonly<Record<string, number>> = { azure: 13, aws: 10, gcp: 11, other: 99 }

test.each(defenderFindings.map(({ name, statement }) => [name, statement] as const))(
  'as OCSF this is valid: %s',
  (_, statement) => {
    const store = new Overlay(LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined }).partition(0))
    const event = findingEvent({ tenant: 'acme', name: 'hub', clock: () => ENQUEUED }, statement, 'bytes')
    applyEvent(event, store, ENQUEUED)
    const finding = store.get(stateKey.finding(event.key)) as FindingState
    const statuses = ['open', 'muted', 'resolved', 'gone'] as const
    for (const status of statuses) {
      const made = toOcsf(finding, {}, { status, revision: 1, modifiedAt: ENQUEUED, cause: 'observed' })
      expect(validateOcsf(made)).toEqual([])
      expect(made).toMatchObject({
        class_uid: CLASSES[statement.kind as keyof typeof CLASSES],
        cloud: { account: { uid: statement.identity.account, type_id: ACCOUNTS[statement.identity.provider] } },
      })
    }
  },
)
