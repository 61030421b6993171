/**
 * The variables that `go env -w` accepts (golang/go cmd/go/internal/envcmd `checkEnvWrite` and
 * cfg.KnownEnv): these go to the GOENV file. GOENV and GODEBUG count only in the environment, GOWORK
 * and what Go works out itself cannot be written.
 */
const WRITABLE = new Set(
  (
    'AR CC CXX FC GCCGO PKG_CONFIG ' +
    'CGO_ENABLED CGO_CFLAGS CGO_CFLAGS_ALLOW CGO_CFLAGS_DISALLOW CGO_CPPFLAGS CGO_CPPFLAGS_ALLOW ' +
    'CGO_CPPFLAGS_DISALLOW CGO_CXXFLAGS CGO_CXXFLAGS_ALLOW CGO_CXXFLAGS_DISALLOW CGO_FFLAGS CGO_FFLAGS_ALLOW ' +
    'CGO_FFLAGS_DISALLOW CGO_LDFLAGS CGO_LDFLAGS_ALLOW CGO_LDFLAGS_DISALLOW ' +
    'GO111MODULE GO386 GOAMD64 GOARCH GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG GOEXPERIMENT GOFIPS140 ' +
    'GOFLAGS GOINSECURE GOMIPS GOMIPS64 GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH GOPPC64 GOPRIVATE GOPROXY ' +
    'GORISCV64 GOROOT GOSUMDB GOTMPDIR GOTOOLCHAIN GOVCS GOWASM GO_EXTLINK_ENABLED'
  ).split(' '),
)

export const isGoVariable = (name: string): boolean => WRITABLE.has(name)
/** All of them, for a look through the files that may hide one. */
export const GO_VARIABLES: ReadonlySet<string> = WRITABLE
