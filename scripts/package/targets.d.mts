export type Target = { system: string | null; folder?: boolean; ending?: RegExp; needs?: string; network?: string }
export declare const TARGETS: Readonly<Record<string, Target>>
export declare function systemOf(target: string): string
export declare function possible(here: { system: string; has(name: string): boolean }): {
  here: string[]
  elsewhere: { name: string; why: string }[]
}
