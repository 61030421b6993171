/** The streams and the environment of one command. Tests bring their own. */
export type Io = {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  environment: Readonly<Record<string, string | undefined>>
}
