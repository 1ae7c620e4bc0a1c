# Git and Node are all it needs: Helm and Kustomize are inside engines.wasm.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional --ignore-scripts
COPY . .
RUN npm run prepack && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends git ca-certificates openssh-client \
 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 \
    PLUMBLINE_STATE_DIR=/state PLUMBLINE_CONTROL_PLANE=directory:/control-plane
WORKDIR /app
COPY --from=build /build/package.json /build/app.yml /build/LICENSE ./
COPY --from=build /build/bin ./bin
COPY --from=build /build/dist ./dist
COPY --from=build /build/templates ./templates
COPY --from=build /build/engines/engines.wasm.br /build/engines/engines.json ./engines/
COPY --from=build /build/node_modules ./node_modules
RUN mkdir /state /control-plane && chown 65532:65532 /state
USER 65532:65532
VOLUME ["/state", "/tmp"]
EXPOSE 3000
# Run with a read-only root file system: only /state and /tmp are written.
ENTRYPOINT ["node", "bin/plumbline.mjs"]
CMD ["serve"]
