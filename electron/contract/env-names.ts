/**
 * What a variable of a profile may not be, by its name. Names are compared without regard to case: Windows does the
 * same, npm and curl read some in lower case.
 */

const anyCase = (names: string): RegExp => new RegExp(`^(${names.replace(/\s+/g, '')})$`, 'i')

/** These start programs, load libraries or replace the files that tell a program what to start. */
const RUNS_PROGRAM = anyCase(`
  LD_.*|DYLD_.*|GCONV_PATH|GLIBC_TUNABLES|LOCPATH|NLSPATH|TERMINFO.*|TERMCAP|MALLOC_.*|
  BASH_ENV|ENV|PROMPT_COMMAND|PS[0-4]|IFS|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|ZDOTDIR|FPATH|NULLCMD|READNULLCMD|
  HISTFILE|INPUTRC|MAIL|MAILPATH|EXECIGNORE|COMSPEC|PATHEXT|PSMODULEPATH|
  NODE_(OPTIONS|PATH|REPL_EXTERNAL_MODULE)|ELECTRON_.*|COREPACK_.*|
  PYTHON(STARTUP|PATH|HOME|USERBASE|BREAKPOINT|WARNINGS|INSPECT|PLATLIBDIR|EXECUTABLE|PYCACHEPREFIX)|
  PERL5(LIB|OPT|DB)|PERLLIB|RUBY(OPT|LIB)|GEM_.*|BUNDLE_.*|LUA_.*|PHPRC|PHP_INI_SCAN_DIR|TCLLIBPATH|
  (JAVA_TOOL|_JAVA|JDK_JAVA|MAVEN|GRADLE)_OPT(ION)?S|CLASSPATH|
  RUSTC.*|RUSTFLAGS|RUSTDOC.*|CARGO_.*|MAKE(FLAGS|FILES)|CMAKE_.*|
  DOTNET_STARTUP_HOOKS|DOTNET_ADDITIONAL_DEPS|COR_.*|CORECLR_.*|
  .*EDITOR|VISUAL|.*PAGER|.*ASKPASS|BROWSER|FCEDIT|LESS|LESS(OPEN|CLOSE|KEY.*)|MANOPT|VIMINIT|EXINIT|MYVIMRC|
  SSH_SK_PROVIDER|SUDO_.*|DOCKER_CONFIG|XDG_.*|CURL_HOME|WGETRC|NETRC|GNUPGHOME|OPENSSL_.*|KRB5_CONFIG|
  (GTK|QT|GIO|GST)_[A-Z_]*(MODULES?|MODULE_DIR|PATH|PLUGINS?)|
  AR|CC|CXX|FC|GCCGO|PKG_CONFIG.*|GCC_EXEC_PREFIX|COMPILER_PATH|LIBRARY_PATH|CPATH|(C|CPLUS|OBJC)_INCLUDE_PATH|
  GOAUTH|GOCACHEPROG|GOTOOLDIR|GO_EXTLINK_ENABLED|GOENV|GOROOT(_.*)?|GOWORK|CGO_[A-Z]*FLAGS(_ALLOW)?`)
// An input method is what a school in China sets for everybody.
const HARMLESS = anyCase('(GTK|QT)_IM_MODULES?')

/** The system's, the shell's, or another setting's own. The lower-case ones are tied to PATH in zsh, or fish keeps them. */
const RESERVED =
  /^(HOME|USER|USERNAME|LOGNAME|SHELL|PWD|OLDPWD|UID|EUID|GID|EGID|PPID|TERM|SHLVL|RANDOM|SECONDS|LINENO|COLUMNS|LINES|HISTCMD|GROUPS|DIRSTACK|FUNCNAME|BASH_.*|BASH|ZSH_.*|CDPATH|TMOUT|_|fpath|cdpath|manpath|mailpath|fignore|watch|psvar|module_path|argv|status|pipestatus|options|functions|commands|aliases|parameters|history|version|umask|hostname|fish_.*)$/
const RESERVED_IN_ANY_CASE = anyCase(`
  PATH|SYSTEMROOT|SYSTEMDRIVE|WINDIR|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAM(DATA|FILES).*|ALLUSERSPROFILE|OS|
  DOCKER_(HOST|CONTEXT|CERT_PATH)|SSH_AUTH_SOCK|DBUS_.*|DISPLAY|WAYLAND_DISPLAY|GOREADY_ELEVATED.*`)

