# One image for every service; the command says which (docker-compose.yml).
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# optional packages are the binaries of test servers and linters
RUN npm ci --ignore-scripts --omit=optional
COPY tsconfig.json vitest.config.ts ./
COPY apps apps
COPY libs libs
COPY tools tools
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts && rm -rf dist/tools

FROM node:24-slim
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
# Node does not reap children or forward signals as process 1.
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "dist/apps/loader/src/main.js"]
