import { expect, test } from 'vitest'
import { matchesModule } from './patterns.ts'

test.each([
  ['corp.example.com', 'corp.example.com', true],
  ['corp.example.com', 'corp.example.com/team/mod', true],
  ['corp.example.com', 'corp.example.community/mod', false],
  ['*.corp.example.com', 'git.corp.example.com/mod', true],
  ['*.corp.example.com', 'corp.example.com/mod', false],
  ['github.com/org', 'github.com/other', false],
  ['a.b, github.com/org/ ', 'github.com/org/mod', true],
  ['github.com/org/*', 'github.com/org', false],
  ['git[12].example.com', 'git2.example.com/x', true],
  ['git?.example.com', 'git23.example.com/x', false],
  ['axb', 'a.b', false],
  ['a.b', 'axb', false],
  ['*', 'anything.example/x', true],
  ['[z-a]', 'z', false],
  ['', 'a.b', false],
])('%s names %s: %s', (patterns, path, named) => {
  expect(matchesModule(patterns, path)).toBe(named)
})
