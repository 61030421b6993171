import i18next from 'i18next'
import enClassroom from './en/classroom.json'
import enKit from './en/kit.json'
import zhClassroom from './zh-CN/classroom.json'
import zhKit from './zh-CN/kit.json'

/** The words of the teacher's page, which come with it and not with the window's start. */
export function addRoomTexts(): void {
  i18next.addResourceBundle('en', 'classroom', enClassroom)
  i18next.addResourceBundle('en', 'kit', enKit)
  i18next.addResourceBundle('zh-CN', 'classroom', zhClassroom)
  i18next.addResourceBundle('zh-CN', 'kit', zhKit)
}
