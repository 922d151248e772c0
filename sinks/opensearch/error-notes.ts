import type { ErrorNotes } from '../../core/errors.ts'

/** What the codes of the sink and of `posture-stream opensearch` mean. */
export const openSearchErrors: ErrorNotes = {
  OPENSEARCH_NODE: 'an entry of nodes is no address; write for example https://search.example.com:9200',
  OPENSEARCH_NO_CREDENTIALS:
    'no credentials could be had to sign requests with; the message says where they were looked for',
  OPENSEARCH_NO_HISTORY: 'a serverless collection has no data streams; leave history out',
  OPENSEARCH_NODE_UNKNOWN: 'the name of a node is not known; check nodes',
  OPENSEARCH_UNREACHABLE: 'no connection to a node; the sink waits for it',
  OPENSEARCH_TLS: 'the encrypted connection fails; check the authority and the certificate under tls',
  OPENSEARCH_CONNECTION_BROKEN: 'a connection broke in use; what it carried is sent again',
  OPENSEARCH_STALLED: 'the cluster gave no whole answer in time; it is sent again, and may be late because of its load',
  OPENSEARCH_REDIRECTED: 'something on the way redirects requests; name the address that it leads to',
  OPENSEARCH_ANSWER_UNREADABLE: 'something else than OpenSearch answered; check nodes and what stands between',
  OPENSEARCH_UNAUTHENTICATED: 'the cluster does not take the credentials; check auth',
  OPENSEARCH_FORBIDDEN: 'the role lacks a right; grant what "posture-stream describe opensearch" prints',
  OPENSEARCH_NOT_FOUND:
    'the address is no cluster, or the index is missing; check nodes, then: posture-stream opensearch install',
  OPENSEARCH_NOT_SUPPORTED: 'the cluster does not understand a request; OpenSearch 2.19 or newer is needed',
  OPENSEARCH_BUSY: 'the cluster has too much to do and asks for a pause; the sink waits',
  OPENSEARCH_UNAVAILABLE: 'the cluster, or what stands before it, fails; the sink waits',
  OPENSEARCH_DISK_FULL: 'a disk of the cluster is above its flood stage; give it space',
  OPENSEARCH_BLOCKED: 'the index or the cluster is blocked for writes; lift the block if it does not pass',
  OPENSEARCH_INDEX_MISSING: 'the index or the data stream is missing; run: posture-stream opensearch install',
  OPENSEARCH_INDEX_UNFIT:
    'what stands under the name is not what the sink needs; the message says what; posture-stream opensearch plan shows the rest',
  OPENSEARCH_REQUEST_TOO_LARGE: 'a request was larger than the cluster takes at once; it is halved until it fits',
  OPENSEARCH_REQUEST_REFUSED:
    'a whole request was refused; the batch is halved until the finding that causes it stands alone',
  OPENSEARCH_DOCUMENT_TOO_LARGE:
    'a finding alone is larger than the cluster takes; leave attributes out with omit, or raise http.max_content_length',
  OPENSEARCH_DOCUMENT_REFUSED:
    'the cluster refuses one document; the message holds its reason; compare the index with: posture-stream opensearch check',
  OPENSEARCH_ITEM_FAILED: 'one document could not be written for now; it is tried again',
  OPENSEARCH_REFUSED: 'a request of plan, install or check was refused; the message holds the reason of the cluster',
  OPENSEARCH_COPY_FAILED: 'the copy into a new index failed, and the old one still serves; run install again',
  OPENSEARCH_COPY_LOST: 'the index that was being copied is gone; send everything again as the message says',
  OPENSEARCH_ALIAS_MOVED: 'somebody moved the alias while it was copied; look at it and run install again',
}
