/**
 * A part of a run that takes time of its own. `name` says which one to the person who reads the log on this machine
 * (a path, a variable); `kind` is one of few words and may be told to anybody.
 */
export type TimedPart = { kind: 'file' | 'variable' | 'handler' | 'setting'; name: string }

/** Runs a part and sees how long it takes and whether it throws; what it answers and throws stays what it is. */
export type Timed = <T>(part: TimedPart, work: () => Promise<T>) => Promise<T>

/** For whom nobody looks on. */
export const untimed: Timed = (_part, work) => work()
