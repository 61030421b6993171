import { rules } from './rule.ts'

/** apt's and dpkg's words (2.0 to 2.9). */
export const aptRules = rules([
  ['apt-rights', /are you root\?|Could not open lock file .*Permission denied/],
  ['apt-lock', /Could not get lock (?<path>\S+?)\.?(?: |$)|Unable to acquire the dpkg frontend lock/],
  ['apt-dpkg', /dpkg was interrupted, you must manually run/],
  ['apt-malformed', /Malformed (?:entry|line|stanza) (?<line>\d+) in (?:list|sources?|source list) file (?<path>\S+)/],
  ['apt-type', /Type '(?<type>[^']*)' is not known on (?:line|stanza) (?<line>\d+) in source list (?<path>\S+)/],
  ['apt-signed-by', /Conflicting values set for option Signed-By/],
  ['apt-key-missing', /NO_PUBKEY (?<key>[0-9A-F]+)/],
  ['apt-key-expired', /EXPKEYSIG (?<key>[0-9A-F]+)/],
  ['apt-bad-signature', /BADSIG (?<key>[0-9A-F]+)/],
  ['apt-release-old', /Release file for (?<url>\S+) is expired/],
  ['apt-release-early', /Release file for (?<url>\S+) is not valid yet/],
  ['apt-changed', /changed its '(?<field>[^']+)' value from/],
  ['apt-hash', /Hash Sum mismatch|File has unexpected size/],
  ['apt-no-release', /The repository '(?<repository>[^']+)' (?:does not have|no longer has) a Release file/],
  ['apt-unmet', /have unmet dependencies|you have held broken packages/],
  [
    'apt-unknown-package',
    /Unable to locate package (?<package>\S+)|Package '?(?<name>[\w.+-]+)'? has no installation candidate/,
  ],
  ['apt-not-signed', /The repository '(?<repository>[^']+)' is not signed/, true],
])
