abi <abi/4.0>,
include <tunables/global>

# The program opens its sandbox by user namespaces; ${executable} itself is only the wrapper.
profile "${executable}" "/opt/${sanitizedProductName}/${executable}-bin" flags=(unconfined) {
  userns,

  include if exists <local/${executable}>
}
