import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bench, pages } from '../guides/bench.ts'
import { credentials, serversFor } from '../guides/servers.ts'

let bench: Bench
beforeAll(async () => void (bench = await Bench.start()))
afterAll(() => bench[Symbol.asyncDispose]())

for (const page of pages.filter(({ servers }) => servers.length > 0))
  test(`${page.path}: every command does what the page says`, async (context) => {
    const replace = await serversFor(page.servers, context)
    expect(await bench.runPage(page, { replace, env: credentials() })).toEqual([])
  })
