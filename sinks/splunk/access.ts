/** What Splunk's administrator grants, in Markdown. */
export const ACCESS = `One HEC token (Settings > Data inputs > HTTP Event Collector > New Token), and nothing else: no user, no role.

| setting of the token | value |
|---|---|
| Source type | Automatic; each event names its own (\`ocsf:<class>\`) |
| Allowed indexes | the one index of this sink, which must exist |
| Default index | the same |
| Enable indexer acknowledgement | only with \`acknowledge\` in this sink; Splunk Enterprise only |

The same as a file, on Splunk Enterprise (\`inputs.conf\` of the app \`splunk_httpinput\`):

\`\`\`ini
[http://posture-stream]
disabled = 0
token = <a new GUID>
index = posture
indexes = posture
useACK = 0
\`\`\`

With \`useACK = 1\` every request needs a channel: this sink sends one when \`acknowledge\` is set, and \`check\` says so when the two do not agree.
`
