import type { AppInfo, Preferences } from './wizard.ts'

/**
 * What the page needs for its first picture. Main puts it into the first page it serves, as the content of
 * `<meta name="goready-start">`, so that nothing has to be asked before that picture.
 */
export type Start = {
  preferences: Preferences
  /** As in `AppInfo`: whether the page begins with a warning. */
  root: AppInfo['root']
  /** Nothing is kept of an earlier start and no profile was named: the wizard begins at its beginning. */
  fresh: boolean
}
