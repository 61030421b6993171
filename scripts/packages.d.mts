export declare const PACKAGES: { readonly window: readonly string[]; readonly test: readonly string[] }
export declare function missingFrom(list: string, names: readonly string[]): string[]
