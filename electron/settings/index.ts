import type { FormatId } from '../contract/plan.ts'
import { type AnySetting, closed, type Format } from '../core/setting.ts'
import { aptDeb822Format } from './apt/deb822.ts'
import { aptListFormat } from './apt/one-line.ts'
import { aptSetting } from './apt/setting.ts'
import { authoritySetting } from './authority/setting.ts'
import { wholeFormat } from './authority/text.ts'
import { dockerConfigFormat } from './credential/docker-config.ts'
import { netrcFormat } from './credential/netrc.ts'
import { dockerSetting } from './docker/setting.ts'
import { daemonJsonFormat } from './docker/text.ts'
import { goSetting } from './go/setting.ts'
import { goenvFormat } from './go/text.ts'
import { npmSetting } from './npm/setting.ts'
import { npmrcFormat } from './npm/text.ts'
import { yarnrcFormat } from './npm/yarn-text.ts'
import { pipSetting } from './pip/setting.ts'
import { pipConfFormat } from './pip/text.ts'
import { envCshFormat, envFishFormat, environmentDFormat, envPs1Format, envShFormat } from './shell/env-text.ts'
import { fenceFormat } from './shell/fence-text.ts'
import { launchAgentAllFormat, launchAgentFormat } from './shell/launch-agent.ts'
import { lineFormat } from './why/line-text.ts'
import { shellSetting } from './shell/setting.ts'

/** Everything that can be configured, in the order in which it is shown. */
export const settings: readonly AnySetting[] = [
  closed(authoritySetting),
  closed(dockerSetting),
  closed(goSetting),
  closed(npmSetting),
  closed(pipSetting),
  closed(shellSetting),
  closed(aptSetting),
]

/** The editors that a plan is folded through. */
export const formats: ReadonlyMap<FormatId, Format> = new Map(
  [
    goenvFormat,
    daemonJsonFormat,
    npmrcFormat,
    yarnrcFormat,
    pipConfFormat,
    envShFormat,
    envFishFormat,
    envCshFormat,
    envPs1Format,
    environmentDFormat,
    launchAgentFormat,
    launchAgentAllFormat,
    fenceFormat,
    lineFormat,
    wholeFormat,
    aptDeb822Format,
    aptListFormat,
    netrcFormat,
    dockerConfigFormat,
  ].map((format) => [format.id, format]),
)
