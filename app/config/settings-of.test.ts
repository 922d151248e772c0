import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { settingsOf } from './settings-of.ts'

const one = (schema: object) => settingsOf(schema)[0]!

describe('a setting', () => {
  test('has a path, a type in words, a default, limits and a description', () => {
    const schema = Type.Object({ batch: Type.Integer({ minimum: 1, maximum: 9, default: 5, description: 'So many' }) })
    expect(settingsOf(schema)).toEqual([
      {
        path: 'batch',
        type: 'whole number',
        required: false,
        secret: false,
        description: 'So many',
        default: 5,
        limits: '1 to 9',
      },
    ])
  })

  test('is required where nothing fills it in', () => {
    const schema = Type.Object({
      must: Type.String(),
      may: Type.Optional(Type.String()),
      filled: Type.String({ default: 'x' }),
    })
    expect(settingsOf(schema).map(({ path, required }) => [path, required])).toEqual([
      ['must', true],
      ['may', false],
      ['filled', false],
    ])
  })

  test.each<[string, object, string]>([
    ['text', Type.String(), 'text'],
    ['a secret', Type.String({ secret: true }), 'secret text'],
    ['a path that is read', Type.String({ path: 'input' }), 'path'],
    ['a key', Type.String({ path: 'input', secret: true }), 'path or secret text'],
    ['a path that is written', Type.String({ path: true }), 'path (written)'],
    ['a switch', Type.Boolean(), 'true or false'],
    ['a list', Type.Array(Type.Integer()), 'list of whole number'],
    ['words', Type.Union([Type.Literal('a'), Type.Literal('b'), Type.Literal('c')]), 'a, b or c'],
    ['a word or a list', Type.Union([Type.Literal('all'), Type.Array(Type.String())]), 'all or list of text'],
    ['an enumeration', { enum: ['zstd', 'none', null] }, 'zstd, none or null'],
    ['one or several', Type.Union([Type.String(), Type.Array(Type.String())]), 'text or list of text'],
    ['several types', { type: ['string', 'null'] }, 'text or null'],
  ])('that is %s says so', (_what, schema, words) => {
    expect(one({ properties: { it: schema } }).type).toBe(words)
  })

  test('that is a list says what its members are', () => {
    const members = Type.String({ description: 'A file' })
    expect(one(Type.Object({ it: Type.Array(members, { description: 'Where.' }) })).description).toBe('Where. A file')
    expect(one(Type.Object({ it: Type.Array(members) })).description).toBe('A file')
  })

  test('names all that may stand there only where there is nothing else', () => {
    const words = one(Type.Object({ it: Type.Union([Type.Literal('a'), Type.Literal(1)]) }))
    expect(words.allowed).toEqual(['a', 1])
    const open = one(Type.Object({ it: Type.Union([Type.Literal('all'), Type.String()]) }))
    expect(open).not.toHaveProperty('allowed')
  })

  test.each<[string, object]>([
    ['a choice', Type.Union([Type.Null(), Type.String({ secret: true })])],
    ['a list', Type.Array(Type.String({ secret: true }))],
  ])('is secret where it can be one inside %s', (_where, schema) => {
    expect(one(Type.Object({ it: schema as never })).secret).toBe(true)
  })
})

describe('the settings of sections', () => {
  const paths = (schema: object) => settingsOf(schema).map(({ path, when }) => (when ? [path, when] : path))

  test('follow the section, with its path before them; its own default says nothing', () => {
    const schema = Type.Object({ tls: Type.Object({ ca: Type.String(), key: Type.String() }, { default: {} }) })
    expect(paths(schema)).toEqual(['tls', 'tls.ca', 'tls.key'])
    expect(one(schema)).not.toHaveProperty('default')
  })

  test('of lists and of sections with free keys are told by [] and *', () => {
    const schema = Type.Object({
      hosts: Type.Array(Type.Object({ url: Type.String() })),
      labels: Type.Record(Type.String(), Type.Object({ text: Type.String() })),
    })
    expect(paths(schema)).toEqual(['hosts', 'hosts[].url', 'labels', 'labels.*', 'labels.*.text'])
  })

  test('of a choice name their case, and what tells the cases apart stands once, with all its values', () => {
    const schema = Type.Object({
      auth: Type.Union([
        Type.Object({ type: Type.Literal('basic', { description: 'How' }), username: Type.String() }),
        Type.Object({ type: Type.Literal('none') }),
      ]),
    })
    expect(paths(schema)).toEqual(['auth', 'auth.type', ['auth.username', 'auth.type is basic']])
    expect(settingsOf(schema)[1]).toMatchObject({ type: 'basic or none', allowed: ['basic', 'none'], required: true })
  })
})

test('a component without settings has none', () => {
  expect(settingsOf(Type.Object({}))).toEqual([])
})
