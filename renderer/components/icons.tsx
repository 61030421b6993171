import type { ReactNode } from 'react'

/** A line drawing of 20 pixels in the colour of its text. The name stands on its button. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="18"
      height="18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  )
}

export const SunIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="3.2" />
    <path d="M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M15.3 4.7l-1.4 1.4M6.1 13.9l-1.4 1.4" />
  </Icon>
)

export const MoonIcon = () => (
  <Icon>
    <path d="M16 11.8A6.6 6.6 0 0 1 8.2 4 6.6 6.6 0 1 0 16 11.8Z" />
  </Icon>
)

export const HalfIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.6" />
    <path d="M10 3.4v13.2a6.6 6.6 0 0 0 0-13.2Z" fill="currentColor" />
  </Icon>
)

export const GearIcon = () => (
  <Icon>
    <path d="M3 5.5h6M13 5.5h4M3 10h2M9 10h8M3 14.5h8M15 14.5h2" />
    <circle cx="11" cy="5.5" r="1.9" />
    <circle cx="7" cy="10" r="1.9" />
    <circle cx="13" cy="14.5" r="1.9" />
  </Icon>
)

export const InfoIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 9.2v4.2M10 6.5v.1" />
  </Icon>
)

export const CopyIcon = () => (
  <Icon>
    <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
    <path d="M13 7V5.5a2 2 0 0 0-2-2H5.5a2 2 0 0 0-2 2V11a2 2 0 0 0 2 2H7" />
  </Icon>
)

export const UpIcon = () => (
  <Icon>
    <path d="M10 15.5v-11M5.5 9 10 4.5 14.5 9" />
  </Icon>
)

export const DownIcon = () => (
  <Icon>
    <path d="M10 4.5v11M5.5 11 10 15.5 14.5 11" />
  </Icon>
)

export const CrossIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
)

export const RoomIcon = () => (
  <Icon>
    <rect x="3" y="3.5" width="14" height="4" rx="1" />
    <path d="M3.5 11h3.2v2.4H3.5zM8.4 11h3.2v2.4H8.4zM13.3 11h3.2v2.4h-3.2zM5.1 13.4v3M10 13.4v3M14.9 13.4v3" />
  </Icon>
)

export const ClockIcon = () => (
  <Icon>
    <path d="M3.5 6.5A7.2 7.2 0 1 1 2.8 11M3.2 3.2v3.6h3.6" />
    <path d="M10 6v4.3l2.8 1.7" />
  </Icon>
)

export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.5 3.5 7.5-8" />
  </Icon>
)
