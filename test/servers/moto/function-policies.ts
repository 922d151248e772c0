import type { FaultyProxy } from '../faulty-proxy.ts'

interface Statement {
  readonly FunctionUrlAuthType?: string
  readonly InvokedViaFunctionUrl?: unknown
  readonly Condition?: object
}

/** Has the proxy answer policies of functions as AWS writes them: moto keeps what AddPermission was given, unlike AWS. */
export function asAwsWritesPolicies(proxy: FaultyProxy): void {
  proxy.alter(
    (answer) => {
      if (answer.status !== 200) return answer
      const { Policy, ...rest } = JSON.parse(answer.body.toString('utf8')) as { Policy: string }
      const policy = JSON.parse(Policy) as { Statement: readonly Statement[] }
      const Statement = policy.Statement.map(asAwsWrites)
      const written = { ...rest, Policy: JSON.stringify({ ...policy, Statement }) }
      return { ...answer, body: Buffer.from(JSON.stringify(written)) }
    },
    { method: 'GET', path: /\/functions\/[^/]+\/policy/ },
  )
}

/** What a permission is limited to is a condition of its statement. */
function asAwsWrites({ FunctionUrlAuthType, InvokedViaFunctionUrl, ...statement }: Statement): Statement {
  if (FunctionUrlAuthType !== undefined)
    return { ...statement, Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType } } }
  if (InvokedViaFunctionUrl !== undefined)
    return { ...statement, Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': String(InvokedViaFunctionUrl) } } }
  return statement
}
