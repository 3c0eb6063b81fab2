# Document 004's sample as it is printed, but for host, password and the privileges that it abbreviates.
import os

from com.vmware.vapi.std_client import DynamicID
from com.vmware.vcenter.authorization_client import Roles, Permissions
from vmware.vapi.vsphere.client import create_vsphere_client

import requests, urllib3

session = requests.session()
session.verify = False
urllib3.disable_warnings()

client = create_vsphere_client(server=f"{os.environ['VCENTER_HOST']}:{os.environ['VCENTER_PORT']}", username='administrator@vsphere.local', password=os.environ['VCENTER_PASSWORD'], session=session)

# Create Role
role_spec = Roles.CreateSpec(name="HolodeckVMAdmin", description="VM-only role", privileges={"VirtualMachine.Interact.PowerOn", "VirtualMachine.Interact.PowerOff"})
role_id = client.vcenter.authorization.Roles.create(role_spec)

# Assign Permission
dc = client.vcenter.Datacenter.list()[0].datacenter
dyn_id = DynamicID(type='datacenter', id=dc)
principal = Permissions.Principal(type=Permissions.Principal.Type("USER"), name="holouser", domain="vsphere.local")
perm_spec = Permissions.CreateSpec(object=dyn_id, principal=principal, role=role_id, propagating=True)
client.vcenter.authorization.Permissions.create(perm_spec)
