import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogs } from '../catalog.ts'
import { askOn } from '../init/questions.ts'
import { SampleProcess } from './sample-process.ts'

let sample: SampleProcess
beforeEach(() => (sample = new SampleProcess(catalogs)))
afterEach(() => sample[Symbol.dispose]())

/** Runs init for a directory below the sample's. */
async function init(directory: string, ...flags: readonly string[]) {
  const where = join(sample.directory, directory)
  const file = join(where, 'posture.yaml')
  const ran = await sample.run('init', where, ...flags)
  return { ...ran, where, file, text: existsSync(file) ? readFileSync(file, 'utf8') : undefined }
}

const flag = (name: string, value: fc.Arbitrary<string>) =>
  fc.option(value.map((text) => [name, text])).map((told) => told ?? [])
const word = fc.stringMatching(/^[a-z0-9][a-z0-9 _.:#'"{}*-]{0,20}[a-z]$/)
const region = fc.constantFrom('eu-west-1', 'us-east-1,eu-central-1', 'US-EAST-2')
const url = fc.constantFrom('http://127.0.0.1:9200', 'https://search.example.com')
const flags = fc
  .tuple(
    word.map((text) => ['--tenant', text]),
    fc.oneof(
      fc.constantFrom('reports', 'reports/*.json', '/var/reports, more/**/*.ndjson').map((text) => ['--reports', text]),
      region.map((text) => ['--security-hub', text]),
      region.map((text) => ['--reports', 'r.json', '--security-hub', text]),
    ),
    flag('--kafka', fc.constantFrom('k:9092', 'k-1:9093,k-2:9093')),
    fc.constantFrom([], ['--archive']),
    flag('--opensearch', url),
    flag('--splunk', url),
    flag('--to-security-hub', fc.constantFrom('111122223333')),
    fc.constantFrom([], ['--yes']),
  )
  .map((parts) => parts.flat())

describe('init', () => {
  test('writes what can be loaded, whatever is told', async () => {
    let count = 0
    await fc.assert(
      fc.asyncProperty(flags, async (told) => {
        const { code, err, text } = await init(`p${count++}`, ...told)
        expect([code, err]).toEqual([0, ''])
        // It was loaded before it was written: see "writes nothing that could not be loaded".
        const { tenant, stream, sinks } = parse(text!) as { tenant: string; stream: { type: string }; sinks: object }
        expect(tenant).toBe(told[told.indexOf('--tenant') + 1])
        expect(stream.type).toBe(told.includes('--kafka') ? 'kafka' : 'embedded')
        expect(Object.keys(sinks).length).toBe(
          1 +
            ['--archive', '--opensearch', '--splunk', '--to-security-hub'].filter((name) => told.includes(name)).length,
        )
        // Every setting stands under a comment; a type, and what opens a list's member, speaks for itself.
        const lines = text!.split('\n')
        const bare = lines.filter(
          (line, at) => /^ *\w[\w-]*:/.test(line) && !/^ *type:/.test(line) && !/^ *(- )?#/.test(lines[at - 1] ?? ''),
        )
        expect(bare).toEqual([])
        expect(lines.filter((line) => line.length > 112)).toEqual([])
      }),
      { numRuns: 20 },
    )
  }, 60_000)

  test('its first words are those of the schemas, and check is content with it', async () => {
    const { text, out, where, file } = await init('first', '--yes', '--tenant', 'acme', '--archive')
    expect(text).toContain(
      '\n# Whose findings these are; it stands in every finding key, so it must not change later.\ntenant: acme\n',
    )
    expect(text).toContain('\n    # Where the reports are. A file, a directory')
    expect(text).toContain('\n    paths: ["reports"]\n')
    expect(readdirSync(where).toSorted()).toEqual(['posture.yaml', 'reports'])
    const said = out.split('\n')
    expect(said.slice(-2)).toEqual([
      '  posture-stream check --config first/posture.yaml',
      '  posture-stream run --config first/posture.yaml --until-idle',
    ])
    expect((await sample.run('check', '--config', file)).code).toBe(0)
  })

  test('names the variables that are not set, with the lines that set them, and writes no secret', async () => {
    const urls = ['--opensearch', 'https://search:9200', '--splunk', 'https://hec:8088']
    const { out, text } = await init('urls', '--tenant', 'acme', '--reports', 'r', ...urls)
    expect(text).toContain('password: "${OPENSEARCH_PASSWORD}"')
    expect(text).toContain('token: "${SPLUNK_TOKEN}"')
    expect(out).toContain('\n  export OPENSEARCH_PASSWORD=the-password\n  export SPLUNK_TOKEN=the-token\n')
  })

  test('takes paths as seen from where it runs', async () => {
    const here = relative(process.cwd(), join(sample.directory, 'scans'))
    const { text } = await init('deep/er', '--tenant', 'acme', '--reports', `${here}, /var/reports`)
    expect(text).toContain('\n    paths: ["../../scans", "/var/reports"]\n')
  })

  test('overwrites nothing', async () => {
    sample.file('posture.yaml', 'mine')
    const { code, err, text } = await init('.', '--yes')
    expect([code, text]).toEqual([2, 'mine'])
    expect(err).toContain('posture.yaml is there already and stays as it is')
  })

  test('asks nothing without a terminal, and says what is missing', async () => {
    const { code, err, text } = await init('none', '--opensearch', 'http://x:9200')
    expect([code, text]).toEqual([2, undefined])
    expect(err).toContain('add --tenant NAME, --reports PATHS or --security-hub REGIONS; or --yes')
    expect(readdirSync(sample.directory)).toEqual([])
  })

  test('writes nothing that could not be loaded, and says all that is wrong with it', async () => {
    const told = ['--tenant', 'a'.repeat(200), '--security-hub', 'nowhere', '--kafka', 'k', '--splunk', 'https://u:p@h']
    const { code, err, text } = await init('wrong', ...told)
    expect([code, text]).toEqual([2, undefined])
    for (const path of [
      'tenant:',
      'collectors.security-hub.regions[0]:',
      'stream.brokers[0]:',
      'sinks.siem.endpoints[0]:',
    ])
      expect(err).toContain(path)
    expect(err).not.toContain('u:p')
  })

  test('refuses to read nothing', async () => {
    expect(await init('empty', '--yes', '--reports', 'none')).toMatchObject({ code: 2, text: undefined })
  })
})

describe('on a terminal', () => {
  const keys = { down: '\u001B[B', space: ' ', enter: '\r', escape: '\u001B' }

  /** Answers each question once it is shown. */
  async function answered(told: readonly string[], ...answers: readonly (readonly string[])[]) {
    const [input, output] = [new PassThrough(), new PassThrough()]
    let shown = ''
    output.on('data', (chunk: Buffer) => (shown += chunk.toString()))
    sample.questions = async () => askOn({ input, output })
    const running = init('asked', ...told)
    for (const [at, answer] of answers.entries()) {
      const questions = () => shown.split('◆').length - 1
      for (let tries = 0; questions() <= at && tries < 200; tries++) await sleep(5)
      for (const key of answer) {
        input.write(key)
        await sleep(5)
      }
    }
    return { ...(await running), shown }
  }

  test('asks five questions, and Enter takes what is usual', async () => {
    const { code, text, shown } = await answered([], ...Array.from({ length: 5 }, () => [keys.enter]))
    expect(code).toBe(0)
    expect(text).toContain('tenant: asked')
    expect(text).toContain('paths: ["reports"]')
    expect(text).toContain('type: embedded')
    expect(shown).toContain('Whose findings are these?')
  })

  test('takes what is answered', async () => {
    const { text } = await answered(
      [],
      ['acme', keys.enter],
      ['-', keys.enter],
      ['eu-west-1', keys.enter],
      ['k-1:9092', keys.enter],
      [keys.down, keys.space, keys.down, keys.space, keys.enter],
    )
    for (const part of [
      'tenant: acme',
      'regions: ["eu-west-1"]',
      'brokers: ["k-1:9092"]',
      '${OPENSEARCH_URL}',
      '${SPLUNK_URL}',
    ])
      expect(text).toContain(part)
    expect(text).not.toContain('scanner-report')
  })

  test('does not ask what it was told', async () => {
    const told = ['--tenant', 'acme', '--reports', 'r', '--archive']
    const { code, shown } = await answered(told, [keys.enter])
    expect(code).toBe(0)
    expect(shown).not.toContain('Whose findings')
    expect(shown).toContain('Kafka')
  })

  test('writes nothing when it is broken off', async () => {
    const { code, text } = await answered([], ['acme', keys.enter], ['\u0003'])
    expect([code, text]).toEqual([1, undefined])
  })
})
