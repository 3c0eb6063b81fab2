import { timeOfWall } from '../../../access/nsxv/wall-time.ts'
import { ConsoleError, wholeNumber } from '../../console/command.ts'
import { given, type NsxvCommand, privileged } from '../session.ts'

/** The appliance's own time; what the server does goes by the server's. Time servers keep it where there are any. */
export const setClock: NsxvCommand = {
  syntax: 'set clock <time> <month> <day> <year>',
  modes: privileged,
  summary:
    'Set the time that the appliance shows, in its time zone, where no time server keeps it. Tokens, lockouts and audit records go by the time of the machine that Sallyport runs on',
  arguments: {
    time: {
      help: 'Time of the day',
      shown: 'HH:MM:SS',
      check: (value) => (/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(value) ? undefined : 'not a time HH:MM:SS'),
    },
    month: { ...wholeNumber('Month', 1, 12), shown: 'MM' },
    day: { ...wholeNumber('Day of the month', 1, 31), shown: 'DD' },
    year: { ...wholeNumber('Year', 1970, 2099), shown: 'YYYY' },
  },
  example: 'set clock 03:05:01 01 22 2026',
  async run(session, { time, month, day, year }) {
    const [hour = 0, minute = 0, second = 0] = given(time).split(':').map(Number)
    const wall = { year: Number(year), month: Number(month), day: Number(day), hour, minute, second }
    const at = timeOfWall(wall, session.nsxv.time.timezone())
    if (at === undefined) throw new ConsoleError(`ERROR: there is no ${year}-${month}-${day} ${time}`)
    await session.nsxv.time.set(session.change, { at })
  },
}
