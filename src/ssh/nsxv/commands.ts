import { changeOwnPassword } from './commands/change-own-password.ts'
import { clearVty } from './commands/clear-vty.ts'
import { cliPassword } from './commands/cli-password.ts'
import { configureTerminal } from './commands/configure-terminal.ts'
import { disable } from './commands/disable.ts'
import { enable } from './commands/enable.ts'
import { enablePassword } from './commands/enable-password.ts'
import { databaseErase, writeErase } from './commands/erase.ts'
import { end, exit, quit } from './commands/exit.ts'
import { help } from './commands/help.ts'
import { hostname } from './commands/hostname.ts'
import { interfaceMgmt, ipAddress, noIpAddress } from './commands/interface.ts'
import { ipRoute, noIpRoute } from './commands/ip-route.ts'
import { list } from './commands/list.ts'
import { noUser } from './commands/no-user.ts'
import { ping, traceroute } from './commands/ping.ts'
import { reboot, reload } from './commands/reboot.ts'
import { refusedCommands } from './commands/refused.ts'
import { ipNameServer, noIpNameServer, noNtpServer, ntpServer } from './commands/servers.ts'
import { setClock } from './commands/set-clock.ts'
import { setup } from './commands/setup.ts'
import { showRunningConfig, showStartupConfig } from './commands/show-config.ts'
import { showFilesystems, showHardware } from './commands/show-hardware.ts'
import { showLogCommand, showManagerLog } from './commands/show-log.ts'
import { showArp, showEthernet, showInterface, showIpRoute } from './commands/show-network.ts'
import { showProcess } from './commands/show-process.ts'
import { showClock, showHostname, showServices, showSlots, showStackTrace, showVersion } from './commands/show-state.ts'
import { showSystem } from './commands/show-system.ts'
import { showTechSupport } from './commands/show-tech-support.ts'
import { cliSshAllow, noCliSshAllow, ssh } from './commands/ssh.ts'
import { terminalLength } from './commands/terminal-length.ts'
import { userPassword } from './commands/user-password.ts'
import { noUserPrivilege, userPrivilege } from './commands/user-privilege.ts'
import { noWebManager, webManager } from './commands/web-manager.ts'
import { copyRunningConfig, writeMemory } from './commands/write-memory.ts'
import type { NsxvCommand } from './session.ts'

/** Every command of the console, in the order of its documentation. @see nsxv-api.md 5 */
export const nsxvCommands: readonly NsxvCommand[] = [
  enable,
  disable,
  configureTerminal,
  exit,
  quit,
  end,
  list,
  help,
  userPassword,
  userPrivilege,
  noUser,
  noUserPrivilege,
  cliPassword,
  enablePassword,
  writeMemory,
  copyRunningConfig,
  showRunningConfig,
  showStartupConfig,
  reboot,
  reload,
  writeErase,
  databaseErase,
  setup,
  clearVty,
  webManager,
  noWebManager,
  ssh,
  cliSshAllow,
  noCliSshAllow,
  hostname,
  interfaceMgmt,
  ipAddress,
  noIpAddress,
  ipRoute,
  noIpRoute,
  ipNameServer,
  noIpNameServer,
  ntpServer,
  noNtpServer,
  showClock,
  setClock,
  showHostname,
  showVersion,
  showInterface,
  showIpRoute,
  showArp,
  ping,
  traceroute,
  showSystem,
  showServices,
  showProcess,
  showHardware,
  showEthernet,
  showFilesystems,
  showSlots,
  showStackTrace,
  showTechSupport,
  showLogCommand,
  showManagerLog,
  terminalLength,
  changeOwnPassword,
  ...refusedCommands,
]
