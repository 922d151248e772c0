import { describe, expect, test } from 'vitest'
import { cvssAnswers } from './cvss.ts'

const of = (vector: string, version = '') => cvssAnswers([{ version, score: 5, vector }])

/** CERT/CC's cvssv4_to_technical_impact_1_0_0.csv: privileges required, confidentiality, integrity, technical impact. */
const VERSION_4 = `
H,N,N,partial L,N,N,partial H,L,N,partial H,N,L,partial N,N,N,partial L,L,N,partial H,H,N,partial L,N,L,partial
H,L,L,partial H,N,H,partial N,L,N,partial L,H,N,partial N,N,L,partial L,L,L,partial H,H,L,partial L,N,H,partial
H,L,H,partial N,H,N,partial N,L,L,partial L,H,L,partial N,N,H,partial L,L,H,partial H,H,H,total N,H,L,total
N,L,H,total L,H,H,total N,H,H,total`
const rows = VERSION_4.trim()
  .split(/\s+/)
  .map((row) => row.split(','))

describe('what a CVSS vector answers for SSVC', () => {
  test('version 3: unaided over the network is automatable, and all lost is total', () => {
    expect(of('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H')).toEqual({ automatable: true, technicalImpact: 'total' })
    expect(of('CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N')).toEqual({ automatable: true, technicalImpact: 'total' })
    expect(of('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:H')).toEqual({
      automatable: true,
      technicalImpact: 'partial',
    })
  })

  test.each([
    ['AV:L/AC:L/PR:N/UI:N', false],
    ['AV:A/AC:L/PR:N/UI:N', false],
    ['AV:P/AC:L/PR:N/UI:N', false],
    ['AV:N/AC:L/PR:N/UI:R', false],
    ['AV:N/AC:H/PR:N/UI:N', undefined],
    ['AV:N/AC:L/PR:L/UI:N', undefined],
    ['AV:N/AC:L', undefined],
  ])('version 3: %s is automatable: %s', (metrics, automatable) => {
    expect(of(`CVSS:3.1/${metrics}/S:C`).automatable).toBe(automatable)
  })

  test('version 3: with a changed scope the impact cannot be told', () => {
    expect(of('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H')).toEqual({ automatable: true })
  })

  test('version 4 is asked whether it can be automated, and only where it does not say by the same rule', () => {
    const base = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N'
    expect(of(`${base}/AU:N`).automatable).toBe(false)
    expect(of('CVSS:4.0/AV:N/AC:H/AT:P/PR:H/UI:A/AU:Y').automatable).toBe(true)
    expect(of(`${base}/AU:X`).automatable).toBe(true)
    expect(of('CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N').automatable).toBeUndefined()
  })

  test.each(rows)('version 4: privileges %s, confidentiality %s, integrity %s: %s', (privileges, vc, vi, impact) => {
    expect(of(`CVSS:4.0/AV:N/PR:${privileges}/VC:${vc}/VI:${vi}/VA:N`).technicalImpact).toBe(impact)
  })

  test('has no answer in version 2, without a vector, or in what is none', () => {
    expect(rows).toHaveLength(27)
    expect(of('AV:N/AC:L/Au:N/C:C/I:C/A:C', '2.0')).toEqual({})
    expect(cvssAnswers([{ version: '3.1', score: 9.8 }])).toEqual({})
    for (const vector of [
      '',
      'CVSS:3.1/',
      'CVSS:3.1/AV:/:N//',
      'CVSS:9.9/AV:N/UI:N',
      'constructor',
      'CVSS:3.1/AV:X/UI:N/S:U/C:X/I:H/PR:N',
    ])
      expect(of(vector)).not.toHaveProperty('technicalImpact')
  })

  test('the version may stand beside the vector, and of several vectors the graver answer counts', () => {
    expect(of('AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N', '3.1')).toEqual({ automatable: true, technicalImpact: 'partial' })
    const scores = ['AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 'AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N', 'nonsense']
    expect(cvssAnswers(scores.map((vector) => ({ version: '3.1', score: 5, vector })))).toEqual({
      automatable: true,
      technicalImpact: 'total',
    })
  })
})
