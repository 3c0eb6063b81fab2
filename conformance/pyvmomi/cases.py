"""What pyvmomi must be able to do; a line for each case, as conformance/suite.ts reads them."""

import os
import ssl

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import SoapStubAdapter, vim, vmodl

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


@case('reads every property of every object, set or not')
def _():
    view = content.viewManager.CreateContainerView(content.rootFolder, [], True)
    managers = [value for value in vars(content).values() if hasattr(value, '_moId')]
    objects = [content.rootFolder, view, *view.view, *managers]
    by_type = {type(one): one for one in objects}
    assert len(by_type) > 20, by_type.keys()
    late = 0
    for one in by_type.values():
        for info in one._GetPropertyList():
            try:
                getattr(one, info.name)
            except vmodl.query.InvalidProperty:
                # Of 9.1, which the client knows and does not speak here.
                late += 1
                assert info.version in ('vim.version.v9_1_0_0', 'vim.version.v9_1_1_0'), (type(one), info.name)
    view.Destroy()


@case('scripts read guests, hosts, clusters and pools unguarded')
def _():
    index = content.searchIndex
    machine = index.FindByInventoryPath('DC0/vm/DC0_H0_VM0')
    assert machine.guest.toolsStatus == 'toolsNotInstalled' and machine.guest.net == []
    assert machine.guest.ipAddress is None and machine.config.hardware.device == []
    assert machine.config.extraConfig == [] and machine.layoutEx is None
    host = index.FindByDnsName(None, 'DC0_C0_H0', False)
    assert host.summary.hardware.uuid == host.hardware.systemInfo.uuid
    assert host.summary.hardware.memorySize == 0 and host.config is None
    cluster = host.parent
    assert cluster.configurationEx.drsConfig.enabled and cluster.summary.numHosts > 0
    assert cluster.resourcePool.config.cpuAllocation.limit == -1


@case('makes, names, moves and destroys folders, with tasks')
def _():
    vms = content.searchIndex.FindByInventoryPath('DC0/vm')
    machine = content.searchIndex.FindByInventoryPath('DC0/vm/DC0_H0_VM0')
    folder = vms.CreateFolder('pyvmomi')
    raises(vim.fault.DuplicateName, lambda: vms.CreateFolder('pyvmomi'))
    WaitForTask(folder.MoveInto([machine]))
    assert machine.parent == folder
    WaitForTask(folder.Rename('pyvmomi2'))
    WaitForTask(vms.MoveInto([machine]))
    raises(vim.fault.InvalidFolder, lambda: folder.MoveInto([folder]))
    WaitForTask(folder.Destroy())
    assert content.searchIndex.FindByInventoryPath('DC0/vm/pyvmomi2') is None


@case('collects properties through a list view, and events by their types')
def _():
    view = content.viewManager.CreateListView([content.rootFolder])
    assert view.view == [content.rootFolder] and view.Modify([], [content.rootFolder]) == []
    assert view.view == []
    view.Destroy()
    role = authorization.AddRole('event', [])
    spec = vim.event.EventFilterSpec(eventTypeId=['vim.event.RoleAddedEvent'])
    newest = content.eventManager.QueryEvents(spec)[-1]
    assert isinstance(newest, vim.event.RoleAddedEvent) and newest.role.roleId == role, newest
    authorization.RemoveRole(role, True)
    assert content.licenseManager.licenses == [] and content.perfManager.perfCounter == []
    assert content.setting.QueryOptions('config.vmacore.soap.maxSessionCount')[0].value == 3000


@case('a client of 5.1 is told of nothing that came later')
def _():
    stub = SoapStubAdapter(
        host=os.environ['VCENTER_HOST'],
        port=int(os.environ['VCENTER_PORT']),
        version='vim.version.version8',
        sslContext=trusted,
    )
    old = vim.ServiceInstance('ServiceInstance', stub)
    old.content.sessionManager.Login(user, password)
    machine = old.content.searchIndex.FindByInventoryPath('DC0/vm/DC0_H0_VM0')
    assert machine.guest.toolsRunningStatus == 'guestToolsNotRunning'
    assert machine.guest.guestStateChangeSupported is None
    assert machine.summary.runtime.powerState
    old.content.sessionManager.Logout()


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
