/** Does `work` for each of `list` in order, `count` at a time. The first that fails is thrown when all are over. */
export async function atOnce<T>(count: number, list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = list.values()
  const workers = Array.from({ length: count }, async () => {
    for (const one of left) await work(one)
  })
  for (const outcome of await Promise.allSettled(workers)) if (outcome.status === 'rejected') throw outcome.reason
}
