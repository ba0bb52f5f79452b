/** Base URLs as SDKs take them, with the version and without `/models`. */

/** "http://gpu1:8000/v1" → "http://gpu1:8000/v1/models"; a URL that ends so already stays as it is. */
export function modelsUrl(base: string): string {
  const url = new URL(base)
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = path.endsWith('/models') ? path : `${path}/models`
  return url.href
}
