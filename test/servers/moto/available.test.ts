import { expect, test } from 'vitest'
import { whyNoMoto } from './available.ts'
import { NotToBeHadError } from './python-environment.ts'

const made = { missing: () => [], make: () => Promise.resolve() }
const withoutPython = { ...made, missing: () => ['install Python 3 with venv (no python3 in PATH)'] }
const offline = { ...made, make: () => Promise.reject(new NotToBeHadError('make the index reachable')) }

test('a machine without Python, or without packages, says what it lacks, and fails where moto is required', async () => {
  expect(await whyNoMoto({}, withoutPython)).toBe('no moto: install Python 3 with venv (no python3 in PATH)')
  expect(await whyNoMoto({}, offline)).toBe('no moto: make the index reachable')
  await expect(whyNoMoto({ MOTO_REQUIRED: '1' }, withoutPython)).rejects.toThrow('install Python 3')
  await expect(whyNoMoto({ MOTO_REQUIRED: '1' }, offline)).rejects.toThrow('make the index reachable')
})

test('nothing is missing where its Python is, or can be made', async () => {
  expect(await whyNoMoto({ MOTO_REQUIRED: '1' }, made)).toBeUndefined()
})

test('a Python that breaks while it is made is a failure, not a reason to skip', async () => {
  const broken = { ...made, make: () => Promise.reject(new Error('pip could not install it')) }
  await expect(whyNoMoto({}, broken)).rejects.toThrow('pip could not install it')
})
