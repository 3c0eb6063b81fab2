import type { Requirement } from '../../src/http/request.ts'
import type { Caller } from './callers.ts'
import type { Call, Verdict } from './calls.ts'
import { letterOf, needOf } from './nsx-matrix.ts'
import { nsxvGives } from './nsxv-matrix.ts'

/**
 * Methods of vim25 whose use case asks for the right: what their documentation demands on the object that they are
 * about. @see vSphere Web Services API 8.0, "Required Privileges"
 */
const privilegesOfMethods: Record<string, string> = {
  'AuthorizationManager.AddAuthorizationRole': 'Authorization.ModifyRoles',
  'AuthorizationManager.UpdateAuthorizationRole': 'Authorization.ModifyRoles',
  'AuthorizationManager.RemoveAuthorizationRole': 'Authorization.ModifyRoles',
  'AuthorizationManager.MergePermissions': 'Authorization.ReassignRolePermissions',
  'AuthorizationManager.RetrieveEntityPermissions': 'System.Read',
  'AuthorizationManager.SetEntityPermissions': 'Authorization.ModifyPermissions',
  'AuthorizationManager.ResetEntityPermissions': 'Authorization.ModifyPermissions',
  'AuthorizationManager.RemoveEntityPermission': 'Authorization.ModifyPermissions',
  'Folder.CreateDatacenter': 'Datacenter.Create',
  'Folder.CreateFolder': 'Folder.Create',
  'Folder.MoveIntoFolder_Task': 'Datacenter.Move',
  'Folder.Destroy_Task': 'Folder.Delete',
  'Datacenter.Destroy_Task': 'Datacenter.Delete',
  'VirtualMachine.PowerOnVM_Task': 'VirtualMachine.Interact.PowerOn',
  'VirtualMachine.PowerOffVM_Task': 'VirtualMachine.Interact.PowerOff',
  'VirtualMachine.SuspendVM_Task': 'VirtualMachine.Interact.Suspend',
  'VirtualMachine.ResetVM_Task': 'VirtualMachine.Interact.Reset',
  'VirtualMachine.Destroy_Task': 'VirtualMachine.Inventory.Delete',
}

/** Calls of Sallyport's own API, by their beginning. The first that matches counts. */
const sallyport: [begin: RegExp, may: (caller: Caller) => boolean][] = [
  [/ \/sallyport\/v1\/sso\/change-password/, () => true],
  [/ \/sallyport\/v1\/sso\//, ({ privileges }) => privileges === 'all'],
  // An object that does not exist is "not found" for all users of vCenter.
  [/ \/sallyport\/v1\/vcenter\/(objects|access\/objects)/, ({ privileges }) => privileges !== undefined],
  [/ \/sallyport\/v1\/vcenter\//, (caller) => has(caller, 'System.Read')],
  [/ \/sallyport\/v1\/audit/, (caller) => caller.privileges === 'all' || letterOf('Logs', caller.nsx ?? '') !== 'N'],
  [/ \/sallyport\/v1\/(sessions|session|overview|connection|nsx\/password-check)/, () => true],
]

const has = ({ privileges = [] }: Caller, privilege: string) => privileges === 'all' || privileges.includes(privilege)

const known = (allowed: boolean): Verdict => (allowed ? 'in' : 'refused')

/** How a call must meet a caller, by the printed matrices. `out` stands for `unknown` or `refused`. */
export function expected(call: Call, caller: Caller): Verdict | 'out' {
  switch (call.surface) {
    case 'nsx':
      return caller.nsx === undefined ? 'unknown' : known(nsxGives(caller.nsx, call))
    case 'nsxv':
      return nsxvVerdict(caller, call)
    case 'sallyport':
      return sallyportVerdict(caller, call)
    case 'soap':
      if (caller.privileges === undefined) return 'unknown'
      return known(methodAllows(call, caller))
    default:
      if (caller.privileges === undefined) return 'unknown'
      return known(operationAllows(call, caller))
  }
}

function nsxGives(role: string, { name, config }: Call): boolean {
  const requires = config?.requires as Requirement
  if (typeof requires === 'string') return true
  const [method = '', path = ''] = name.split(' ')
  const [url = '', action] = path.split(/(?=\?action=)/)
  const need = needOf({ method, url, action: action ?? '', requires, readsByPost: config?.readsByPost === true })
  return need.letters.includes(letterOf(need.row, role))
}

function nsxvVerdict({ nsxv }: Caller, { name, config }: Call): Verdict | 'out' {
  // NSX-v answers a wrong password and a user without a role alike: 403.
  if (nsxv === undefined) return 'out'
  // Every user may read their own entry. The call asks for another's.
  if (name === 'GET /api/2.0/services/usermgmt/user/:userId') {
    return known(nsxvGives(nsxv, 'user_account_management', 'read'))
  }
  const needs = config?.nsxv?.needs
  if (needs === undefined || needs === 'any-role') return 'in'
  return known(nsxvGives(nsxv, needs.feature, needs.permission))
}

function sallyportVerdict(caller: Caller, { name, config }: Call): Verdict {
  const { nsx, privileges, byCertificate } = caller
  if ((nsx === undefined || byCertificate) && privileges === undefined) return 'unknown'
  const row = sallyport.find(([begin]) => begin.test(name))
  if (row) return known(row[1](caller))
  return config?.requires === 'sign-in' ? 'in' : 'refused'
}

function methodAllows({ name, method }: Call, caller: Caller): boolean {
  if (method === 'sso-administrator') return caller.privileges === 'all'
  const needed = privilegesOfMethods[name] ?? (typeof method === 'object' ? method.privilege : undefined)
  return needed === undefined || has(caller, needed)
}

/** A list leaves out what the caller may not read, and refuses no user of vCenter. */
const leavesOut = /^(each|the object of each) |nothing is listed without it$/

/** The callers' roles are given on the root folder, and reach nothing that is asked on the global root, a category or a tag. */
function operationAllows({ operation }: Call, caller: Caller): boolean {
  const requires = operation?.requires
  if (typeof requires !== 'object' || leavesOut.test(requires.on)) return true
  if (/^the (global root|category|tag)\b/.test(requires.on)) return caller.privileges === 'all'
  return has(caller, requires.privilege)
}
