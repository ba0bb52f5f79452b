/**
 * Alibaba's models in China, priced in CNY. Its keys are not those of the international platform, though
 * their variable has the same name: so it is asked only where it is named, with
 * PLUMBLINE_UPSTREAM_ALIBABA_CN_KEY where both are.
 */
import { bearerKey } from './bearer-key.ts'
import { dashscopeEntries, dashscopeListing, dashscopePages } from './dashscope.ts'
import type { Upstream } from './upstream.ts'

export const alibabaCn = {
  id: 'alibaba-cn',
  title: 'Alibaba Model Studio (China)',
  docs: 'https://www.alibabacloud.com/help/en/model-studio/list-models',
  url: 'https://dashscope.aliyuncs.com/api/v1/models?language=en-US',
  key: bearerKey('DASHSCOPE_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'alibaba-cn',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 10,
  maxBytes: 16 * 2 ** 20,
  optIn: true,
  verified: false,
  pages: (url, fetchPage) => dashscopePages('alibaba-cn', url, fetchPage),
  entries: (page) => dashscopeEntries(page, 'alibaba-cn'),
  listing: (entry) => dashscopeListing(entry, 'CNY'),
} satisfies Upstream
