import type { ConnectionOptions } from 'node:tls'
import { Type, type Static } from 'typebox'
import { readPem } from '../core/pem.ts'
import type { Secret } from '../core/secret.ts'

/** The `tls` part of a sink's configuration, where its destination is reached by HTTPS. */
export const sinkTls = Type.Object(
  {
    ca: Type.Optional(
      Type.String({
        path: 'input',
        minLength: 1,
        description: "File (or PEM text) of the authorities that may sign the destination's certificate",
      }),
    ),
    certificate: Type.Optional(
      Type.String({
        path: 'input',
        minLength: 1,
        description: 'File (or PEM text) of our own certificate, where the destination wants one (mTLS)',
      }),
    ),
    key: Type.Optional(
      Type.String({
        path: 'input',
        secret: true,
        minLength: 1,
        description: 'File (or PEM text) of the key of our certificate',
      }),
    ),
  },
  {
    additionalProperties: false,
    dependentRequired: { certificate: ['key'], key: ['certificate'] },
    description: "Own authorities and certificates; without it the system's authorities are trusted",
  },
)

/** As it arrives at `create`: PEM text of a key is a Secret by then, a path is not. */
export type SinkTls = Omit<Static<typeof sinkTls>, 'key'> & { readonly key?: Secret | string }

/** What node's TLS takes. Throws a PermanentError (`TLS_FILE`) when a file cannot be read. */
export function readTls({ ca, certificate, key }: SinkTls): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: readPem('tls.ca', ca) }),
    ...(certificate === undefined ? {} : { cert: readPem('tls.certificate', certificate) }),
    ...(key === undefined ? {} : { key: readPem('tls.key', typeof key === 'string' ? key : key.reveal()) }),
  }
}
