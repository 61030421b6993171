import { expect, test } from 'vitest'
import { openText } from '../../cli/text.ts'
import { OUT_REASONS, raceEntrySchema } from '../../contract/mirror.ts'

test.each(['en', 'zh-CN'] as const)('%s: every reason and every word of a mirror has its sentence', async (lang) => {
  const text = await openText(lang)
  const { speed, fresh, safe } = raceEntrySchema.shape
  const keys = [
    ...OUT_REASONS.map((reason) => `out.${reason}`),
    ...[...speed.unwrap().options, 'unknown'].map((word) => `words.speed.${word}`),
    ...fresh.options.map((word) => `words.fresh.${word}`),
    ...safe.options.map((word) => `words.safe.${word}`),
    ...['authority', 'official', 'majority', 'undecided', 'older', 'stale', 'recent', 'mixed'].map(
      (verdict) => `conflict.${verdict}`,
    ),
  ]
  const said = keys.map((key) => text.say(`mirror:${key}`))
  expect(said.filter((sentence, at) => sentence === keys[at])).toEqual([])
  expect(new Set(said).size).toBe(keys.length)
})
