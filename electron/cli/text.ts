import i18next, { type i18n } from 'i18next'
import enCatalogue from '../../renderer/i18n/en/catalogue.json'
import enCli from '../../renderer/i18n/en/cli.json'
import enDocker from '../../renderer/i18n/en/docker.json'
import enDoctor from '../../renderer/i18n/en/doctor.json'
import enDoctorCache from '../../renderer/i18n/en/doctor-cache.json'
import enDoctorCertificate from '../../renderer/i18n/en/doctor-certificate.json'
import enDoctorDocker from '../../renderer/i18n/en/doctor-docker.json'
import enDoctorFiles from '../../renderer/i18n/en/doctor-files.json'
import enDoctorGo from '../../renderer/i18n/en/doctor-go.json'
import enDoctorNetwork from '../../renderer/i18n/en/doctor-network.json'
import enDoctorPackages from '../../renderer/i18n/en/doctor-packages.json'
import enError from '../../renderer/i18n/en/error.json'
import enExplain from '../../renderer/i18n/en/explain.json'
import enGrammar from '../../renderer/i18n/en/grammar.json'
import enHistory from '../../renderer/i18n/en/history.json'
import enImage from '../../renderer/i18n/en/image.json'
import enKit from '../../renderer/i18n/en/kit.json'
import enMirror from '../../renderer/i18n/en/mirror.json'
import enPlan from '../../renderer/i18n/en/plan.json'
import enProfile from '../../renderer/i18n/en/profile.json'
import enRoom from '../../renderer/i18n/en/room.json'
import enSetting from '../../renderer/i18n/en/setting.json'
import enStep from '../../renderer/i18n/en/step.json'
import enWhy from '../../renderer/i18n/en/why.json'
import zhCatalogue from '../../renderer/i18n/zh-CN/catalogue.json'
import zhCli from '../../renderer/i18n/zh-CN/cli.json'
import zhDocker from '../../renderer/i18n/zh-CN/docker.json'
import zhDoctor from '../../renderer/i18n/zh-CN/doctor.json'
import zhDoctorCache from '../../renderer/i18n/zh-CN/doctor-cache.json'
import zhDoctorCertificate from '../../renderer/i18n/zh-CN/doctor-certificate.json'
import zhDoctorDocker from '../../renderer/i18n/zh-CN/doctor-docker.json'
import zhDoctorFiles from '../../renderer/i18n/zh-CN/doctor-files.json'
import zhDoctorGo from '../../renderer/i18n/zh-CN/doctor-go.json'
import zhDoctorNetwork from '../../renderer/i18n/zh-CN/doctor-network.json'
import zhDoctorPackages from '../../renderer/i18n/zh-CN/doctor-packages.json'
import zhError from '../../renderer/i18n/zh-CN/error.json'
import zhExplain from '../../renderer/i18n/zh-CN/explain.json'
import zhGrammar from '../../renderer/i18n/zh-CN/grammar.json'
import zhHistory from '../../renderer/i18n/zh-CN/history.json'
import zhImage from '../../renderer/i18n/zh-CN/image.json'
import zhKit from '../../renderer/i18n/zh-CN/kit.json'
import zhMirror from '../../renderer/i18n/zh-CN/mirror.json'
import zhPlan from '../../renderer/i18n/zh-CN/plan.json'
import zhProfile from '../../renderer/i18n/zh-CN/profile.json'
import zhRoom from '../../renderer/i18n/zh-CN/room.json'
import zhSetting from '../../renderer/i18n/zh-CN/setting.json'
import zhStep from '../../renderer/i18n/zh-CN/step.json'
import zhWhy from '../../renderer/i18n/zh-CN/why.json'
import { errorValues } from '../contract/error-values.ts'
import type { AppError, Finding, Note } from '../contract/note.ts'
import type { Lang } from './args.ts'

const en = {
  catalogue: enCatalogue,
  cli: enCli,
  docker: enDocker,
  doctor: enDoctor,
  'doctor-cache': enDoctorCache,
  'doctor-certificate': enDoctorCertificate,
  'doctor-docker': enDoctorDocker,
  'doctor-files': enDoctorFiles,
  'doctor-go': enDoctorGo,
  'doctor-network': enDoctorNetwork,
  'doctor-packages': enDoctorPackages,
  error: enError,
  explain: enExplain,
  grammar: enGrammar,
  history: enHistory,
  image: enImage,
  kit: enKit,
  mirror: enMirror,
  plan: enPlan,
  profile: enProfile,
  room: enRoom,
  setting: enSetting,
  step: enStep,
  why: enWhy,
}
const zh = {
  catalogue: zhCatalogue,
  cli: zhCli,
  docker: zhDocker,
  doctor: zhDoctor,
  'doctor-cache': zhDoctorCache,
  'doctor-certificate': zhDoctorCertificate,
  'doctor-docker': zhDoctorDocker,
  'doctor-files': zhDoctorFiles,
  'doctor-go': zhDoctorGo,
  'doctor-network': zhDoctorNetwork,
  'doctor-packages': zhDoctorPackages,
  error: zhError,
  explain: zhExplain,
  grammar: zhGrammar,
  history: zhHistory,
  image: zhImage,
  kit: zhKit,
  mirror: zhMirror,
  plan: zhPlan,
  profile: zhProfile,
  room: zhRoom,
  setting: zhSetting,
  step: zhStep,
  why: zhWhy,
}

export type Text = {
  lang: Lang
  /** The sentence of a key (`namespace:path`). */
  say(key: string, values?: Readonly<Record<string, string | number>>): string
  note(note: Note): string
  finding(finding: Finding): string
  /** What happened, what to do, the raw cause, what could not be given back: one line each. */
  error(error: AppError): readonly string[]
  size(bytes: number): string
}

/** The sentences of one language. */
export async function openText(lang: Lang): Promise<Text> {
  const instance: i18n = i18next.createInstance()
  await instance.init({
    lng: lang,
    fallbackLng: false,
    resources: { en, 'zh-CN': zh },
    interpolation: { escapeValue: false },
  })
  const say: Text['say'] = (key, values = {}) => instance.t(key, { ...values })
  const note: Text['note'] = ({ key, values }) => say(key, values)
  return {
    lang,
    say,
    note,
    finding: (finding) => `[${say(`cli:severity.${finding.severity}`)}] ${note(finding.note)}`,
    error(error) {
      const values = errorValues(error, { has: (key) => instance.exists(key), say })
      const lines = [say(`error:${error.code}.what`, values), say(`error:${error.code}.todo`, values).trim()]
      if (error.cause !== undefined && error.cause !== '') lines.push(say('error:cause', { cause: error.cause }))
      if (error.remaining) lines.push(say('error:remaining'), ...error.remaining.map((item) => `  ${item}`))
      return lines
    },
    size: (bytes) => sizeText(bytes),
  }
}

/** Decimal units, as docker shows them. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`
}
