import { rules } from './rule.ts'

/** What every tool that fetches something may meet, in the words of Go, Node, libapt and Python. */
export const networkRules = rules([
  ['proxy-auth', /Proxy Authentication Required|npm (?:error|ERR!) code E407|\b407 {2}Proxy/],
  [
    'proxy-dead',
    /proxyconnect tcp: .*(?:connection refused|actively refused|no such host|timeout)|ProxyError\('(?:Cannot|Unable to) connect to proxy/,
  ],
  [
    'refused-local',
    /(?:connect ECONNREFUSED|dial tcp|connect to) (?<host>(?:127\.0\.0\.1|\[?::1\]?|localhost):\d+)(?:: connect(?:ex)?: (?:connection refused|No connection could be made)| \(127|$)/,
  ],
  ['refused-local', /HTTPS?ConnectionPool\(host='(?<host>localhost|127\.0\.0\.1)'.*(?:Errno 111|WinError 10061)/],
  [
    'refused',
    /dial tcp (?<host>[^ ]+:\d+): connect(?:ex)?: (?:connection refused|No connection could be made)|connect ECONNREFUSED (?<peer>[^ ]+)|Could not connect to (?<server>[^ ]+) .*111: Connection refused|Errno 111\] Connection refused|WinError 10061/,
  ],
  [
    'dns-down',
    /lookup (?<host>[^ ]+)(?: on [^ ]+)?: (?:server misbehaving|Temporary failure in name resolution|.*i\/o timeout)|getaddrinfo EAI_AGAIN (?<name>[^ ]+)|Temporary failure (?:in name resolution|resolving '(?<server>[^']+)')/,
  ],
  [
    'dns',
    /lookup (?<host>[^ ]+)(?: on [^ ]+)?: (?:no such host|No address associated)|getaddrinfo ENOTFOUND (?<name>[^ ]+)|Could not resolve '(?<server>[^']+)'|Name or service not known|getaddrinfow: No such host|WinError 11001/,
  ],
  [
    'tls-expired',
    /certificate has expired or is not yet valid: current time (?<now>[^ ]+) is after (?<until>[^ ]+)|code CERT_HAS_EXPIRED|certificate verify failed: certificate has expired|chain uses expired certificate/,
  ],
  [
    'tls-not-yet',
    /certificate has expired or is not yet valid: current time (?<now>[^ ]+) is before (?<from>[^ ]+)|code CERT_NOT_YET_VALID|certificate is not yet valid|chain uses not yet valid certificate/,
  ],
  [
    'tls-name',
    /certificate is valid for (?<names>.+), not (?<host>[^ ]+)|ERR_TLS_CERT_ALTNAME_INVALID|doesn't match '(?<other>[^']+)'|Hostname mismatch|name in the certificate does not match|certificate is not valid for any names/,
  ],
  ['tls-self-signed', /DEPTH_ZERO_SELF_SIGNED_CERT|certificate verify failed: self[- ]signed certificate \(/],
  [
    'tls-unknown',
    /x509: certificate signed by unknown authority|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT|SELF_SIGNED_CERT_IN_CHAIN|unable to get local issuer certificate|self[- ]signed certificate in certificate chain|certificate issuer is unknown|SEC_E_UNTRUSTED_ROOT/,
  ],
  [
    'tls-plain',
    /first record does not look like a TLS handshake|server gave HTTP response to HTTPS client|wrong version number|WRONG_VERSION_NUMBER|unexpected TLS packet was received/,
  ],
  [
    'tls-handshake',
    /TLS handshake timeout|remote error: tls: handshake failure|sslv3 alert handshake failure|ERR_SSL_TLSV1_ALERT/,
  ],
  [
    'portal',
    /invalid character '<' looking for beginning of value|Unexpected token '?<|does the network require authentication|error parsing HTTP \d+ response body: invalid character/,
  ],
  ['rate-limit', /429 {1,2}Too Many Requests|npm (?:error|ERR!) code E429|toomanyrequests|rate limit/],
  ['http-401', /: 401 Unauthorized|npm (?:error|ERR!) code E401|401 {2}Unauthorized|401 Client Error/],
  ['http-403', /: 403 Forbidden|npm (?:error|ERR!) code E403|403 {2}Forbidden|403 Client Error/],
  [
    'http-5xx',
    /(?:: |  )(?<status>50\d) (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time)|(?<code>50\d) {2}(?:Internal|Bad|Service|Gateway)|npm (?:error|ERR!) code E(?<npm>50\d)|unexpected HTTP status: (?<docker>50\d)|(?<pip>50\d) Server Error/,
  ],
  [
    'redirects',
    /stopped after 10 redirects|EMAXREDIRECT|maximum redirect reached|Redirection loop encountered|Exceeded \d+ redirects/,
  ],
  [
    'timeout',
    /dial tcp (?<host>[^ ]+): (?:i\/o timeout|connectex: A connection attempt failed)|Client\.Timeout exceeded|context deadline exceeded|ETIMEDOUT|ESOCKETTIMEDOUT|ERR_SOCKET_TIMEOUT|Connection timed out|Read timed out|ReadTimeoutError|ConnectTimeoutError/,
  ],
  [
    'reset',
    /connection reset by peer|ECONNRESET|ConnectionResetError|forcibly closed by the remote host|socket hang up|RemoteDisconnected|unexpected EOF|: EOF$|Error reading from server|Connection failed \[IP|IncompleteRead/,
  ],
  [
    'disk-full',
    /no space left on device|ENOSPC|not enough space on the disk|Errno 28\]|You don't have enough free space/i,
  ],
  ['read-only', /read-only file system|EROFS/i],
])
