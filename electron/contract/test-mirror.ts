import type { MirrorView } from './mirror.ts'

/** A mirror of which nothing is known but what a test says. */
export const aMirror = (known: Partial<MirrorView> = {}): MirrorView => ({
  id: 'a',
  target: 'go',
  name: { zh: 'a', en: 'a' },
  url: 'https://a.example',
  operator: null,
  country: null,
  protocols: ['https'],
  sync: null,
  limits: null,
  status: 'alive',
  since: null,
  source: 'test',
  date: '2026-11',
  own: false,
  ...known,
})
