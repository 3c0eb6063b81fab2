import { configuring, given, type NsxvCommand, password } from '../session.ts'

export const cliPassword: NsxvCommand = {
  syntax: 'cli password <password>',
  modes: configuring,
  summary: "Change admin's password",
  arguments: { password },
  example: 'cli password Harbour-77',
  async run(session, values) {
    await session.nsxv.cliAccounts.setAdminPassword(session.change, given(values.password))
  },
}
