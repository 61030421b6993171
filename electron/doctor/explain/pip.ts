import { rules } from './rule.ts'

/** pip's words (20 to 25). */
export const pipRules = rules([
  ['pip-managed', /externally-managed-environment/],
  ['pip-hash', /DO NOT MATCH THE HASHES/],
  ['pip-scheme', /The index url "(?<value>[^"]*)" seems invalid/],
  ['pip-untrusted', /repository located at (?<host>\S+) is not a trusted or secure host/],
  ['pip-config', /Configuration file could not be loaded/],
  ['pip-python', /Requires-Python|requires a different Python|requires Python/],
  ['pip-login', /^User for (?<host>[^:\s]+)/],
  ['pip-page', /Skipping page (?<url>\S+) because/],
  [
    'pip-rights',
    /Could not install packages due to an (?:OSError|EnvironmentError): .*Permission denied|\[WinError 5\]/,
  ],
  ['pip-none', /No matching distribution found for (?<package>\S+)/, true],
])
