import type { KeyObject } from 'node:crypto'
export function signCatalogue(content: Uint8Array, privateKey: KeyObject): Buffer
export function spki(privateKey: KeyObject): Buffer
