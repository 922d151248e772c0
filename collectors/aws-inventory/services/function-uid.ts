/** A function's uid: its ARN without the version or alias that may follow the name. */
export function functionUid(arn: string): string {
  return arn.split(':').slice(0, 7).join(':')
}
