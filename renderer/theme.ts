import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

/** Our own shade in Go's cyan family. 8 on white and 4 on the dark ground both have more than 5:1. */
const lagoon: MantineColorsTuple = [
  '#e3f6fb',
  '#c8eaf3',
  '#9fdbea',
  '#74cae0',
  '#58c4dd',
  '#2fa6c2',
  '#148cab',
  '#047d9a',
  '#006c87',
  '#00566c',
]

const SANS = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'
const MONO = 'ui-monospace, "Cascadia Mono", Menlo, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace'

/** Mantine settles the text on a filled button for the light theme only; ours follows the scheme. */
const onAccent: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const own = input.color === undefined || input.color === 'lagoon'
  // Mantine's red of the dark theme is too light for white words.
  if (input.variant === 'filled' && input.color === 'red')
    return { ...colors, background: 'var(--error)', hover: 'var(--error)', color: 'var(--on-error)' }
  return input.variant === 'filled' && own ? { ...colors, color: 'var(--on-accent)' } : colors
}

export const theme = createTheme({
  colors: { lagoon },
  primaryColor: 'lagoon',
  primaryShade: { light: 8, dark: 4 },
  variantColorResolver: onAccent,
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  lineHeights: { xs: '1.5', sm: '1.5', md: '1.6', lg: '1.6', xl: '1.4' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '4px', sm: '8px', md: '8px', lg: '8px', xl: '16px' },
  defaultRadius: 'md',
  headings: { fontWeight: '600' },
  respectReducedMotion: true,
  cursorType: 'pointer',
})

/** Mantine's greys and state colours replaced by those of style.css, so that one place decides. */
export const variables: CSSVariablesResolver = () => {
  const own = {
    '--mantine-color-body': 'var(--card)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--faint)',
    '--mantine-color-placeholder': 'var(--faint)',
    '--mantine-color-error': 'var(--error)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-default-border': 'var(--edge)',
    '--mantine-color-default': 'var(--card)',
    '--mantine-color-default-hover': 'var(--raised)',
    '--mantine-color-disabled': 'var(--raised)',
    '--mantine-color-disabled-color': 'var(--faint)',
    '--mantine-color-disabled-border': 'var(--line)',
  }
  return { variables: {}, light: own, dark: own }
}
