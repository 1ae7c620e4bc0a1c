# Git and Node are all it needs: Helm and Kustomize are inside engines.wasm. The same Node as `optionalDependencies`.
ARG NODE=node:24.21.0-bookworm-slim

FROM ${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional --ignore-scripts
COPY . .
RUN npm run prepack && npm prune --omit=dev --omit=optional --ignore-scripts

FROM ${NODE}
# tini takes in what a Git process that was ended leaves behind; ssh refuses to run for a user that has no name.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git openssh-client tini \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 65532 plumbline \
 && useradd --uid 65532 --gid 65532 --home-dir /state --no-create-home --shell /usr/sbin/nologin plumbline \
 && install --directory --owner=65532 --group=65532 --mode=0700 /state \
 && install --directory /control-plane
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 \
    PLUMBLINE_STATE_DIR=/state PLUMBLINE_CONTROL_PLANE=directory:/control-plane
WORKDIR /app
COPY --from=build /build/package.json /build/app.yml /build/LICENSE ./
COPY --from=build /build/bin ./bin
COPY --from=build /build/dist ./dist
COPY --from=build /build/templates ./templates
COPY --from=build /build/engines ./engines
COPY --from=build /build/node_modules ./node_modules
USER 65532:65532
# Run with a read-only root file system: only /state and /tmp are written.
VOLUME ["/state", "/tmp"]
EXPOSE 3000
# Kubernetes asks /healthz and /readyz by itself; this is for whoever runs the container without it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "bin/plumbline.mjs"]
CMD ["serve"]
