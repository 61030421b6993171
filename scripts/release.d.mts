export declare const SUMS: string
export declare function released(names: readonly string[]): string[]
export declare function billOfMaterials(electron: string | null): Promise<{
  bomFormat: string
  components: { name: string; version: string }[]
  dependencies: { ref: string; dependsOn?: string[] }[]
}>
