"""What pyvmomi must be able to do; a line for each case, as conformance/suite.ts reads them."""

import os
import ssl

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl

trusted = ssl.create_default_context(cafile=os.environ['VCENTER_CA'])
user, password = os.environ['VCENTER_USER'], os.environ['VCENTER_PASSWORD']


def connect(user=user, **options):
    return SmartConnect(
        host=os.environ['VCENTER_HOST'],
        port=int(os.environ['VCENTER_PORT']),
        user=user,
        pwd=password,
        sslContext=trusted,
        **options,
    )


def raises(fault, work):
    try:
        work()
    except fault as raised:
        return raised
    raise AssertionError(f'{fault.__name__} was not raised')


def case(name):
    def run(work):
        try:
            work()
            print(f'ok {name}', flush=True)
        except Exception as error:
            print(f'not ok {name}: {type(error).__name__} {" ".join(str(error).split())}', flush=True)

    return run


client = connect()
content = client.RetrieveContent()
authorization = content.authorizationManager
Permission = vim.AuthorizationManager.Permission


@case('connects with the newest version that both know, as who signed in')
def _():
    assert client._stub.version == 'vim.version.v9_0_0_0', client._stub.version
    session = content.sessionManager.currentSession
    assert session.userName == 'VSPHERE.LOCAL\\Administrator', session.userName
    assert session.userAgent.startswith('pyvmomi '), session.userAgent


@case('a wrong password is refused as InvalidLogin')
def _():
    raises(vim.fault.InvalidLogin, lambda: connect('nobody@vsphere.local'))


@case('lists roles, privileges and their descriptions')
def _():
    roles = {role.roleId: role for role in authorization.roleList}
    assert roles[-1].name == 'Admin' and roles[-1].info.label == 'Administrator'
    assert len(authorization.privilegeList) == len(roles[-1].privilege)
    assert authorization.description.privilegeGroup


@case('makes a role, sets a permission with it, and has it in force at once')
def _():
    role = authorization.AddRole('pyvmomi', ['VirtualMachine.Interact.PowerOn'])
    datacenter = content.searchIndex.FindByInventoryPath('DC0')
    given = Permission(principal='holodeck-vmadmin@vsphere.local', group=False, roleId=role, propagate=True)
    authorization.SetEntityPermissions(datacenter, [given])
    (row,) = authorization.RetrieveEntityPermissions(datacenter, False)
    assert (row.principal, row.roleId, row.propagate) == ('VSPHERE.LOCAL\\holodeck-vmadmin', role, True)
    assert row.entity == datacenter

    other = connect('VSPHERE.LOCAL\\holodeck-vmadmin')
    try:
        assert [child.name for child in other.content.rootFolder.childEntity] == ['DC0']
        machine = other.content.searchIndex.FindByInventoryPath('DC0/vm/DC0_H0_VM1')
        task = machine.PowerOn()
        assert WaitForTask(task, si=other) == vim.TaskInfo.State.success
        assert machine.runtime.powerState == 'poweredOn'
        raises(vim.fault.InvalidPowerState, machine.PowerOn)
        denied = raises(vim.fault.NoPermission, machine.PowerOff)
        assert (denied.object._moId, denied.privilegeId) == (machine._moId, 'VirtualMachine.Interact.PowerOff')
        raises(vim.fault.NoPermission, lambda: other.content.authorizationManager.AddRole('more', []))
    finally:
        Disconnect(other)


@case('roles and permissions are refused with their own faults')
def _():
    datacenter = content.searchIndex.FindByInventoryPath('DC0')
    (role,) = [role.roleId for role in authorization.roleList if role.name == 'pyvmomi']

    def set_permission(**fields):
        given = {'principal': 'holouser@vsphere.local', 'group': False, 'roleId': role, 'propagate': True, **fields}
        return lambda: authorization.SetEntityPermissions(datacenter, [Permission(**given)])

    assert raises(vim.fault.AlreadyExists, lambda: authorization.AddRole('pyvmomi', [])).name == 'pyvmomi'
    raises(vim.fault.InvalidName, lambda: authorization.AddRole('', []))
    unknown = raises(vmodl.fault.InvalidArgument, lambda: authorization.AddRole('other', ['no.such.privilege']))
    assert unknown.invalidProperty == 'privIds'
    raises(vim.fault.RemoveFailed, lambda: authorization.RemoveRole(role, True))
    raises(vmodl.fault.InvalidArgument, lambda: authorization.RemoveRole(-1, True))
    raises(vim.fault.UserNotFound, set_permission(principal='nobody@vsphere.local'))
    raises(vim.fault.NotFound, set_permission(roleId=77))
    raises(vmodl.fault.InvalidArgument, set_permission(roleId=-3))
    raises(vmodl.fault.InvalidArgument, lambda: authorization.SetEntityPermissions(datacenter.vmFolder, []))
    administrators = authorization.RetrieveEntityPermissions(content.rootFolder, False)
    assert administrators
    raises(
        vim.fault.AuthMinimumAdminPermission,
        lambda: authorization.ResetEntityPermissions(content.rootFolder, []),
    )
    raises(vmodl.fault.ManagedObjectNotFound, lambda: vim.Folder('group-d0', client._stub).name)


@case('lists a container view')
def _():
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    try:
        names = {machine.name for machine in view.view}
    finally:
        view.Destroy()
    assert len(names) == 40 and 'DC0_H0_VM0' in names


@case('a session that is there already is used by its id')
def _():
    borrowed = connect(sessionId=client._stub.GetSessionId())
    current = borrowed.content.sessionManager.currentSession
    assert current.key == content.sessionManager.currentSession.key
    assert borrowed.content.sessionManager.SessionIsActive(current.key, current.userName)


@case('disconnects, and is nobody from then on')
def _():
    other = connect()
    Disconnect(other)
    raises(vim.fault.NotAuthenticated, lambda: other.content.rootFolder.name)


authorization.RemoveRole([role.roleId for role in authorization.roleList if role.name == 'pyvmomi'][0], False)
Disconnect(client)
