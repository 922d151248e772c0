import { expect, test } from 'vitest'
import { AnyCase } from './any-case.ts'
import { vulnerabilitiesOf } from './sub-assessment-vulnerabilities.ts'

const found = (properties: object, additional: object) =>
  vulnerabilitiesOf(new AnyCase({ ...properties }, new Set()), new AnyCase({ ...additional }, new Set()))
const uids = (properties: object, additional: object) =>
  found(properties, additional).vulnerabilities.map(({ uid }) => uid)

test.each([
  ['a CVE for its id', { id: 'cve-2026-0042' }, {}, ['CVE-2026-0042']],
  ['a CVE for its title', { id: '1', displayName: 'CVE-2026-0042' }, {}, ['CVE-2026-0042']],
  [
    'CVEs as texts',
    {},
    { cve: ['CVE-2026-2222', 'CVE-2026-1111', 'CVE-2026-2222'] },
    ['CVE-2026-1111', 'CVE-2026-2222'],
  ],
  ['a CVE beside advisories', { id: 'GHSA-w596-4wvx-j9j6' }, { cve: [{ title: 'CVE-2026-1111' }] }, ['CVE-2026-1111']],
  ['an advisory of GitHub', { id: 'GHSA-w596-4wvx-j9j6' }, {}, ['GHSA-w596-4wvx-j9j6']],
  [
    'advisories of a vendor',
    { id: '17' },
    { cve: [], vendorReferences: [{ title: 'RHSA-2026:1234' }] },
    ['RHSA-2026:1234'],
  ],
  ['an entry of Microsoft without a CVE', { id: 'TVM-2026-0002' }, {}, ['TVM-2026-0002']],
  ['a rule', { id: 'VA2064', displayName: 'Rules should be few' }, {}, []],
  ['a number of Qualys', { id: '176750' }, { cve: [], vendorReferences: [{ title: 'See the manual' }] }, []],
])('%s', (_, properties, additional, expected) => expect(uids(properties, additional)).toEqual(expected))

test('a hundred thousand references to thousands of CVEs are not kept', () => {
  const cve = Array.from({ length: 5000 }, (_, at) => ({ title: `CVE-2026-${10_000 + at}` }))
  const vendorReferences = Array.from({ length: 20_000 }, (_, at) => ({ link: `https://x.example/${at}` }))
  const { vulnerabilities } = found({}, { cve, vendorReferences })
  expect(vulnerabilities).toHaveLength(256)
  expect(vulnerabilities[0]!.references).toHaveLength(16)
})

test.each([
  [{ '2.0': { base: 7.3 }, '3.0': null }, [{ version: '2.0', score: 7.3 }]],
  [
    { '3.0': { base: '8.1', cvssVectorString: 'CVSS:3.1/AV:N' } },
    [{ version: '3.1', score: 8.1, vector: 'CVSS:3.1/AV:N' }],
  ],
  [{ base: 9.8, vector: 'CVSS:4.0/AV:N' }, [{ version: '4.0', score: 9.8, vector: 'CVSS:4.0/AV:N' }]],
  [{ '3.0': { base: 11 }, odd: { base: 1 } }, undefined],
])('the scores %j', (cvss, expected) => {
  for (const additional of [{ cvss }, { vulnerabilityDetails: { cvss } }])
    expect(found({ id: 'CVE-2026-1111' }, additional).vulnerabilities[0]!.cvss).toEqual(expected)
})

test.each([
  [{ patchable: false }, false],
  [{ softwareDetails: { patchable: true } }, true],
  [{ softwareDetails: { fixStatus: 'FixAvailable' } }, true],
  [{ softwareDetails: { fixStatus: 'NoFix' } }, false],
  [{}, undefined],
])('whether %j is mended by an update: %j', (additional, patchable) => {
  expect(found({}, additional).patchable).toBe(patchable)
})

test('an exploit is public when somebody published, used or sold one', () => {
  const exploit = (assessment: object) =>
    found({ id: 'CVE-2026-1111' }, { vulnerabilityDetails: { exploitabilityAssessment: assessment } })
      .vulnerabilities[0]!.publicExploit
  expect(exploit({ exploitStepsPublished: false, exploitUris: [] })).toBe(false)
  expect(exploit({ IsInExploitKit: true })).toBe(true)
  expect(exploit({ exploitUris: ['https://exploits.example/1'] })).toBe(true)
  expect(found({ id: 'CVE-2026-1111' }, {}).vulnerabilities[0]).not.toHaveProperty('publicExploit')
})
