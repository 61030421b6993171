import type { X509Certificate } from 'node:crypto'
import { calledBy } from './describe.ts'

/** Programs and devices that open connections and sign them anew, by what their authorities are called. */
const KNOWN =
  /\b(Fortinet|FortiGate|Zscaler|Blue ?Coat|ProxySG|Palo Alto|Sophos|WatchGuard|Check ?Point|SonicWall|Sangfor|NSFOCUS|Hillstone|Topsec|Netskope|Forcepoint|Websense|iboss|Barracuda|McAfee|Trellix|Cisco (Umbrella|Secure)|OpenDNS|ContentKeeper|Lightspeed|Securly|GoGuardian|Kaspersky|avast!?|AVG|ESET SSL|Bitdefender|Dr\.?Web|AdGuard|Qihoo|360 (Safe|Total)|Tencent PC|Charles Proxy|mitmproxy|Fiddler|DO_NOT_TRUST|PortSwigger|Burp|Proxyman|whistle|AnyProxy|Surge|Reqable|Superfish|eDellRoot|Squid|SSL (Inspection|Filter|Visibility|Interception)|Web (Gateway|Shield|Filter))\b|深信服|奇安信|绿盟|天融信/i

/** The name of an authority that opens connections, where one has signed what was sent; null: none that is known. */
export function interceptorIn(sent: readonly X509Certificate[]): string | null {
  const by = sent.find(({ issuer }) => KNOWN.test(issuer))
  return by === undefined ? null : calledBy(by.issuer)
}
