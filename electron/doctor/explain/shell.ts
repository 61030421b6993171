import { rules } from './rule.ts'

/** A terminal that cannot start the program (bash, zsh, fish, dash, cmd, PowerShell). */
export const shellRules = rules([
  [
    'command-missing',
    /(?:^|: )(?:line \d+: )?(?<name>go|docker|npm|node|pip3?|git|gcc): (?:command )?not found|command not found: (?<zsh>go|docker|npm|node|pip3?|git|gcc)\b|Unknown command:? '?(?<fish>go|docker|npm|node|pip3?|git|gcc)\b|^'(?<cmd>go|docker|npm|node|pip3?|git|gcc)' (?:is not recognized|不是内部或外部命令)|The term '(?<ps>go|docker|npm|node|pip3?|git|gcc)' is not recognized|无法将[“"](?<pszh>go|docker|npm|node|pip3?|git|gcc)[”"]项识别为/,
  ],
])
