import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Check } from '../observe/readiness.ts'
import { openAdminPort, type AdminAnswers, type AdminPort } from './admin-port.ts'

const ready: readonly Check[] = [{ name: 'stream', ok: true }]
const quiet: AdminAnswers = {
  metricsType: 'text/plain; version=0.0.4; charset=utf-8',
  metrics: async () => 'one 1\n',
  readiness: async () => ready,
}

async function open(answers: Partial<AdminAnswers> = {}, host = '127.0.0.1', port = 0): Promise<AdminPort> {
  const opened = await openAdminPort({ host, port }, { ...quiet, ...answers })
  onTestFinished(() => opened.close())
  return opened
}
const get = (port: AdminPort, path: string, method = 'GET'): Promise<Response> =>
  fetch(`http://${port.address}${path}`, { method })

describe('the admin port answers', () => {
  test('whether the process lives, as long as it can answer', async () => {
    const port = await open({ readiness: () => new Promise(() => {}) })
    const answer = await get(port, '/livez')
    expect([answer.status, await answer.json()]).toEqual([200, { alive: true }])
  })

  test('whether it is ready, by every check and with the reason of each that fails', async () => {
    let checks: readonly Check[] = [...ready, { name: 'started', ok: false, reason: 'still starting: enrichment' }]
    const port = await open({ readiness: async () => checks })
    const red = await get(port, '/readyz')
    expect([red.status, await red.json()]).toEqual([503, { ready: false, checks }])
    checks = ready
    const green = await get(port, '/readyz')
    expect([green.status, await green.json()]).toEqual([200, { ready: true, checks }])
  })

  test('with its numbers, as Prometheus reads them', async () => {
    const answer = await get(await open(), '/metrics')
    expect(answer.headers.get('content-type')).toBe(quiet.metricsType)
    expect(await answer.text()).toBe('one 1\n')
  })

  test('HEAD as GET, and nothing else', async () => {
    const port = await open()
    for (const path of ['/livez', '/readyz', '/metrics']) {
      const head = await get(port, path, 'HEAD')
      expect([head.status, await head.text()]).toEqual([200, ''])
      expect((await get(port, path, 'POST')).status).toBe(404)
      expect((await get(port, path, 'DELETE')).status).toBe(404)
    }
    for (const path of ['/', '/metrics/x', '/..%2f', `/${'x'.repeat(5000)}`])
      expect([path, (await get(port, path)).status]).toEqual([path, 404])
  })

  test('on an IPv6 address, which stands in brackets', async () => {
    const port = await open({}, '::1')
    expect(port.address).toMatch(/^\[::1\]:\d+$/)
    expect((await get(port, '/livez')).status).toBe(200)
  })
})

describe('where it cannot listen, it says which setting to change', () => {
  test('because another process listens there', async () => {
    const { address } = await open()
    const port = Number(address.split(':').at(-1))
    await expect(open({}, '127.0.0.1', port)).rejects.toMatchObject({
      code: 'ADMIN_PORT_IN_USE',
      message: `admin: cannot listen on ${address}: another process listens there; give each process an admin.port of its own`,
    })
  })

  test.each([
    ['192.0.2.1', 'that is no address of this machine'],
    ['no-such-host.invalid', 'set admin.host to an address of this machine'],
  ])('because %s is not here', async (host, why) => {
    await expect(open({}, host)).rejects.toMatchObject({
      code: 'ADMIN_HOST_UNKNOWN',
      retryable: false,
      message: expect.stringContaining(why),
    })
  })
})

describe('its end', () => {
  test('does not wait for what is still being answered or asked', async () => {
    const port = await open({ metrics: () => new Promise(() => {}) })
    const hanging = get(port, '/metrics').then(
      () => 'answered',
      () => 'cut off',
    )
    const [host, number] = port.address.split(':')
    const halfAsked = connect(Number(number), host)
    halfAsked.on('error', () => {})
    await once(halfAsked, 'connect')
    halfAsked.write('GET /metrics HTTP/1.1\r\nHost: x')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const began = performance.now()
    await port.close()
    expect(performance.now() - began).toBeLessThan(200)
    expect(await hanging).toBe('cut off')
    await expect(get(port, '/livez')).rejects.toThrow()
  })
})
