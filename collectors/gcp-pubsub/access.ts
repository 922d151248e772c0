/** What must be granted, and what must be set up, in Google Cloud. */
export const access = `
For the identity that the pipeline runs with, on the subscription and nowhere else:

\`\`\`sh
gcloud pubsub subscriptions add-iam-policy-binding posture-stream --project acme-security \\
  --member serviceAccount:posture-stream@acme-security.iam.gserviceaccount.com --role roles/pubsub.subscriber
\`\`\`

That role may read and not look (\`pubsub.subscriptions.consume\` without \`pubsub.subscriptions.get\`). With
\`roles/pubsub.viewer\` on the subscription too, \`posture-stream check\` says what would be lost there: an expiration, a short
retention, a filter, too few attempts.

The topic, the subscription, and the configuration by which Security Command Center writes there:

\`\`\`sh
gcloud pubsub topics create scc --project acme-security
gcloud pubsub subscriptions create posture-stream --project acme-security --topic scc \\
  --expiration-period never --message-retention-duration 31d --ack-deadline 60
gcloud scc notifications create posture-stream --organization 1234567890 --location global \\
  --pubsub-topic projects/acme-security/topics/scc --filter ''
\`\`\`

Who creates the configuration needs \`roles/securitycenter.notificationConfigEditor\` in the organization (\`--folder\` and
\`--project\` exist as well), and \`pubsub.topics.setIamPolicy\` on the topic. What was created names a \`serviceAccount\`: it needs
\`roles/pubsub.publisher\` on the topic. With data residency there is one configuration per location.

Do not filter by \`state\` or \`mute\`: a finding is closed by the message that says INACTIVE, and unmuted by the one that
says so. A filter by severity loses the message of a finding whose severity falls.

- Expiration: without \`never\`, Pub/Sub deletes a subscription that nobody read for 31 days, and what waits in it.
- Retention: 7 days unless told. The longest is 31 days; Google charges for what waits longer than one.
- Dead-letter topic: not needed. A message that cannot be read becomes a dead letter of the pipeline, with its bytes, and is
  acknowledged. Where your rules ask for one, allow 20 delivery attempts or more: each restart in the middle of a message counts
  as one.
- Exactly-once delivery and ordering are kept to where they are on, and needed by nothing: a message that comes again changes
  nothing, and findings end right whatever the order.
`
