/**
 * Keeps requests to upstreams away from addresses inside the operator's network. A name is judged by
 * every address that it resolves to at the moment of connecting, so that neither a redirect nor a
 * name that changes its address gets around it. Literal addresses are judged apart: `lookup` is not
 * called for them. URLs are parsed by the WHATWG rules before, which turn `2130706433`, `0x7f.1` and
 * `⑫7.0.0.1` into dotted quads.
 */
import { lookup as resolveName, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { buildConnector } from 'undici'
import { isLoopbackUrl } from '../config-values.ts'

/**
 * `private` are loopback and local networks, for upstreams whose URL the operator wrote. `forbidden`
 * is everything else: link-local with the clouds' metadata services, multicast, tunnels, reserved.
 */
export type AddressKind = 'public' | 'private' | 'forbidden'

/** Which addresses may be reached: public ones only, or private ones as well. */
export type Reach = 'public' | 'private'

export class BlockedAddress extends Error {
  readonly address: string
  readonly kind: AddressKind

  constructor(address: string) {
    super(`The address ${address} may not be reached.`)
    this.address = address
    this.kind = addressKind(address)
  }
}

const privateRanges = new Set([
  'loopback',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
  'unspecified',
])

/** Metadata services outside the link-local range: Alibaba Cloud, and AWS over IPv6. */
const metadataServices = new Set(['100.100.100.200', 'fd00:ec2::254'])

/** `address` is a literal as sockets and resolvers state it; a zone id is ignored. */
export function addressKind(address: string): AddressKind {
  const literal = address.replace(/%.*$/, '')
  if (!ipaddr.isValid(literal)) return 'forbidden'
  const parsed = ipaddr.process(literal)
  if (metadataServices.has(parsed.toString())) return 'forbidden'
  const range = parsed.range()
  if (range !== 'unicast') return privateRanges.has(range) ? 'private' : 'forbidden'
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast, 3) ? 'public' : 'forbidden'
}

/** Of a URL whose host is a literal address or this machine; undefined = its name must be resolved. */
export function urlAddressKind(url: string): AddressKind | undefined {
  if (isLoopbackUrl(url)) return 'private'
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? ''
  return isIP(host) === 0 ? undefined : addressKind(host)
}

// Everything that is routed in IPv6; `::7f00:1` and its like lie outside and count as unicast.
const globalUnicast = ipaddr.IPv6.parse('2000::')

function mayReach(address: string, reach: Reach): boolean {
  const kind = addressKind(address)
  return kind === 'public' || kind === reach
}

export type ResolveName = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const resolveBySystem: ResolveName = (hostname, callback) =>
  resolveName(hostname, { all: true }, callback)

/** Calls back with `BlockedAddress` when any of the addresses may not be reached. */
function guardedLookup(reach: Reach, resolve: ResolveName): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(hostname, (error, addresses) => {
      const blocked = addresses?.find(({ address }) => !mayReach(address, reach))
      const [first] = addresses ?? []
      if (error) callback(error, '')
      else if (blocked) callback(new BlockedAddress(blocked.address), '')
      else if (all) callback(null, addresses)
      else callback(null, first?.address ?? '', first?.family)
    })
  }
}

/** A connector for undici's Agent. A connection that got through anyway is closed before it is used. */
export function createGuardedConnector(
  reach: Reach,
  connectTimeoutMs: number,
  resolve: ResolveName = resolveBySystem,
): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    timeout: connectTimeoutMs,
    lookup: guardedLookup(reach, resolve),
  })
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && !mayReach(host, reach)) return callback(new BlockedAddress(host), null)
    connect(options, (error, socket) => {
      if (error) return callback(error, null)
      const address = socket.remoteAddress ?? 'unknown'
      if (mayReach(address, reach)) return callback(null, socket)
      socket.destroy()
      callback(new BlockedAddress(address), null)
    })
  }
}
