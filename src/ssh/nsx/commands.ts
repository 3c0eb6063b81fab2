import { activateUser } from './commands/activate-user.ts'
import { addAuditUser } from './commands/add-audit-user.ts'
import { addUser } from './commands/add-user.ts'
import { authPolicyLockoutCommands } from './commands/auth-policy-lockout.ts'
import { clearPasswordComplexity } from './commands/clear-password-complexity.ts'
import { clearUserPasswordExpiration } from './commands/clear-user-password-expiration.ts'
import { clearUserPasswordExpirationWarning } from './commands/clear-user-password-expiration-warning.ts'
import { getCliTimeout, setCliTimeout } from './commands/cli-timeout.ts'
import { controlServiceHttp } from './commands/control-service-http.ts'
import { deactivateUser } from './commands/deactivate-user.ts'
import { delUser } from './commands/del-user.ts'
import { delUserSshKeys } from './commands/del-user-ssh-keys.ts'
import { exit } from './commands/exit.ts'
import { getAuthPolicyMinimumPasswordLength } from './commands/get-auth-policy-minimum-password-length.ts'
import { getAuthPolicyVidm } from './commands/get-auth-policy-vidm.ts'
import { getLogFile } from './commands/get-log-file.ts'
import { getPasswordComplexity } from './commands/get-password-complexity.ts'
import { getServiceHttp } from './commands/get-service-http.ts'
import { getUserPasswordExpiration } from './commands/get-user-password-expiration.ts'
import { getUserSshKeys } from './commands/get-user-ssh-keys.ts'
import { help } from './commands/help.ts'
import { list } from './commands/list.ts'
import { delLoggingServer, getLoggingServers, setLoggingServer } from './commands/logging-servers.ts'
import { serviceSsh } from './commands/service-ssh.ts'
import { setAuthPolicyMinimumPasswordLength } from './commands/set-auth-policy-minimum-password-length.ts'
import { setAuthPolicyVidm } from './commands/set-auth-policy-vidm.ts'
import { setPasswordComplexity } from './commands/set-password-complexity.ts'
import { setServiceHttp } from './commands/set-service-http.ts'
import { setUserFullName } from './commands/set-user-full-name.ts'
import { setUserPassword } from './commands/set-user-password.ts'
import { setUserPasswordExpiration } from './commands/set-user-password-expiration.ts'
import { setUserPasswordExpirationWarning } from './commands/set-user-password-expiration-warning.ts'
import { setUserSshKeys } from './commands/set-user-ssh-keys.ts'
import { setUserUsername } from './commands/set-user-username.ts'
import type { NsxCommand } from './session.ts'

/** Every command of nsxcli. */
export const nsxCommands: readonly NsxCommand[] = [
  activateUser,
  addUser,
  addAuditUser,
  clearPasswordComplexity,
  clearUserPasswordExpiration,
  clearUserPasswordExpirationWarning,
  deactivateUser,
  delLoggingServer,
  delUser,
  delUserSshKeys,
  exit,
  ...authPolicyLockoutCommands,
  getAuthPolicyMinimumPasswordLength,
  setAuthPolicyMinimumPasswordLength,
  getAuthPolicyVidm,
  ...setAuthPolicyVidm,
  getCliTimeout,
  setCliTimeout,
  getLogFile,
  getLoggingServers,
  setLoggingServer,
  getPasswordComplexity,
  ...setPasswordComplexity,
  getServiceHttp,
  ...setServiceHttp,
  ...controlServiceHttp,
  ...serviceSsh,
  getUserPasswordExpiration,
  setUserPasswordExpiration,
  setUserPasswordExpirationWarning,
  getUserSshKeys,
  setUserSshKeys,
  setUserFullName,
  setUserPassword,
  setUserUsername,
  help,
  list,
].sort((a, b) => (a.syntax < b.syntax ? -1 : 1))
