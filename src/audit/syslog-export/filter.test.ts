import assert from 'node:assert/strict'
import { test } from 'node:test'
import { facilities, type LineFilter, levels } from './exporter.ts'
import { lineFilter, structuredDataPattern } from './filter.ts'

const head = '2026-03-02T08:15:04.117Z nsxmgr-a NSX 1702'
const login = `<182>1 ${head} SYSTEM [nsx@6876 audit="true" comp="nsx-manager" level="INFO" subcomp="http"] UserName="admin"`
const write = `<182>1 ${head} - [nsx@6876 audit="true" ereqId="a\\"b" update="true" username="admin"] update="no" x`
const stranger = `<179>1 ${head} - [nsx@6876 audit="true" errorCode="MP403" level="ERROR"] Not authenticated`
const all: LineFilter = { level: 'DEBUG', facilities: [], msgids: [], structuredData: [] }

test('a filter lets through what its level and each of its lists allow', () => {
  for (const [filter, passing] of [
    [{}, [login, write, stranger]],
    [{ level: 'INFO' }, [login, write, stranger]],
    [{ level: 'NOTICE' }, [stranger]],
    [{ level: 'ERR' }, [stranger]],
    [{ level: 'CRIT' }, []],
    [{ facilities: ['LOCAL6'] }, [login, write, stranger]],
    [{ facilities: ['LOCAL5', 'LOCAL7', 'KERN'] }, []],
    [{ msgids: ['SYSTEM'] }, [login]],
    [{ msgids: ['SYS', 'system'] }, []],
    [{ msgids: ['-'] }, [write, stranger]],
    [{ structuredData: ['update=true'] }, [write]],
    [{ structuredData: ['update="true"'] }, [write]],
    [{ structuredData: ['update=no'] }, []],
    [{ structuredData: ['eReqId=a"b'] }, [write]],
    [{ structuredData: ['errorCode=MP403', 'subcomp=http'] }, [login, stranger]],
    [{ structuredData: ['audit=true'], msgids: ['SYSTEM'] }, [login]],
    [{ level: 'ERR', msgids: ['SYSTEM'] }, []],
  ] as [Partial<LineFilter>, string[]][]) {
    assert.deepEqual(
      [login, write, stranger].filter(lineFilter({ ...all, ...filter })),
      passing,
      JSON.stringify(filter),
    )
  }
})

test('levels and facilities stand at their numbers', () => {
  assert.deepEqual([levels.indexOf('EMERG'), levels.indexOf('ERR'), levels.indexOf('DEBUG')], [0, 3, 7])
  const numbers = {
    KERN: 0,
    SYSLOG: 5,
    UUCP: 8,
    AUTHPRIV: 10,
    FTP: 11,
    LOGALERT: 14,
    LOCAL0: 16,
    LOCAL6: 22,
    LOCAL7: 23,
  }
  for (const [name, number] of Object.entries(numbers)) assert.equal(facilities.indexOf(name as 'KERN'), number, name)
})

test('structured data is asked for by the names of the NSX CLI guide', () => {
  const pattern = new RegExp(structuredDataPattern, 'u')
  for (const good of ['audit=true', 'username=a=b', 's2comp=x']) assert.match(good, pattern)
  for (const bad of ['audit', 'audit=', 'Audit=true', 'other=1', ' audit=true']) assert.doesNotMatch(bad, pattern)
})
