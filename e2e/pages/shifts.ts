import type { Page } from '@playwright/test'

type Shift = PerformanceEntry & {
  value: number
  sources: readonly { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[]
}

/**
 * How much has jumped on a page since it was loaded (web.dev, "Cumulative Layout Shift"), and what: 0 is nothing. What
 * arrives within half a second from now counts as well.
 */
export const shiftsOf = (page: Page): Promise<{ sum: number; moved: readonly string[] }> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const isShift = (entry: PerformanceEntry): entry is Shift => 'value' in entry && 'sources' in entry
        const moved: string[] = []
        let sum = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries().filter(isShift)) {
            sum += entry.value
            for (const { node, previousRect: from, currentRect: to } of entry.sources) {
              const what = node instanceof Element ? `${node.tagName}.${node.className}` : (node?.textContent ?? '')
              moved.push(`${entry.startTime.toFixed(0)} ms: ${what}: ${from.y}+${from.height} to ${to.y}+${to.height}`)
            }
          }
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve({ sum, moved }), 500)
      }),
  )
