export type Fallback = { name: string; version: string; platform: string; integrity: string }
export declare const FALLBACK: Fallback
export declare const WINDOWS_FALLBACK: Fallback
export declare function electronBinary(options?: {
  packageDir?: string
  env?: Readonly<Record<string, string | undefined>>
  store?: string
  fallback?: Fallback
  platform?: string
  connectTimeout?: number
  stallTimeout?: number
}): Promise<string>
