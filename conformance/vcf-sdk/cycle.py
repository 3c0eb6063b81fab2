"""The whole cycle of vCenter's authorization API through the official SDK; a line for each part, as conformance/suite.ts reads them."""
import os

import requests
from com.vmware.vapi.std.errors_client import AlreadyExists, InvalidArgument, NotFound, ResourceInUse, Unauthenticated, Unauthorized, Unsupported
from com.vmware.vapi.std_client import DynamicID
from com.vmware.vcenter.authorization_client import Permissions, PrivilegeChecks, Privileges, Roles
from com.vmware.vcenter_client import VM
from com.vmware.vcenter.vm_client import Power
from vmware.vapi.vsphere.client import create_vsphere_client

server = f"{os.environ['VCENTER_HOST']}:{os.environ['VCENTER_PORT']}"
user, password = os.environ["VCENTER_USER"], os.environ["VCENTER_PASSWORD"]
session = requests.session()
session.verify = os.environ["VCENTER_CA"]


def client_of(name, secret=password):
    return create_vsphere_client(server=server, username=name, password=secret, session=session)


def refused(error, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except error:
        return
    raise AssertionError(f"{call} was not refused with {error.__name__}")


def says(text):
    print(f"ok {text}", flush=True)


admin = client_of(user)
roles, permissions, privileges = (
    admin.vcenter.authorization.Roles,
    admin.vcenter.authorization.Permissions,
    admin.vcenter.authorization.Privileges,
)

refused(Unauthenticated, client_of, user, "wrong")
says("a wrong password is UNAUTHENTICATED")

assert privileges.get("VirtualMachine.Interact.PowerOn").name == "VirtualMachine.Interact.PowerOn"
listed = privileges.list(Privileges.FilterSpec(names={"VirtualMachine.Interact.PowerOn", "System.View"}))
assert {item.privilege for item in listed.items} == {"VirtualMachine.Interact.PowerOn", "System.View"}
refused(NotFound, privileges.get, "No.Such")
says("privileges are listed, filtered and read")

spec = Roles.CreateSpec(name="cycle", description="the cycle", privileges={"VirtualMachine.Interact.PowerOn"})
role = roles.create(spec)
info = roles.get(role)
assert (info.name, info.system) == ("cycle", False)
assert info.privileges == {"VirtualMachine.Interact.PowerOn", "System.Anonymous", "System.Read", "System.View"}
refused(AlreadyExists, roles.create, spec)
refused(InvalidArgument, roles.create, Roles.CreateSpec(name="x", description="", privileges={"No.Such"}))
roles.update(role, Roles.UpdateSpec(description="changed", privileges={"VirtualMachine.Interact.PowerOff", "VirtualMachine.Interact.PowerOn"}))
assert roles.get(role).description == "changed"
refused(Unsupported, roles.update, "-1", Roles.UpdateSpec(description="mine"))
seen = {item.role for item in roles.list().items}
assert role in seen and {"-1", "-2", "-5"} <= seen
page = roles.list(iterate=Roles.IterationSpec(page_size=2))
assert len(page.items) == 2 and page.marker
rest = roles.list(iterate=Roles.IterationSpec(marker=page.marker))
assert not {item.role for item in page.items} & {item.role for item in rest.items}
says("roles are created, read, updated and listed page by page")

[dc] = [item.datacenter for item in admin.vcenter.Datacenter.list() if item.name == "DC0"]
principal = Permissions.Principal(type=Permissions.Principal.Type.USER, name="holodeck-vmadmin", domain="vsphere.local")
grant = Permissions.CreateSpec(object=DynamicID(type="Datacenter", id=dc), principal=principal, role=role, propagating=True)
permission = permissions.create(grant)
refused(AlreadyExists, permissions.create, grant)
refused(ResourceInUse, roles.delete, role)
assert permissions.get(permission).propagating is True
found = permissions.list(Permissions.FilterSpec(principals=[principal]))
assert [item.permission for item in found.items] == [permission]
says("a permission is created, read and found by its principal")

marker = admin.vcenter.authorization.privilege_checks.Latest.get()
holder = client_of("holodeck-vmadmin@vsphere.local")
assert [item.datacenter for item in holder.vcenter.Datacenter.list()] == [dc]
machine = holder.vcenter.VM.list(VM.FilterSpec(power_states={Power.State.POWERED_OFF}))[0].vm
holder.vcenter.vm.Power.start(machine)
refused(Unauthorized, holder.vcenter.authorization.Roles.create, spec)
checks = admin.vcenter.authorization.PrivilegeChecks.list(
    iteration=PrivilegeChecks.IterationSpec(marker=marker),
    filter=PrivilegeChecks.FilterSpec(principals=[PrivilegeChecks.Principal(name="holodeck-vmadmin", domain="vsphere.local")]),
)
assert "VirtualMachine.Interact.PowerOn" in {item.privilege for item in checks.items}
says("its holder powers a machine on and may make no role, and the checks of that were recorded")

everywhere = Permissions.CreateSpec(object=DynamicID(type="GlobalAcl", id="GlobalAcl"), principal=principal, role="-2", propagating=True)
for one in (permission, permissions.create(everywhere)):
    permissions.update(one, Permissions.UpdateSpec(role="-2", is_propagating=False))
    assert permissions.get(one).propagating is False
    permissions.delete(one)
    refused(NotFound, permissions.get, one)
roles.delete(role)
refused(NotFound, roles.get, role)
says("permissions, a global one too, and the role are updated and deleted")
