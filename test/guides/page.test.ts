import { expect, test } from 'vitest'
import { examplesIn, readPage } from './page.ts'

const fence = '```'

test('commands are those of sh, and of console those behind a dollar; what belongs together is one', () => {
  const { parts } = readPage(
    [
      `${fence}sh`,
      'one --a \\',
      '  --b',
      '# a comment',
      '',
      "cat > x <<'EOF'",
      'two',
      'EOF',
      fence,
      '',
      `${fence}console`,
      '$ three',
      'what it says',
      fence,
    ].join('\n'),
  )
  expect(parts.flatMap((part) => (part.kind === 'commands' ? part.commands.map(({ text }) => text) : []))).toEqual([
    'one --a \\\n  --b',
    "cat > x <<'EOF'\ntwo\nEOF",
    'three',
  ])
})

test('a command may be meant to fail, where its comment says so', () => {
  const { parts } = readPage(`${fence}sh\ncheck   # exits with 1 where something is wrong\nrun\n${fence}`)
  expect(parts).toMatchObject([{ commands: [{ code: 1 }, { code: 0 }] }])
})

test('a block is run unless the line before it says why not', () => {
  const block = `${fence}sh\ndocker ps\n${fence}`
  expect(readPage(`<!-- not run: needs Docker -->\n${block}`).parts).toMatchObject([
    { kind: 'not run', why: 'needs Docker', first: 'docker ps' },
  ])
  expect(readPage(`<!-- not run: -->\n${block}`).parts).toMatchObject([{ kind: 'commands' }])
  expect(readPage(`<!-- not run: needs Docker -->\n\n${block}`).parts).toMatchObject([{ kind: 'commands' }])
})

test('yaml is configuration, in a file where it names one, and nothing with another word behind it', () => {
  const yaml = (info: string) => readPage(`${fence}yaml${info}\na: 1\n${fence}`).parts
  expect(yaml('')).toMatchObject([{ kind: 'configuration', yaml: 'a: 1' }])
  expect(yaml(' my/posture.yaml')).toMatchObject([{ kind: 'configuration', file: 'my/posture.yaml' }])
  expect(yaml(' refused')).toEqual([])
  expect(readPage('<!-- configuration: { a: 1 } -->').parts).toMatchObject([{ yaml: '{ a: 1 }' }])
})

test('a page says what it is run with', () => {
  expect(readPage('<!-- run with: kafka, opensearch -->\n<!-- starts from: nothing -->')).toMatchObject({
    servers: ['kafka', 'opensearch'],
    startsFromNothing: true,
    inTree: false,
  })
})

test('the examples of a help text are its lines behind a dollar', () => {
  expect(examplesIn('Examples:\n    $ posture-stream a\n  Words:\n    $ posture-stream b | jq .\n')).toMatchObject([
    { text: 'posture-stream a' },
    { text: 'posture-stream b | jq .' },
  ])
})
