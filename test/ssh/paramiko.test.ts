import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'
import { noParamiko, runPython } from '../servers/paramiko.ts'

const sqlite = databases[0] ?? assert.fail('no database')

/** Tries one way in after the other on one connection, as paramiko's own client does, and asks something in the end. */
const program = `
import sys, socket, paramiko
host, port, *passwords = sys.argv[1:]
transport = paramiko.Transport(socket.create_connection((host, int(port))))
transport.start_client(timeout=20)
def attempt(name, work):
    try:
        work()
        print(name, 'in')
    except paramiko.AuthenticationException:
        print(name, 'refused')
    except Exception as error:
        print(name, type(error).__name__)
attempt('key', lambda: transport.auth_publickey('admin', paramiko.RSAKey.generate(2048)))
for number, password in enumerate(passwords):
    attempt('password %d' % number, lambda: transport.auth_password('admin', password, fallback=False))
if transport.is_authenticated():
    channel = transport.open_session()
    channel.exec_command('get cli-timeout')
    print(channel.makefile().read().decode().splitlines()[-1])
transport.close()
`

test('paramiko, which asks for the service with each try, has as many tries as others', {
  skip: noParamiko,
}, async () => {
  await using lab = await openLab(sqlite)
  const [host = '', port = ''] = lab.server.ready.managers[0]?.ssh.split(':') ?? []
  const right = await runPython(program, [host, port, 'Wrong-Lantern-1', labPassword])
  assert.equal(right.stdout, 'key refused\npassword 0 refused\npassword 1 in\n600 seconds\n', right.stderr)
  // The sixth failure ends the connection: a key, and five passwords.
  const wrong = Array.from({ length: 6 }, (_, n) => `Wrong-Lantern-${n}`)
  const ended = await runPython(program, [host, port, ...wrong])
  assert.match(ended.stdout, /^key refused\n(password [0-4] \w+\n)+password 5 (SSHException|EOFError)\n$/, ended.stdout)
})
