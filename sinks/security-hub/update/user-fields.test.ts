import { describe, expect, test } from 'vitest'
import { sampleFinding } from '../../sample-findings.ts'
import { ownUserFields } from './user-fields.ts'

const fieldsOf = (event: object) =>
  ownUserFields({ ...sampleFinding('v1:0a', 7, { priority: 'P1' }), event: { ...event } }, 'none')
const priority = (data: object) => ({ enrichments: [{ type: 'priority', data }] })

describe('our fields of a finding of Security Hub', () => {
  test('tell priority, reasons, due date, exposure and owner', () => {
    const evidence = { exposure: { value: 'internet', certainty: 'possible', source: 'Prowler' } }
    const reasons = [{ id: 'cell', text: 'It is reachable.', items: ['exposure'] }]
    const event = {
      ...priority({ score: 71, reasons, due: Date.UTC(2025, 10, 28), evidence }),
      assignee_group: { name: 'payments' },
    }
    expect(fieldsOf(event)).toEqual({
      'posture-stream-revision': '7',
      'posture-stream-workflow': 'none',
      'posture-stream-priority': 'P1',
      'posture-stream-score': '71',
      'posture-stream-state': 'open',
      'posture-stream-reasons': 'It is reachable.',
      'posture-stream-due': '2025-11-28',
      'posture-stream-exposure': 'internet (possible)',
      'posture-stream-owner': 'payments',
    })
  })

  test('have the sentences of events of earlier versions too', () => {
    expect(fieldsOf(priority({ reasons: ['Public.', '', { id: 'x' }] }))).toMatchObject({
      'posture-stream-reasons': 'Public.',
    })
  })

  test('say of the exposure what its source says where no more is known, and the due date without the enrichment', () => {
    const event = {
      finding_info: { traits: [{ category: 'Reachability', name: 'internet-exposed' }] },
      unmapped: { priority_due: Date.UTC(2025, 10, 28) },
    }
    expect(fieldsOf(event)).toMatchObject({
      'posture-stream-exposure': 'internet-exposed',
      'posture-stream-due': '2025-11-28',
    })
    expect(fieldsOf({ unmapped: { priority_due: 1e300 } })).not.toHaveProperty('posture-stream-due')
  })
})
