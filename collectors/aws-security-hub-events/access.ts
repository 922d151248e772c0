/** What must be granted, and what must be set up, in AWS. */
export const access = `
A policy for the role of \`roleArn\`, or for the identity that the pipeline runs with:

\`\`\`json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes"
      ],
      "Resource": "arn:aws:sqs:eu-west-1:111122223333:security-hub-findings"
    }
  ]
}
\`\`\`

A queue that is encrypted with a key of your own needs \`kms:Decrypt\` on that key too; and since EventBridge writes there,
the key's policy must allow \`events.amazonaws.com\` to use \`kms:Decrypt\` and \`kms:GenerateDataKey\`. With \`roleArn\`, the role
trusts the identity that the pipeline runs with (\`sts:AssumeRole\`, and the condition \`sts:ExternalId\` where \`externalId\` is set).

The rule, in every region that reports, or in the aggregation region alone: its event bus gets the events of all linked
regions, and in the administrator's account those of all members.

\`\`\`json
{
  "source": ["aws.securityhub"],
  "detail-type": ["Security Hub Findings - Imported", "Findings Imported V2"]
}
\`\`\`

Name the first for Security Hub CSPM (ASFF), the second for the new Security Hub (OCSF), both where you use both. The rule's
target is the queue, without an input transformer. What else arrives is counted and deleted, since a wrong rule must not fill
the dead letters.

The policy of the queue, by which the rule may write to it:

\`\`\`json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "Service": "events.amazonaws.com" },
      "Action": "sqs:SendMessage",
      "Resource": "arn:aws:sqs:eu-west-1:111122223333:security-hub-findings",
      "Condition": {
        "ArnEquals": { "aws:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/security-hub-findings" }
      }
    }
  ]
}
\`\`\`

Give the queue the longest retention, 14 days, so that an outage of ours costs nothing, and a redrive policy with a
\`maxReceiveCount\` of 20 or more: each restart in the middle of a message counts as one. A message that cannot be read does not
need it: it becomes a dead letter of the pipeline, untouched, and leaves the queue. The queue may be a FIFO queue (the target then names a
message group): within a group the order is kept.
`
