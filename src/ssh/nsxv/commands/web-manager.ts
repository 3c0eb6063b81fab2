import { configuring, type NsxvCommand } from '../session.ts'

export const webManager: NsxvCommand = {
  syntax: 'web-manager',
  modes: configuring,
  summary: 'Start the web service, which serves the API',
  example: 'web-manager',
  async run(session) {
    await session.nsxv.configuration.change(session.change, (now) => ({ ...now, webManager: true }))
  },
}

export const noWebManager: NsxvCommand = {
  syntax: 'no web-manager',
  modes: configuring,
  summary: 'Stop the web service; every call of the API is answered 503',
  example: 'no web-manager',
  async run(session) {
    await session.nsxv.configuration.change(session.change, (now) => ({ ...now, webManager: false }))
  },
}
