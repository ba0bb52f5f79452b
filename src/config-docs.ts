/** The settings as text: for `plumbline config`, the README's table and `.env.example`. */
import { settings, type Config, type Setting } from './config.ts'
import { Endpoint, formatBytes, formatDuration } from './config-values.ts'
import { hideCredentials } from './url-credentials.ts'

export interface SettingDescription {
  name: string
  /** As one would write it; undefined = not set. */
  default: string | undefined
  about: string
  secret: boolean
}

/** Names that are patterns: they stand for as many variables as there are upstreams and providers. */
const patterns: readonly SettingDescription[] = [
  {
    name: 'PLUMBLINE_UPSTREAM_<ID>_URL',
    default: undefined,
    about:
      "URL of one upstream instead of its own; loopback and private addresses are allowed for it. <ID> is the upstream's id in capitals with _ for -.",
    secret: false,
  },
  {
    name: 'PLUMBLINE_UPSTREAM_<ID>_SCHEDULE',
    default: undefined,
    about: 'When it is polled: 15m, 1h, 24h, … (10s at least) or cron of 5 or 6 fields, in UTC.',
    secret: false,
  },
  {
    name: 'PLUMBLINE_UPSTREAM_<ID>_ENABLED',
    default: undefined,
    about: 'true or false, whatever PLUMBLINE_UPSTREAMS says.',
    secret: false,
  },
  {
    name: 'PLUMBLINE_UPSTREAM_<ID>_KEY',
    default: undefined,
    about: "Key for one upstream instead of the provider's usual variable.",
    secret: true,
  },
  {
    name: '<PROVIDER>_API_KEY',
    default: undefined,
    about: "A provider's key under its usual name: OPENROUTER_API_KEY, OPENAI_API_KEY, …",
    secret: true,
  },
]

export function describeConfig(): SettingDescription[] {
  const rows = Object.values<Setting>(settings).map((setting) => ({
    name: setting.env,
    default: setting.default === '' ? undefined : setting.default,
    about: setting.about,
    secret: setting.secret ?? false,
  }))
  return [...rows, ...patterns]
}

/** Every setting commented out at its default, ready to be copied to `.env`. */
export function renderEnvExample(): string {
  const blocks = describeConfig().map((row) => {
    const example = row.name.replace('<ID>', 'OPENROUTER').replace('<PROVIDER>', 'OPENROUTER')
    const secret = row.secret ? ' Secret.' : ''
    return `${wrapComment(`${row.about}${secret}`)}\n# ${example}=${row.default ?? ''}\n`
  })
  const head = wrapComment(
    'Settings of Plumbline. Copy to .env and uncomment what you change; an empty value counts as not set.',
  )
  return [`${head}\n`, ...blocks].join('\n')
}

function wrapComment(text: string): string {
  const lines: string[] = ['#']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '#'
    if (line.length + word.length + 1 > 98) lines.push(`# ${word}`)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines.join('\n')
}

export function renderConfigTable(): string {
  const rows = describeConfig().map(
    (row) => `| \`${row.name}\` | ${row.default ? `\`${row.default}\`` : ''} | ${row.about} |`,
  )
  return ['| Variable | Default | Meaning |', '|---|---|---|', ...rows, ''].join('\n')
}

const redacted = '[redacted]'

/** What is in force, by environment name, with secrets as `[redacted]`; undefined = not set. */
export function effectiveConfig(config: Config): Record<string, string | undefined> {
  const effective: Record<string, string | undefined> = {}
  const values = new Map<string, unknown>(Object.entries(config))
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const value = values.get(name)
    effective[setting.env] = setting.secret && value !== undefined ? redacted : shown(name, value)
  }
  for (const envId of config.upstreamEnvIds)
    for (const [part, value] of Object.entries(config.upstreamSettings(envId)))
      effective[`PLUMBLINE_UPSTREAM_${envId}_${part.toUpperCase()}`] =
        part === 'key' ? redacted : shown(part, value)
  return effective
}

function shown(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && name.endsWith('Ms')) return formatDuration(value)
  if (typeof value === 'number' && name.endsWith('Bytes')) return formatBytes(value)
  if (Array.isArray(value)) return value.map(listMember).join(',')
  return typeof value === 'string' ? hideCredentials(value) : JSON.stringify(value)
}

function listMember(member: unknown): string {
  const endpoint = Endpoint.safeParse(member)
  return endpoint.success
    ? `${endpoint.data.id}=${hideCredentials(endpoint.data.url)}`
    : String(member)
}
