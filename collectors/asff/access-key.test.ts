import { expect, test } from 'vitest'
import { accessKeyDiscriminator } from './access-key.ts'

const CHECK = 'iam_rotate_access_key_90_days'

test.each([
  ['User alice has not rotated access key 1 in over 90 days (123 days).', 'access-key-slot=1'],
  ['FAIL: iam_user_no_setup_initial_access_key on alice, access key 2', 'access-key-slot=2'],
  ['Access Key #2 of alice was never used.', 'access-key-slot=2'],
  ['Access key AKIAIOSFODNN7EXAMPLE in slot access key 1 is old.', 'access-key-id=AKIAIOSFODNN7EXAMPLE'],
  ['User alice does not have access keys older than 90 days.', ''],
  ['User alice has 2 active access keys.', ''],
  ['User alice has not rotated access key 1 and access key 2.', ''],
  ['User alice has not used access key 12 of 15.', ''],
  ['', ''],
])('%j', (sentence, expected) => {
  expect(accessKeyDiscriminator(CHECK, sentence)).toBe(expected)
})

test('a control about something else has none, whatever its sentence says', () => {
  expect(accessKeyDiscriminator('s3_bucket_public_access', 'Bucket access key 1 is public.')).toBe('')
})
