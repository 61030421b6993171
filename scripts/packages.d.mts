export declare const PACKAGES: { readonly window: readonly string[]; readonly test: readonly string[] }
export declare function missingFrom(list: string, names: readonly string[]): string[]
export declare function guarded<T>(path: string, body: () => Promise<T>): Promise<T>
