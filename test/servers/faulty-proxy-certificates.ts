import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeCertificates, type CertifiedKey } from './kafka/security.ts'

/** PEM text, as node's TLS servers want it. */
export interface ServerPem {
  readonly key: string
  readonly cert: string
}

export interface ProxyCertificates {
  /** The file of the authority that has signed `good` and `expired`. */
  readonly ca: string
  /** For `localhost` and `127.0.0.1`. */
  readonly good: ServerPem
  /** As `good`, but it was over yesterday. */
  readonly expired: ServerPem
  /** As `good`, but by an authority that nobody trusts. */
  readonly foreign: ServerPem
}

/** Makes an authority and certificates for a FaultyProxy in `directory`. */
export async function makeProxyCertificates(directory: string): Promise<ProxyCertificates> {
  const { ca, server } = await makeCertificates(directory)
  const foreign = await makeCertificates(join(directory, 'foreign'))
  return {
    ca,
    good: readServer(server),
    expired: await makeExpired(directory, ca),
    foreign: readServer(foreign.server),
  }
}

async function makeExpired(directory: string, ca: string): Promise<ServerPem> {
  const file = (name: string) => join(directory, name)
  const openssl = (...args: readonly string[]) => promisify(execFile)('openssl', args)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file('expired.key')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  await openssl('req', '-new', ...newKey, ...names, '-out', file('expired.csr'))
  // Only `x509` takes a negative number of days.
  const signed = ['-CA', ca, '-CAkey', file('ca.key'), '-copy_extensions', 'copyall', '-days', '-1']
  await openssl('x509', '-req', '-in', file('expired.csr'), ...signed, '-out', file('expired.pem'))
  return readServer({ key: file('expired.key'), certificate: file('expired.pem') })
}

function readServer({ key, certificate }: CertifiedKey): ServerPem {
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') }
}
