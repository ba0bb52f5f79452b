/** What an audience is told of a notice. Pure. */
import type { Audience } from '../../catalog/model-filter.ts'
import type { NoticeEvent } from '../../events/events.ts'

/** Of a notice to others than admins, which upstream it is about. */
type BriefNotice = Omit<NoticeEvent, 'data'> & { data: { upstream: string } }
export type ToldNotice = NoticeEvent | BriefNotice

/**
 * Models, values and messages are for admins: a held model may be one that the others must not know
 * of, and a message may name a host. Who asks for one provider is told of its holds only, which the
 * others are not told apart. Undefined: nothing.
 */
export function tellNotice(
  notice: NoticeEvent,
  { audience, provider }: { audience: Audience; provider: string | undefined },
): ToldNotice | undefined {
  const { data } = notice
  if (audience === 'all') {
    const about = 'provider' in data ? data.provider : undefined
    return provider === undefined || provider === about ? notice : undefined
  }
  if (provider !== undefined) return undefined
  const { upstream } = data
  return { ...notice, subject: upstream, data: { upstream } }
}
