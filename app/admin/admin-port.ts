import type { AddressInfo } from 'node:net'
import { PermanentError, asError, errorCode } from '../../core/errors.ts'
import type { Check } from '../observe/readiness.ts'

/** What can be asked of a process. */
export interface AdminAnswers {
  readonly metricsType: string
  /** Everything that it counts, in the text format of Prometheus. */
  metrics(): Promise<string>
  /** All that must be so for it to do its work. */
  readiness(): Promise<readonly Check[]>
}

export interface AdminPort {
  /** Where it answers: `127.0.0.1:9464`, `[::1]:9464`. */
  readonly address: string
  /** Ends what is being answered, too. */
  close(): Promise<void>
}

/**
 * Answers /livez, /readyz and /metrics, to GET and HEAD, without asking who wants to know. Rejects with a PermanentError
 * (`ADMIN_…`) that names the setting where it cannot listen.
 */
export async function openAdminPort(
  { host, port }: { readonly host: string; readonly port: number },
  answers: AdminAnswers,
): Promise<AdminPort> {
  // Not loaded in a process that has no such port.
  const { fastify } = await import('fastify')
  const app = fastify({ logger: false, forceCloseConnections: true })
  app.get('/livez', () => ({ alive: true }))
  app.get('/readyz', async (_request, reply) => {
    const checks = await answers.readiness()
    const ready = checks.every(({ ok }) => ok)
    return reply.code(ready ? 200 : 503).send({ ready, checks })
  })
  app.get('/metrics', async (_request, reply) => reply.type(answers.metricsType).send(await answers.metrics()))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ paths: ['/livez', '/readyz', '/metrics'] }))
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw cannotListen(asError(error), address(host, port))
  }
  const { port: taken } = app.server.address() as AddressInfo
  return { address: address(host, taken), close: () => app.close() }
}

function address(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** By what the system says: our code, and what is wrong and to be done. */
const PROBLEMS: Readonly<Record<string, readonly [code: string, sentence: string]>> = {
  EADDRINUSE: ['ADMIN_PORT_IN_USE', 'another process listens there; give each process an admin.port of its own'],
  EACCES: ['ADMIN_PORT_REFUSED', 'this user may not; choose an admin.port of 1024 or more'],
  EPERM: ['ADMIN_PORT_REFUSED', 'this user may not; choose an admin.port of 1024 or more'],
  ENOTFOUND: ['ADMIN_HOST_UNKNOWN', 'there is no such host; set admin.host to an address of this machine'],
  EAI_AGAIN: ['ADMIN_HOST_UNKNOWN', 'the name cannot be resolved; set admin.host to an address of this machine'],
  EADDRNOTAVAIL: ['ADMIN_HOST_UNKNOWN', 'that is no address of this machine; set admin.host to one, or to 0.0.0.0'],
}

function cannotListen(error: Error, where: string): Error {
  const [code, sentence] = PROBLEMS[errorCode(error)] ?? ['ADMIN_PORT_FAILED', error.message]
  return new PermanentError(code, `admin: cannot listen on ${where}: ${sentence}`, { cause: error })
}
