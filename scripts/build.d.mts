export declare function build(names?: readonly ('window' | 'node')[]): Promise<void>
export declare function locked(body: () => Promise<void>): Promise<void>
