#!/bin/sh
# Makes what docker-compose.yml keeps secret, as files in deploy/compose/secrets:
#   sh deploy/compose/make-secrets.sh
# What is there already stays. It needs openssl.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
cd secrets

# Containers run as users of their own, so they may read the files; nobody else on this machine enters the folder.
keep() {
  chmod 0444 "$1.new"
  mv "$1.new" "$1"
}

password() {
  [ -s "$1" ] && return
  openssl rand -hex 24 > "$1.new"
  keep "$1"
}

password opensearch-admin-password
password opensearch-password
password opensearch-dashboards-password
password grafana-admin-password

# OpenSearch's security plugin starts with no less than a certificate for its transport, which one node alone does not use.
if ! [ -s opensearch-transport.pem ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=opensearch \
    -keyout opensearch-transport-key.pem.new -out opensearch-transport.pem.new 2> /dev/null
  keep opensearch-transport-key.pem
  keep opensearch-transport.pem
fi

# Dashboards takes its password from its configuration alone.
if ! [ -s opensearch-dashboards.yml ]; then
  cat > opensearch-dashboards.yml.new << END
server.host: 0.0.0.0
opensearch.hosts: ["http://opensearch:9200"]
opensearch.username: kibanaserver
opensearch.password: "$(cat opensearch-dashboards-password)"
opensearch.requestHeadersAllowlist: [authorization, securitytenant]
opensearch_security.multitenancy.enabled: true
opensearch_security.multitenancy.tenants.preferred: [Global, Private]
opensearch_security.cookie.password: "$(openssl rand -hex 24)"
opensearch_security.cookie.secure: false
END
  keep opensearch-dashboards.yml
fi
