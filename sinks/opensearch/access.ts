/**
 * The least that the sink needs. The names of the actions are those of the security plugin of 2.19 and 3.6: a bulk request is
 * checked once for the cluster, and for every index as `bulk[s]` and as what its items do, of which ours only `index`.
 */
export const access = `A role of OpenSearch's security plugin (\`PUT _plugins/_security/api/roles/posture-stream\`), to be mapped to the user of \`auth\`:

\`\`\`json
{
  "cluster_permissions": ["indices:data/write/bulk"],
  "index_permissions": [
    {
      "index_patterns": ["posture-findings", "posture-findings-0*"],
      "allowed_actions": ["indices:data/write/bulk[s]", "indices:data/write/index", "indices:admin/get"]
    },
    {
      "index_patterns": ["posture-findings-history", ".ds-posture-findings-history-*"],
      "allowed_actions": [
        "indices:data/write/bulk[s]",
        "indices:data/write/index",
        "indices:admin/get",
        "indices:admin/data_stream/get"
      ]
    }
  ]
}
\`\`\`

With other names in \`index\` and \`history.dataStream\`, put them here too; without \`history\`, leave the second block out. The role
cannot read findings, create or delete an index, nor change a mapping: \`posture-stream opensearch install\` does that, with an
administrator's credentials.

On Amazon OpenSearch Service with \`auth.sigv4\`, the identity needs \`es:ESHttpGet\` and \`es:ESHttpPost\` on the domain (with
fine-grained access control also the role above). A serverless collection must be of the type "search", has no history, and needs
\`aoss:APIAccessAll\` on the collection and a data access policy with \`aoss:DescribeIndex\` and \`aoss:WriteDocument\` on
\`posture-findings*\`; whether it takes external versions was not tried.
`
