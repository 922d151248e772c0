/** What must be granted, and what must be set up, in Azure. */
export const access = `
Two roles for the application of \`identity\`, or for the identity that the pipeline runs with:

| role | on |
|---|---|
| Azure Event Hubs Data Receiver | the hub (or its namespace) |
| Storage Blob Data Contributor | the container of \`checkpoints\` |

\`\`\`sh
az role assignment create --assignee "$PRINCIPAL" --role "Azure Event Hubs Data Receiver" \\
  --scope "$(az eventhubs eventhub show -g posture --namespace-name contoso -n defender --query id -o tsv)"
az role assignment create --assignee "$PRINCIPAL" --role "Storage Blob Data Contributor" \\
  --scope "$(az storage account show -g posture -n contosoposture --query id -o tsv)/blobServices/default/containers/checkpoints"
\`\`\`

A role takes some minutes until it holds. With a connection string instead: one of a policy of the hub that has Listen and
nothing else, which is all that it takes by either protocol.

\`\`\`sh
az eventhubs eventhub authorization-rule create -g posture --namespace-name contoso --eventhub-name defender \\
  -n posture-stream --rights Listen
\`\`\`

The hub, a consumer group that nothing else reads with, and the container:

\`\`\`sh
az eventhubs namespace create -g posture -n contoso --sku Standard
az eventhubs eventhub create -g posture --namespace-name contoso -n defender --partition-count 4 \\
  --cleanup-policy Delete --retention-time-in-hours 168
az eventhubs eventhub consumer-group create -g posture --namespace-name contoso --eventhub-name defender -n posture-stream
az storage account create -g posture -n contosoposture --sku Standard_ZRS --allow-blob-public-access false
az storage container create --account-name contosoposture -n checkpoints --auth-mode login
\`\`\`

Give the hub the longest retention that its tier has: an outage of ours that is shorter costs nothing. The Basic tier has no
consumer groups of one's own, and no Kafka. Turn versioning and soft delete of blobs off in that storage account: a checkpoint
is written with every batch, and each would be kept.

Continuous export, in every subscription (Defender for Cloud, Environment settings, the subscription, Continuous export, Event
hub), or for all at once by the policy "Deploy export to Event Hub for Microsoft Defender for Cloud alerts and recommendations":

- security recommendations, with findings included, and all severities;
- security alerts;
- regulatory compliance, by which recommendations get their standards;
- export frequency: streaming updates **and** snapshots. Streaming tells what changes, and never repeats what it said: the weekly
  snapshot brings what was missed. It is not taken for a change.

The policy that writes there needs Send on the hub; where the namespace lets in trusted services only, export as a trusted
service.
`
