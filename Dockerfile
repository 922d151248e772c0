# syntax=docker/dockerfile:1
# One image for every stage: node runs the TypeScript as it is, so nothing is compiled.

FROM node:24.21.0-trixie-slim AS dependencies
WORKDIR /opt/posture-stream
COPY package.json package-lock.json ./
# No package that we ship has a script to run at its installation.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-trixie-slim
LABEL org.opencontainers.image.title="posture-stream" \
      org.opencontainers.image.description="Cloud security posture findings, made few, ranked and explained, delivered where people already work." \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /opt/posture-stream
# Volumes that are mounted here begin as these are: owned by the user that writes them.
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/posture-stream/enrichment /var/lib/posture-stream/findings
COPY --from=dependencies /opt/posture-stream/node_modules node_modules
COPY package.json LICENSE ./
COPY schemas schemas
COPY core core
COPY stream stream
COPY collectors collectors
COPY enrichment enrichment
COPY sinks sinks
COPY app app
USER 10001:10001
EXPOSE 9464
STOPSIGNAL SIGTERM
# Alive, not ready: whoever starts a sick container anew must not do so because a destination is down.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "require('node:http').get('http://127.0.0.1:9464/livez', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/posture-stream/app/cli.ts"]
CMD ["--help"]
