import { boolean, dateTime, long, string } from './basic.ts'
import { dataObject } from './vim-type.ts'

export const userSession = dataObject('UserSession', {
  key: string,
  userName: string,
  fullName: string,
  loginTime: dateTime,
  lastActiveTime: dateTime,
  locale: string,
  messageLocale: string,
  extensionSession: boolean,
  ipAddress: string,
  userAgent: string,
  callCount: long,
})
