/** What AWS grants, in Markdown. */
export const ACCESS = `One role in each account of \`destinations\`, with this policy (replace the account; \`aws\` is \`aws-cn\` in China and \`aws-us-gov\` in GovCloud):

\`\`\`json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ImportFindings",
      "Effect": "Allow",
      "Action": "securityhub:BatchImportFindings",
      "Resource": "arn:aws:securityhub:*:111122223333:product/111122223333/default"
    },
    {
      "Sid": "UpdateFindingsThatCameFromSecurityHub",
      "Effect": "Allow",
      "Action": ["securityhub:DescribeHub", "securityhub:GetFindings", "securityhub:BatchUpdateFindings"],
      "Resource": "*"
    }
  ]
}
\`\`\`

Where no finding came from Security Hub, \`securityhub:DescribeHub\` is enough in the second statement. AWS can hold the updates to
single fields, by conditions on \`securityhub:ASFFSyntaxPath/Workflow.Status\` and the like: the sink writes UserDefinedFields,
with \`note\` also Note, and with \`workflow\` also Workflow.

The trust policy of the role, for whoever runs posture-stream (here a role of another account), with the \`externalId\` of the
destination:

\`\`\`json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::444455556666:role/posture-stream-runner" },
      "Action": "sts:AssumeRole",
      "Condition": { "StringEquals": { "sts:ExternalId": "the externalId of the destination" } }
    }
  ]
}
\`\`\`

The runner's own role needs \`sts:AssumeRole\` on each of these roles. For the account it runs in it needs no other role: leave
\`roleArn\` out, and give it the policy above.
`
