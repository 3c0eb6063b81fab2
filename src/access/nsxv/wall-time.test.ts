import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTimezone, numberedDate, parseNumberedDate, spelledDate, timeOfWall } from './wall-time.ts'

const at = Date.UTC(2016, 0, 22, 3, 5, 1)

test('a time is shown as date shows it, in the time zone', () => {
  assert.equal(spelledDate(at, 'UTC'), 'Fri Jan 22 03:05:01 UTC 2016')
  assert.equal(spelledDate(Date.UTC(2016, 1, 1), 'UTC'), 'Mon Feb  1 00:00:00 UTC 2016')
  assert.match(spelledDate(at, 'Australia/Brisbane'), /^Fri Jan 22 13:05:01 GMT\+10 2016$/)
  assert.match(spelledDate(Date.UTC(2016, 0, 22, 20), 'Australia/Brisbane'), /^Sat Jan 23 06:00:00 /)
})

test('what is shown is read back, in every time zone and across the change of the clocks', () => {
  for (const timezone of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Brisbane']) {
    for (const time of [at, Date.UTC(2024, 1, 29), Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 2, 29, 0, 59, 59)]) {
      assert.equal(parseNumberedDate(numberedDate(time, timezone), timezone), time, `${timezone} ${time}`)
    }
  }
  assert.equal(numberedDate(at, 'UTC'), '01/22/2016 03:05:01')
})

test('a time that no clock ever shows is none', () => {
  const night = { hour: 2, minute: 30, second: 0 }
  assert.equal(timeOfWall({ year: 2026, month: 2, day: 30, ...night }, 'UTC'), undefined)
  assert.equal(timeOfWall({ year: 2025, month: 2, day: 29, ...night }, 'UTC'), undefined)
  // The clocks jump over it.
  assert.equal(timeOfWall({ year: 2026, month: 3, day: 29, ...night }, 'Europe/Berlin'), undefined)
  for (const text of ['', '1/22/2016 03:05:01', '13/01/2016 00:00:00', '01/01/2016 24:00:00', '2016-01-22T03:05:01Z']) {
    assert.equal(parseNumberedDate(text, 'UTC'), undefined, text)
  }
})

test('a time zone is one that the IANA names', () => {
  for (const name of ['UTC', 'Europe/Berlin', 'Etc/UTC']) assert.equal(isTimezone(name), true, name)
  for (const name of ['', 'Mars/Olympus', '+01:00', 'constructor']) assert.equal(isTimezone(name), false, name)
})
