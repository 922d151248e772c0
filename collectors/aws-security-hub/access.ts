/** What the collector may do in AWS, and no more, in Markdown. */
export const ACCESS = `
The identity that the pipeline runs with, or each role of \`accounts\`, has this policy:

\`\`\`json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["securityhub:GetFindings", "securityhub:DescribeHub"],
      "Resource": "*"
    }
  ]
}
\`\`\`

With \`api: v2\`, \`securityhub:GetFindings\` alone is enough: it allows GetFindingsV2 too.

With \`accounts\`, the identity that the pipeline runs with may assume the roles:

\`\`\`json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "sts:AssumeRole",
      "Resource": "arn:aws:iam::111122223333:role/posture-stream-reader"
    }
  ]
}
\`\`\`

and each role trusts that identity, by an external id where somebody else runs the pipeline:

\`\`\`json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::444455556666:role/posture-stream" },
      "Action": "sts:AssumeRole",
      "Condition": { "StringEquals": { "sts:ExternalId": "a value of your own" } }
    }
  ]
}
\`\`\`

One role in the administrator account, and the aggregation region, are enough for a whole organisation.
`
