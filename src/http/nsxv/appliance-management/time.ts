import { isIPv4 } from 'node:net'
import type { FastifyPluginAsync } from 'fastify'
import type { TimeChange } from '../../../access/nsxv/appliance-time.ts'
import { isHostname } from '../../../access/nsxv/configuration.ts'
import { isTimezone, numberedDate, parseNumberedDate } from '../../../access/nsxv/wall-time.ts'
import { answer, answerChange, nsxvOf } from '../answer.ts'
import { bodyFields, type Fields, invalidValue, listOf, optionalTextOf } from '../body.ts'
import { document, Many } from '../document.ts'
import { managesAppliance, reads, writes } from '../requirement.ts'

/**
 * `/api/1.0/appliance-management/system/timesettings` and `/locale`. Texts are English in every locale.
 *
 * @see nsxv-api.md 6; bodies as the API's RAML has them, the spelling of the date is inferred.
 */
export const timeRoutes: FastifyPluginAsync = async (app) => {
  const url = '/system/timesettings'
  const config = reads('appliance_management')
  const shown = ['timeSettings', 'ntpServer', 'string', 'timezone', 'datetime', 'locale', 'language', 'country']
  const update = { config: writes(managesAppliance, 'SYSTEM', 'UPDATE', { takes: shown }) }

  app.get(url, { config }, async (request, reply) => {
    const { configuration, time } = nsxvOf(request)
    return answer(
      request,
      reply,
      document('timeSettings', {
        ntpServer: { string: new Many(configuration.read().ntpServers, '') },
        datetime: numberedDate(time.now(), time.timezone()),
        timezone: time.timezone(),
      }),
    )
  })

  app.put(url, update, async (request, reply) => {
    const { time } = nsxvOf(request)
    const change = timeOf(bodyFields(request, 'timeSettings'), time.timezone())
    return answerChange(request, reply, (call) => time.set(call, change))
  })

  app.delete(`${url}/ntp`, { config: writes(managesAppliance, 'SYSTEM', 'DELETE') }, async (request, reply) => {
    const { time } = nsxvOf(request)
    return answerChange(request, reply, (call) => time.set(call, { ntpServers: [] }))
  })

  app.get('/system/locale', { config }, async (request, reply) => {
    const { language, country } = nsxvOf(request).settings.read().locale
    return answer(request, reply, document('locale', { language, country }))
  })

  app.put('/system/locale', update, async (request, reply) => {
    const { settings } = nsxvOf(request)
    const fields = bodyFields(request, 'locale')
    const language = coded(fields, 'language', /^[a-z]{2}$/, 'a language of two lower-case letters')
    const country = coded(fields, 'country', /^[A-Z]{2}$/, 'a country of two capital letters')
    return answerChange(request, reply, (call) => settings.change(call, 'locale', { locale: { language, country } }))
  })
}

/** Time servers there may be. */
const mostServers = 32

/** What a body changes: what it has not stays as it is. @throws {AccessError} `invalid_field` */
function timeOf(fields: Fields, timezoneNow: string): TimeChange {
  const servers = listOf(fields, 'ntpServer', 'string')
  const ntpServers = servers && [...new Set(servers)]
  const wrong = ntpServers?.find((server) => !isIPv4(server) && !isHostname(server))
  if (wrong !== undefined) throw invalidValue('ntpServer', wrong, 'a host name or an IPv4 address')
  if (ntpServers && ntpServers.length > mostServers)
    throw invalidValue('ntpServer', ntpServers.length, `${mostServers} at most`)
  const timezone = optionalTextOf(fields, 'timezone')
  if (timezone !== undefined && !isTimezone(timezone))
    throw invalidValue('timezone', timezone, 'a time zone of the IANA')
  const datetime = optionalTextOf(fields, 'datetime')
  const at = datetime === undefined ? undefined : parseNumberedDate(datetime, timezone ?? timezoneNow)
  if (datetime !== undefined && at === undefined) throw invalidValue('datetime', datetime, 'a time MM/DD/YYYY HH:MM:SS')
  return {
    ...(ntpServers?.length ? { ntpServers } : {}),
    ...(timezone === undefined ? {} : { timezone }),
    ...(at === undefined ? {} : { at }),
  }
}

/** @throws {AccessError} `invalid_field` */
function coded(fields: Fields, name: string, pattern: RegExp, what: string): string {
  const value = optionalTextOf(fields, name) ?? ''
  if (!pattern.test(value)) throw invalidValue(name, value, what)
  return value
}
