import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindProblem, connectProblem, handshakeProblem, searchProblem } from './problem.ts'

test('what the network, the handshake and the directory say becomes an error type', () => {
  for (const [problem, expected] of [
    [connectProblem('ECONNREFUSED'), 'CONNECTION_REFUSED'],
    [connectProblem('ETIMEDOUT'), 'CONNECTION_TIMEOUT'],
    [connectProblem('ENOTFOUND'), 'UNKNOWN_HOST'],
    [connectProblem('EAI_AGAIN'), 'UNKNOWN_HOST'],
    [connectProblem('EHOSTUNREACH'), 'NO_ROUTE_TO_HOST'],
    [connectProblem('ENETUNREACH'), 'NO_ROUTE_TO_HOST'],
    [connectProblem('EADDRNOTAVAIL'), 'BIND_EXCEPTION'],
    [connectProblem('EPIPE'), 'GENERAL_ERROR'],
    [connectProblem(undefined), 'GENERAL_ERROR'],
    [handshakeProblem('ERR_TLS_CERT_ALTNAME_INVALID'), 'CERTIFICATE_HOSTNAME_MISMATCH_ERROR'],
    [handshakeProblem('DEPTH_ZERO_SELF_SIGNED_CERT'), 'CERTIFICATE_MISMATCH_ERROR'],
    [handshakeProblem('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'CERTIFICATE_MISMATCH_ERROR'],
    [handshakeProblem('CERT_HAS_EXPIRED'), 'SSL_HANDSHAKE_ERROR'],
    [handshakeProblem('ECONNRESET'), 'SSL_HANDSHAKE_ERROR'],
    [bindProblem(49), 'INVALID_CREDENTIALS'],
    [bindProblem(34), 'BIND_DN_INVALID'],
    [bindProblem(53), 'BIND_DN_AND_PASSWORD_REQUIRED'],
    [bindProblem(51), 'GENERAL_ERROR'],
    [searchProblem(32, false), 'BASE_DN_NOT_FOUND'],
    [searchProblem(34, true), 'BASE_DN_NOT_FOUND'],
    [searchProblem(10, false), 'BASE_DN_NOT_FOUND'],
    // Active Directory says operationsError to whoever is nobody in particular.
    [searchProblem(1, true), 'BIND_DN_AND_PASSWORD_REQUIRED'],
    [searchProblem(50, true), 'BIND_DN_AND_PASSWORD_REQUIRED'],
    [searchProblem(1, false), 'GENERAL_ERROR'],
  ] as const) {
    assert.equal(problem, expected)
  }
})
