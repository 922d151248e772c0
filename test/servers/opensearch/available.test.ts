import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSearchAvailability, whyNoOwnNode } from './available.ts'
import { findJdk, jdkHomes } from './jdk.ts'

/** The home of a JDK that says so. */
function jdkOf(version: string): string {
  const home = mkdtempSync(join(tmpdir(), 'posture-stream-jdk-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  mkdirSync(join(home, 'bin'))
  const java = `#!/bin/sh\necho 'openjdk version "${version}" 2026-04-21' >&2\n`
  writeFileSync(join(home, 'bin/java'), java, { mode: 0o755 })
  writeFileSync(join(home, 'bin/javac'), '', { mode: 0o755 })
  return home
}

test('a given server is taken as it is for the usual version, and no node is started beside it', () => {
  const environment = { OPENSEARCH_URL: 'http://one:9200/', OPENSEARCH_REQUIRED: '1' }
  expect(openSearchAvailability('2.19.6', environment)).toEqual({ from: 'environment', url: 'http://one:9200' })
  expect(openSearchAvailability('3.6.0', environment)).toMatchObject({ from: 'nowhere' })
  expect(whyNoOwnNode('2.19.6', environment)).toContain('OPENSEARCH_URL')
})

test('a machine without a JDK says what to install, and fails where that version is required', () => {
  const why = (required?: string) => whyNoOwnNode('3.6.0', { PATH: '', OPENSEARCH_REQUIRED: required }, [])
  expect(why()).toMatch(/^no OpenSearch 3\.6\.0: install a JDK 21 or newer/)
  expect(why('2.19.6')).toBe(why())
  expect(() => why('3.6.0')).toThrow('install a JDK 21')
  expect(() => why('1')).toThrow('install a JDK 21')
})

test('the first JDK that is new enough is taken', () => {
  const [old, good, newer] = [jdkOf('17.0.15'), jdkOf('21'), jdkOf('25.0.3')]
  expect(findJdk(21, [old, good, newer], {})).toMatchObject({ home: good, version: '21', major: 21 })
  expect(findJdk(21, [old], {})).toContain(`${old}: openjdk version "17.0.15"`)
})

test('the JDK of JAVA_HOME comes before that of PATH', () => {
  const [first, second] = [jdkOf('25'), jdkOf('21')]
  const homes = jdkHomes({ JAVA_HOME: first, PATH: `/nowhere:${join(second, 'bin')}` })
  expect(homes.slice(0, 2)).toEqual([first, second])
})
