import { PermanentError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Config } from './config.ts'

/** Which hub a configuration means. */
export interface HubAddress {
  /** The host of its namespace. */
  readonly host: string
  readonly eventHub: string
}

/** `Endpoint=sb://host/;…` by key in lower case. The values of some are secret. */
export function connectionStringParts(text: Secret): ReadonlyMap<string, string> {
  const parts = text.reveal().split(';')
  return new Map(
    parts
      .map(
        (part) => [part.slice(0, part.indexOf('=')).trim().toLowerCase(), part.slice(part.indexOf('=') + 1)] as const,
      )
      .filter(([key]) => key !== ''),
  )
}

/** Throws a PermanentError (`EVENT_HUBS_SETTINGS`) where the settings contradict one another, or leave out which hub it is. */
export function hubAddress(config: Config): HubAddress {
  const { connectionString, namespace } = config
  if (connectionString === undefined && namespace === undefined)
    throw contradiction('neither connectionString nor namespace is set: set one of them')
  if (connectionString !== undefined && namespace !== undefined)
    throw contradiction(
      'connectionString names the namespace already: leave out namespace, or, to use Entra ID, connectionString',
    )
  refuseUseless(config)
  if (connectionString === undefined)
    return { host: namespace!.replace(/:[0-9]+$/, ''), eventHub: namedHub(config.eventHub) }
  const parts = connectionStringParts(connectionString)
  const path = parts.get('entitypath')
  if (path !== undefined && config.eventHub !== undefined && path.toLowerCase() !== config.eventHub.toLowerCase())
    throw contradiction(
      `connectionString is of the hub "${path}" (EntityPath), and eventHub is "${config.eventHub}": leave out eventHub`,
    )
  return { host: hostOf(parts), eventHub: namedHub(config.eventHub ?? path) }
}

function refuseUseless({ protocol, checkpoints, connectionString, identity, webSockets }: Config): void {
  if (protocol === 'kafka') {
    if (webSockets) throw contradiction('webSockets is of use with the protocol amqp only: leave out one of them')
    return
  }
  if (checkpoints === undefined)
    throw contradiction('checkpoints is not set: name the blob container that is to hold how far the hub has been read')
  const isUrl = checkpoints.container.includes('://')
  if (isUrl && checkpoints.connectionString !== undefined)
    throw contradiction(
      'checkpoints.container is a URL, beside a connection string: give the name of the container only, or leave out checkpoints.connectionString to use Entra ID',
    )
  if (!isUrl && checkpoints.connectionString === undefined)
    throw contradiction(
      'checkpoints.container is a name: give the URL of the container, or set checkpoints.connectionString',
    )
  if (identity !== undefined && connectionString !== undefined && checkpoints.connectionString !== undefined)
    throw contradiction('identity is of no use: the hub and the checkpoints both have a connection string')
}

function namedHub(eventHub: string | undefined): string {
  if (eventHub !== undefined && eventHub !== '') return eventHub
  throw contradiction('no hub is named: set eventHub, or use a connection string with EntityPath')
}

function hostOf(parts: ReadonlyMap<string, string>): string {
  const host = /^[a-z]+:\/\/([^/:]+|\[[^\]]+\])/i.exec(parts.get('endpoint') ?? '')?.[1]
  const isComplete =
    parts.has('sharedaccesssignature') || (parts.has('sharedaccesskeyname') && parts.has('sharedaccesskey'))
  if (host !== undefined && isComplete) return host
  throw contradiction(
    'connectionString is none of Event Hubs: it looks like Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…',
  )
}

function contradiction(what: string): PermanentError {
  return new PermanentError('EVENT_HUBS_SETTINGS', what)
}