/** These make a program believe what it could not check, or let others read what it says. */
const VERIFICATION = anyCase(`
  GOINSECURE|GONOSUMCHECK|GOVCS|NODE_TLS_REJECT_UNAUTHORIZED|GIT_SSL_.*|
  SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|AWS_CA_BUNDLE|SSLKEYLOGFILE|PYTHONHTTPSVERIFY|
  DOCKER_(TLS.*|CONTENT_TRUST.*)`)

/** Of tools that read every setting out of the environment, only these are taken: the others have entries of their own. */
const TOOLS: readonly { all: RegExp; taken: RegExp }[] = [
  {
    all: anyCase('GIT_.*'),
    taken: anyCase(
      'GIT_((AUTHOR|COMMITTER)_(NAME|EMAIL|DATE)|TERMINAL_PROMPT|HTTP_LOW_SPEED_.*|LFS_SKIP_SMUDGE|OPTIONAL_LOCKS)',
    ),
  },
  {
    all: anyCase('(P?NPM_CONFIG|YARN)_.*'),
    taken: anyCase(
      '(P?NPM_CONFIG|YARN)_(CACHE|CACHE_FOLDER|LOGLEVEL|FUND|AUDIT|PROGRESS|UPDATE_NOTIFIER|COLOR|MAXSOCKETS|FETCH_.*|PREFER_OFFLINE|OFFLINE|STORE_DIR|ENABLE_TELEMETRY)',
    ),
  },
  {
    all: anyCase('PIP_.*'),
    taken: anyCase(
      'PIP_(CACHE_DIR|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|NO_COLOR|DISABLE_PIP_VERSION_CHECK|NO_INPUT|PROGRESS_BAR|REQUIRE_VIRTUALENV|QUIET|VERBOSE)',
    ),
  },
  { all: anyCase('UV_.*'), taken: anyCase('UV_(CACHE_DIR|OFFLINE|NO_PROGRESS|HTTP_TIMEOUT|LINK_MODE)') },
]

/** Why a profile may not set a variable of this name; null: it may. */
export function refusedName(name: string): 'verification-off' | 'reserved-name' | 'runs-program' | null {
  if (HARMLESS.test(name)) return null
  if (VERIFICATION.test(name)) return 'verification-off'
  if (RUNS_PROGRAM.test(name)) return 'runs-program'
  if (RESERVED.test(name) || RESERVED_IN_ANY_CASE.test(name)) return 'reserved-name'
  return TOOLS.some(({ all, taken }) => all.test(name) && !taken.test(name)) ? 'runs-program' : null
}

/** Flags of go that change nothing but how it builds. Others name programs, other sources, or files that are written. */
const FLAGS =
  /^(mod|modcacherw|tags|trimpath|buildvcs|race|msan|asan|cover|covermode|count|timeout|short|parallel|p|v|x|n|a|work|json|run|skip|buildmode|linkshared|failfast|shuffle|cpu)$/

/** What GOFLAGS holds that is not taken; null: nothing. */
export function refusedFlag(value: string): 'verification-off' | 'runs-program' | 'bad-pattern' | 'flag' | null {
  for (const word of value.split(/\s+/)) {
    if (word === '') continue
    const name = /^['"]?--?([^=\s'"]+)/.exec(word)?.[1]
    if (name === undefined) return 'bad-pattern'
    if (/^(toolexec|exec|overlay|modfile|vettool|pkgdir|ldflags|gccgoflags|gcflags|asmflags|compiler)$/.test(name))
      return 'runs-program'
    if (name === 'insecure') return 'verification-off'
    if (!FLAGS.test(name)) return 'flag'
  }
  return null
}

/** Whole hosts of everybody's modules: leaving them out of the check would leave the check out. */
const PUBLIC =
  /^(\*\.)?(github\.com|gitlab\.com|gitee\.com|bitbucket\.org|golang\.org|google\.golang\.org|gopkg\.in|go\.uber\.org|k8s\.io|sigs\.k8s\.io|cloud\.google\.com)(\/[*?]*)*$/i

/** Whether a pattern of private modules is so wide that the public ones would be checked no more. */
export function isTooWide(pattern: string): boolean {
  if (PUBLIC.test(pattern)) return true
  const [host = ''] = pattern.split('/')
  const last = Math.max(host.lastIndexOf('*'), host.lastIndexOf('?'), host.lastIndexOf(']'))
  if (last < 0) return false
  // `*.example.com`: what is behind the last wildcard has to name somebody, not all of `.com`.
  const labels = host
    .slice(last + 1)
    .split('.')
    .filter((label) => label !== '')
  return labels.length < 2 || !host.slice(last + 1).startsWith('.')
}
