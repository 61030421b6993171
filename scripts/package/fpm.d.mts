type Options = Record<string, string> & { depends: string[]; 'deb-recommends': string[] }
export declare function parseArguments(argv: readonly string[]): {
  options: Options
  mappings: { source: string; target: string }[]
}
export declare function controlOf(options: Options, kibibytes: number): string
