/** Says which profile was opened and what its author closed. */
export function ProfileBanner() {
  return null
}
