import { X509Certificate, createPrivateKey } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { makeSecrets } from './scratch-compose.ts'

function made() {
  const directory = mkdtempSync(join(tmpdir(), 'posture-stream-secrets-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const secrets = join(directory, 'secrets')
  const make = () => {
    makeSecrets(directory)
    return new Map(readdirSync(secrets).map((name) => [name, readFileSync(join(secrets, name), 'utf8')]))
  }
  return { secrets, make }
}

test('secrets are long, all different, and in a folder that only its owner enters', () => {
  const { secrets, make } = made()
  const files = make()
  const passwords = [...files].filter(([name]) => name.endsWith('-password')).map(([, text]) => text)
  expect(passwords).toHaveLength(4)
  expect(new Set(passwords).size).toBe(4)
  for (const password of passwords) expect(password).toMatch(/^[0-9a-f]{48}\n$/)
  expect((statSync(secrets).mode & 0o777).toString(8)).toBe('700')
  // Containers read them as users of their own.
  for (const name of files.keys()) expect((statSync(join(secrets, name)).mode & 0o777).toString(8)).toBe('444')
})

test('a second time changes nothing, and makes only what is missing', () => {
  const { secrets, make } = made()
  const first = make()
  expect(make()).toEqual(first)
  rmSync(join(secrets, 'grafana-admin-password'))
  const again = make()
  expect(again.get('grafana-admin-password')).not.toBe(first.get('grafana-admin-password'))
  expect([...again.keys()]).toEqual([...first.keys()])
})

test('the certificate of the transport belongs to its key, to its name and to no authority but itself', () => {
  const { make } = made()
  const files = make()
  const certificate = new X509Certificate(files.get('opensearch-transport.pem')!)
  expect(certificate.checkPrivateKey(createPrivateKey(files.get('opensearch-transport-key.pem')!))).toBe(true)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  const { 'plugins.security.nodes_dn': names } = parse(
    readFileSync(join(import.meta.dirname, '../../deploy/compose/opensearch/opensearch.yml'), 'utf8'),
  ) as Record<string, string[]>
  expect(names).toEqual([certificate.subject])
})

test('Dashboards is told the password that its user has, and a secret for its cookies', () => {
  const files = made().make()
  const settings = parse(files.get('opensearch-dashboards.yml')!) as Record<string, string>
  expect(settings).toMatchObject({
    'opensearch.username': 'kibanaserver',
    'opensearch.password': files.get('opensearch-dashboards-password')!.trimEnd(),
  })
  expect(settings['opensearch_security.cookie.password']).toMatch(/^[0-9a-f]{48}$/)
})
