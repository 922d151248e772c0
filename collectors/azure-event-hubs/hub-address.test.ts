import { expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import type { Config } from './config.ts'
import { hubAddress } from './hub-address.ts'

const NAMESPACE = 'Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=p;SharedAccessKey=canary=='
const checkpoints = { container: 'checkpoints', connectionString: new Secret('AccountName=a;AccountKey=b') }
const config = (changes: Partial<Config>): Config => ({
  consumerGroup: 'posture-stream',
  protocol: 'amqp',
  webSockets: false,
  claimSeconds: 60,
  startFrom: 'earliest',
  waitSeconds: 20,
  maxMessages: 500,
  checkpoints,
  ...changes,
})

test.each<[string, Partial<Config>, { host: string; eventHub: string }]>([
  ['EntityPath', { connectionString: new Secret(`${NAMESPACE};EntityPath=defender`) }, contoso('defender')],
  ['eventHub', { connectionString: new Secret(NAMESPACE), eventHub: 'other' }, contoso('other')],
  [
    'both, in other letters',
    { connectionString: new Secret(`${NAMESPACE};EntityPath=defender`), eventHub: 'Defender' },
    contoso('Defender'),
  ],
  ['a namespace', { namespace: 'contoso.servicebus.windows.net', eventHub: 'defender' }, contoso('defender')],
  [
    'Kafka, without checkpoints',
    { connectionString: new Secret(`${NAMESPACE};EntityPath=defender`), protocol: 'kafka', checkpoints: undefined! },
    contoso('defender'),
  ],
])('a hub is known by %s', (_name, changes, address) => {
  expect(hubAddress(config(changes))).toEqual(address)
})

test.each<[string, Partial<Config>, RegExp]>([
  ['nothing', {}, /neither connectionString nor namespace/],
  ['both', { connectionString: new Secret(NAMESPACE), namespace: 'contoso' }, /leave out namespace/],
  ['no hub', { namespace: 'contoso' }, /no hub is named/],
  [
    'two hubs',
    { connectionString: new Secret(`${NAMESPACE};EntityPath=defender`), eventHub: 'other' },
    /"defender" \(EntityPath\), and eventHub is "other"/,
  ],
  ['something else', { connectionString: new Secret('canary'), eventHub: 'a' }, /none of Event Hubs/],
  ['no checkpoints', { namespace: 'contoso', eventHub: 'a', checkpoints: undefined! }, /checkpoints is not set/],
  [
    'a name without a connection string',
    { namespace: 'contoso', eventHub: 'a', checkpoints: { container: 'checkpoints' } },
    /is a name: give the URL/,
  ],
  [
    'a URL with a connection string',
    { namespace: 'contoso', eventHub: 'a', checkpoints: { ...checkpoints, container: 'https://a.blob/c' } },
    /is a URL, beside a connection string/,
  ],
  [
    'an identity without use',
    {
      connectionString: new Secret(`${NAMESPACE};EntityPath=defender`),
      identity: { tenantId: 't', clientId: 'c', clientSecret: new Secret('s') },
    },
    /identity is of no use/,
  ],
  ['web sockets for Kafka', { namespace: 'contoso', eventHub: 'a', protocol: 'kafka', webSockets: true }, /amqp only/],
])('%s is refused', (_name, changes, message) => {
  expect(() => hubAddress(config(changes))).toThrow(
    expect.objectContaining({ code: 'EVENT_HUBS_SETTINGS', message: expect.stringMatching(message) }),
  )
  try {
    hubAddress(config(changes))
  } catch (error) {
    expect(String(error)).not.toContain('canary')
  }
})

function contoso(eventHub: string): { host: string; eventHub: string } {
  return { host: 'contoso.servicebus.windows.net', eventHub }
}
