// PM2 (https://pm2.keymetrics.io): `pm2 start ecosystem.config.cjs`, as many workers as WORKERS says.
// DATABASE_URL, REDIS_URL and the keys come from the environment or from .env in this folder.
// Paths are absolute, so that it does not matter where pm2 is called; PM2 gives each instance its
// NODE_APP_INSTANCE, from which a worker derives the port of its metrics.
const { join } = require('node:path')

/** Above SHUTDOWN_TIMEOUT (30s): PM2 kills what has not ended by then. */
const killTimeoutMs = 40_000

const common = {
  script: join(__dirname, 'src/cli.ts'),
  cwd: __dirname,
  // The Node that comes with the project: an older one cannot run TypeScript.
  interpreter: join(__dirname, 'node_modules/.bin/node'),
  // As in the first line of src/cli.ts: a collector that works a little more for a third less memory.
  node_args: '--max-semi-space-size=8 --max-old-space-size=768',
  // Cluster mode would share one port between metrics that belong to different processes.
  exec_mode: 'fork',
  wait_ready: true,
  listen_timeout: 30_000,
  kill_timeout: killTimeoutMs,
  exp_backoff_restart_delay: 200,
  max_memory_restart: '1G',
  merge_logs: true,
  // Log lines carry their own time.
  time: false,
}

module.exports = {
  apps: [
    { ...common, name: 'plumbline-api', args: 'api' },
    {
      ...common,
      name: 'plumbline-worker',
      args: 'worker',
      instances: Number(process.env.WORKERS || 2),
    },
  ],
}
