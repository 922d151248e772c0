import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { saslOf, TlsFiles } from './security.ts'

const pem = (what: string): string => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`

function file(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'tls-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'file.pem'), text)
  return join(directory, 'file.pem')
}

describe('TLS', () => {
  test('takes files and PEM text, and never less than TLS 1.2', () => {
    const key = new Secret(pem('PRIVATE KEY'))
    const files = new TlsFiles({
      ca: file(pem('CERTIFICATE')),
      certificate: pem('CERTIFICATE'),
      key,
      serverName: 'kafka',
    })
    expect(files.read()).toEqual({
      minVersion: 'TLSv1.2',
      ca: pem('CERTIFICATE'),
      cert: pem('CERTIFICATE'),
      key: pem('PRIVATE KEY'),
      servername: 'kafka',
    })
    expect(new TlsFiles({}).read()).toEqual({ minVersion: 'TLSv1.2' })
  })

  test('reads its files again, so that a renewed certificate is used without a restart', () => {
    const ca = file(pem('CERTIFICATE'))
    const files = new TlsFiles({ ca })
    writeFileSync(ca, pem('NEW CERTIFICATE'))
    expect(files.read().ca).toBe(pem('NEW CERTIFICATE'))
  })

  test('refuses at the start a file that is not there, and one that is no PEM', () => {
    expect(() => new TlsFiles({ ca: '/no/such/ca.pem' })).toThrow(
      expect.objectContaining({
        code: 'TLS_FILE',
        message: expect.stringContaining('stream.tls.ca: cannot read /no/such/ca.pem'),
      }),
    )
    expect(() => new TlsFiles({ key: file('not PEM') })).toThrow(/stream\.tls\.key: .* is no PEM file/)
  })
})

test('a password leaves its cover only for the client', () => {
  const options = { mechanism: 'scram-sha-512', username: 'u', password: new Secret('p') } as const
  expect(JSON.stringify(options)).not.toContain('"p"')
  expect(saslOf(options)).toEqual({ mechanism: 'scram-sha-512', username: 'u', password: 'p' })
})
