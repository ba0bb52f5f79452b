# syntax=docker/dockerfile:1
# One image for every process: `docker run … plumbline api`, `worker`, `migrate`, `refresh --wait`, …
FROM node:24-slim AS build
WORKDIR /app
# Prisma's native engine is not needed: neither to generate the client nor at run time.
ENV PRISMA_SCHEMA_ENGINE_BINARY=/bin/true CHECKPOINT_DISABLE=1
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY setup.mjs prisma.config.ts ./
COPY prisma prisma
RUN node setup.mjs --generate && npm prune --omit=dev --no-audit --no-fund
COPY src src

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app /app
USER node
EXPOSE 8080 9464
# Node itself is process 1, so that SIGTERM reaches it; it runs TypeScript as it is.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--max-old-space-size=768", "/app/src/cli.ts"]
CMD ["api"]
