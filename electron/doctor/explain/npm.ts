import { rules } from './rule.ts'

/** npm's codes (10 and 11; older ones print `npm ERR!` before the same codes). */
export const npmRules = rules([
  ['npm-integrity', /code EINTEGRITY/],
  ['npm-rights', /code EACCES|code EPERM/],
  ['npm-peer', /code ERESOLVE/],
  ['npm-no-version', /No matching version found for (?<package>\S+?)\.?$|code ETARGET/],
  ['npm-engine', /code EBADENGINE|Unsupported engine/],
  ['npm-json', /code EJSONPARSE/],
  [
    'npm-lock',
    /can only install with an existing package-lock\.json|package\.json and package-lock\.json.*(?:not )?in sync/,
  ],
  ['npm-no-package', /Could not read package\.json/],
  ['npm-script', /Missing script: "(?<script>[^"]+)"/],
  ['npm-registry-form', /invalid config registry="(?<value>[^"]*)"|code ERR_INVALID_URL/],
  ['npm-offline', /code ENOTCACHED/],
  ['npm-cert-file', /error loading cafile|Warning: Ignoring extra certs from/],
  ['npm-not-found', /code E404/],
])
