#!/bin/bash
# Starts OpenSearch with our users in place of those that its image brings along, whose passwords everybody knows.
# The argument is the folder of their passwords.
set -euo pipefail

hash_of() {
  PASSWORD=$(< "$secrets/$1") bash plugins/opensearch-security/tools/hash.sh -env PASSWORD | grep -o '\$2[aby]\$.*'
}

secrets=$1
admin=$(hash_of opensearch-admin-password)
pipeline=$(hash_of opensearch-password)
dashboards=$(hash_of opensearch-dashboards-password)
cat > config/opensearch-security/internal_users.yml << END
_meta: { type: internalusers, config_version: 2 }
admin: { hash: "$admin", backend_roles: [admin], description: "For people, and to install" }
kibanaserver: { hash: "$dashboards", description: "Dashboards itself" }
posture-stream: { hash: "$pipeline", description: "The pipeline: it writes findings" }
END
exec ./opensearch-docker-entrypoint.sh opensearch
