type Entry = { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> }
export declare function importsOf(text: string): string[]
export declare function reachable(packages: Record<string, Entry>, names: Iterable<string>): Set<string>
export declare function neededPackages(): string[]
