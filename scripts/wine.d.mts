/** What is missing where there is no such Wine. */
export declare const WHY: string
export declare function wineRoot(how: { fetch: boolean }): Promise<string | null>
