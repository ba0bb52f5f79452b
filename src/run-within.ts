/** Whether the work succeeded within the limit. What fails or comes too late is let go in silence. */
export async function runWithin(limitMs: number, work: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, limitMs, false)
  })
  const done = work().then(
    () => true,
    () => false,
  )
  const succeeded = await Promise.race([done, late])
  clearTimeout(timer)
  return succeeded
}
