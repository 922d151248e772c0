import { join } from 'node:path'
import { PythonEnvironment } from './python-environment.ts'

/** The Python that moto runs on; it takes half a minute to make, longer on a busy machine. */
export const motoEnvironment = new PythonEnvironment({
  requirements: join(import.meta.dirname, 'requirements.txt'),
  cache: join(import.meta.dirname, '../../../node_modules/.cache/moto'),
})
