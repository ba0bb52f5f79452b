/** Alibaba's models outside China, priced in USD. */
import { bearerKey } from './bearer-key.ts'
import { dashscopeEntries, dashscopeListing, dashscopePages } from './dashscope.ts'
import type { Upstream } from './upstream.ts'

export const alibaba = {
  id: 'alibaba',
  title: 'Alibaba Model Studio',
  docs: 'https://www.alibabacloud.com/help/en/model-studio/list-models',
  url: 'https://dashscope-intl.aliyuncs.com/api/v1/models?language=en-US',
  key: bearerKey('DASHSCOPE_API_KEY', { required: true }),
  adapterVersion: 1,
  schedule: '1h',
  provider: 'alibaba',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 10,
  maxBytes: 16 * 2 ** 20,
  verified: false,
  pages: (url, fetchPage) => dashscopePages('alibaba', url, fetchPage),
  entries: (page) => dashscopeEntries(page, 'alibaba'),
  listing: (entry) => dashscopeListing(entry, 'USD'),
} satisfies Upstream
