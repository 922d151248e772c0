import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configSchema } from '../../sinks/opensearch/config.ts'
import type { InstallPlan } from '../../sinks/opensearch/install/install-plan.ts'
import type { Catalogs } from '../config/catalogs.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import { SampleProcess } from './sample-process.ts'

const catalogs: Catalogs = {
  ...sampleCatalogs,
  sinks: [
    ...sampleCatalogs.sinks,
    {
      name: 'opensearch',
      summary: 'Searches',
      takes: 'latest-state',
      configSchema,
      create: () => {
        throw new Error('not made in these tests')
      },
    },
  ],
}

const wanted: InstallPlan = {
  kind: 'template',
  name: 'posture-findings',
  state: 'as-wanted',
  sentence: 'is as wanted: version 1',
  done: '',
}
const missing: InstallPlan = {
  kind: 'index',
  name: 'posture-findings',
  state: 'missing',
  sentence: 'to be created: posture-findings-000001',
  done: 'created posture-findings-000001',
}
const made: InstallPlan = {
  ...missing,
  state: 'as-wanted',
  sentence: 'is as wanted: posture-findings-000001',
  done: '',
}
const refused: InstallPlan = { ...missing, state: 'refused', sentence: 'an index has the name', done: '' }
const unmanaged: InstallPlan = {
  kind: 'policy',
  name: 'history',
  state: 'unmanaged',
  sentence: 'nothing deletes old ones',
  done: '',
}

let sample: SampleProcess
let closed: string[]
beforeEach(() => {
  sample = new SampleProcess(catalogs)
  closed = []
})
afterEach(() => sample[Symbol.dispose]())

/** Clusters that are first as `before`, and as `after` once apply was called. */
function cluster(before: readonly InstallPlan[], after: readonly InstallPlan[] = before): void {
  sample.openOpenSearch = async ({ name }) => {
    let now = before
    return {
      plan: async () => now,
      apply: async () => {
        now = after
        return before
      },
      [Symbol.asyncDispose]: async () => void closed.push(name),
    }
  }
}

function config(...sinks: readonly string[]): string {
  const each = (sinks.length === 0 ? ['search'] : sinks).map(
    (name) => `  ${name}: { type: opensearch, nodes: ["http://localhost:9200"] }\n`,
  )
  return sample.file(
    'posture.yaml',
    `tenant: acme\nstream: { type: embedded, directory: ./d }\nsinks:\n  archive: { type: file, directory: ./out }\n${each.join('')}`,
  )
}

describe('opensearch', () => {
  test('plan shows everything, and that something is missing is no failure', async () => {
    cluster([wanted, missing, unmanaged])
    const { code, out } = await sample.run('opensearch', 'plan', '-c', config())
    expect(out.split('\n')).toEqual([
      'ok       template posture-findings  is as wanted: version 1',
      'missing  index posture-findings     to be created: posture-findings-000001',
      'note     policy history             nothing deletes old ones',
    ])
    expect(code).toBe(0)
    expect(closed).toEqual(['search'])
  })

  test('check fails when something differs; what the cluster cannot do, or a newer version made, is no difference', async () => {
    cluster([wanted, missing])
    expect((await sample.run('opensearch', 'check', '-c', config())).code).toBe(1)
    cluster([wanted, unmanaged, { ...wanted, state: 'newer' }])
    expect((await sample.run('opensearch', 'check', '-c', config())).code).toBe(0)
  })

  test('install says what it did, and fails while something is left for a person', async () => {
    cluster([wanted, missing], [wanted, made])
    const done = await sample.run('opensearch', 'install', '-c', config())
    expect(done.code).toBe(0)
    expect(done.out).toContain('created posture-findings-000001; is as wanted: posture-findings-000001')
    cluster([wanted, refused])
    const left = await sample.run('opensearch', 'install', '-c', config())
    expect(left).toMatchObject({
      code: 1,
      out: expect.stringContaining('refused  index posture-findings     an index has'),
    })
  })

  test('is read by a program as one object per line', async () => {
    cluster([missing], [made])
    const { out } = await sample.run('opensearch', 'install', '--json', '-c', config())
    expect(JSON.parse(out)).toEqual({
      sink: 'search',
      kind: 'index',
      name: 'posture-findings',
      state: 'as-wanted',
      done: 'created posture-findings-000001',
      sentence: 'created posture-findings-000001; is as wanted: posture-findings-000001',
    })
  })

  test('looks after every sink of its kind, or the one that is named', async () => {
    cluster([wanted])
    const all = await sample.run('opensearch', 'plan', '-c', config('search', 'soc'))
    expect(all.out.split('\n')).toEqual([
      'ok       search: template posture-findings  is as wanted: version 1',
      'ok       soc: template posture-findings  is as wanted: version 1',
    ])
    closed = []
    await sample.run('opensearch', 'plan', '--sink', 'soc', '-c', config('search', 'soc'))
    expect(closed).toEqual(['soc'])
  })

  test('says what is wrong with its use', async () => {
    const unknown = await sample.run('opensearch', 'plan', '--sink', 'archive', '-c', config('search'))
    expect(unknown).toMatchObject({
      code: 2,
      err: expect.stringContaining('no opensearch sink named archive; there is: search'),
    })
    const file = sample.file('none.yaml', 'tenant: acme\nstream: { type: embedded, directory: ./d }\n')
    expect(await sample.run('opensearch', 'check', '-c', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no sink of type opensearch; add one'),
    })
  })
})
