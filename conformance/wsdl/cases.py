"""What clients made of the WSDL must be able to do; a line for each case, as conformance/suite.ts reads them."""

import os
import ssl
import urllib.request
from xml.etree import ElementTree

import lxml.etree
import requests
import suds.client
import suds.transport.http
import zeep
import zeep.helpers

base = f"https://{os.environ['VCENTER_HOST']}:{os.environ['VCENTER_PORT']}"
ca, user, password = os.environ['VCENTER_CA'], os.environ['VCENTER_USER'], os.environ['VCENTER_PASSWORD']
namespace = '{urn:vim25}'


def case(name):
    def run(work):
        try:
            work()
            print(f'ok {name}', flush=True)
        except Exception as error:
            print(f'not ok {name}: {type(error).__name__} {" ".join(str(error).split())[:500]}', flush=True)

    return run


class Zeep:
    """A client of zeep with a session of its own."""

    def __init__(self):
        session = requests.Session()
        session.verify = ca
        self.client = zeep.Client(f'{base}/sdk/vimService.wsdl', transport=zeep.Transport(session=session))
        self.service = self.client.service
        self.type = lambda name: self.client.get_type(namespace + name)

    def ref(self, type, id):
        return self.type('ManagedObjectReference')(_value_1=id, type=type)

    def sign_in(self, user, password=password):
        self.service.Login(_this=self.ref('SessionManager', 'SessionManager'), userName=user, password=password)
        return self

    def at(self, path):
        return self.service.FindByInventoryPath(_this=self.ref('SearchIndex', 'SearchIndex'), inventoryPath=path)

    def spec(self, type, paths, *objects):
        paths = {'all': True} if paths is None else {'pathSet': paths}
        return self.type('PropertyFilterSpec')(
            propSet=[self.type('PropertySpec')(type=type, **paths)],
            objectSet=[self.type('ObjectSpec')(obj=one) for one in objects],
        )

    def read(self, type, paths, *objects):
        collector = self.ref('PropertyCollector', 'propertyCollector')
        found = self.service.RetrieveProperties(_this=collector, specSet=[self.spec(type, paths, *objects)])
        return [{one.name: one.val for one in content.propSet} for content in found]


def fault(work):
    try:
        work()
    except zeep.exceptions.Fault as raised:
        (detail,) = raised.detail
        return lxml.etree.QName(detail).localname, raised.message
    raise AssertionError('no fault')


admin = Zeep()


@case('zeep reads the WSDL, signs in and is who it is')
def _():
    content = admin.service.RetrieveServiceContent(_this=admin.ref('ServiceInstance', 'ServiceInstance'))
    assert content.about.apiType == 'VirtualCenter', content.about
    assert content.rootFolder._value_1 == 'group-d1' and content.rootFolder.type == 'Folder'
    admin.sign_in(user)
    manager = admin.ref('SessionManager', 'SessionManager')
    ((session,),) = [list(one.values()) for one in admin.read('SessionManager', ['currentSession'], manager)]
    assert session.userName == 'VSPHERE.LOCAL\\Administrator', session


@case('zeep reads values of every kind, texts, lists, objects within objects, references')
def _():
    machine = admin.at('DC0/vm/DC0_H0_VM0')
    assert machine.type == 'VirtualMachine', machine
    ((values),) = admin.read('VirtualMachine', ['name', 'summary', 'guest', 'runtime.host', 'permission'], machine)
    assert values['name'] == 'DC0_H0_VM0', values
    assert values['guest'].toolsStatus == 'toolsNotInstalled' and values['guest'].net == [], values['guest']
    assert values['summary'].runtime.powerState in ('poweredOn', 'poweredOff'), values['summary']
    assert values['runtime.host'].type == 'HostSystem'
    (cluster,) = admin.read('ClusterComputeResource', ['summary'], admin.at('DC0/host/DC0_C0'))
    assert type(cluster['summary']).__name__ == 'ClusterComputeResourceSummary', type(cluster['summary'])
    assert cluster['summary'].numHosts > 0


authorization = admin.ref('AuthorizationManager', 'AuthorizationManager')


@case('zeep makes a role and a permission, and they are in force at once')
def _():
    role = admin.service.AddAuthorizationRole(
        _this=authorization, name='zeep', privIds=['VirtualMachine.Interact.PowerOff']
    )
    root = admin.ref('Folder', 'group-d1')
    for name, given in (('holodeck-vmadmin', role), ('holouser', -2)):
        permission = admin.type('Permission')(
            principal=f'VSPHERE.LOCAL\\{name}', group=False, roleId=given, propagate=True
        )
        admin.service.SetEntityPermissions(_this=authorization, entity=root, permission=[permission])
    machine = admin.at('DC0/vm/DC0_H0_VM0')

    refused = Zeep().sign_in('holouser@vsphere.local')
    name, text = fault(lambda: refused.service.PowerOffVM_Task(_this=machine))
    assert name == 'NoPermissionFault', name
    assert text == 'Permission to perform this operation was denied.', text

    may = Zeep().sign_in('holodeck-vmadmin@vsphere.local')
    task = may.service.PowerOffVM_Task(_this=machine)
    ((info),) = may.read('Task', ['info'], task)
    assert info['info'].state == 'success', info
    name, _text = fault(lambda: may.service.PowerOnVM_Task(_this=machine))
    assert name == 'NoPermissionFault', name


@case('zeep reads events, each of its own type')
def _():
    found = admin.service.QueryEvents(_this=admin.ref('EventManager', 'EventManager'), filter={})
    names = {type(one).__name__ for one in found}
    assert {'UserLoginSessionEvent', 'RoleAddedEvent', 'PermissionAddedEvent'} <= names, names
    assert all(one.createdTime.tzinfo for one in found)


@case('suds reads the WSDL, signs in, reads properties and is refused')
def _():
    class Transport(suds.transport.http.HttpTransport):
        def u2handlers(self):
            context = ssl.create_default_context(cafile=ca)
            return [*super().u2handlers(), urllib.request.HTTPSHandler(context=context)]

    client = suds.client.Client(f'{base}/sdk/vimService.wsdl', transport=Transport(), cache=None)

    def ref(type, id):
        made = client.factory.create('ns0:ManagedObjectReference')
        made.value, made._type = id, type
        return made

    session = client.service.Login(ref('SessionManager', 'SessionManager'), user, password)
    assert session.userName == 'VSPHERE.LOCAL\\Administrator', session
    machine = client.service.FindByInventoryPath(ref('SearchIndex', 'SearchIndex'), 'DC0/vm/DC0_H0_VM0')
    properties = client.factory.create('ns0:PropertySpec')
    properties.type, properties.pathSet = 'VirtualMachine', ['name', 'guest']
    objects = client.factory.create('ns0:ObjectSpec')
    objects.obj = machine
    spec = client.factory.create('ns0:PropertyFilterSpec')
    spec.propSet, spec.objectSet = [properties], [objects]
    (content,) = client.service.RetrieveProperties(ref('PropertyCollector', 'propertyCollector'), [spec])
    values = {one.name: one.val for one in content.propSet}
    assert values['name'] == 'DC0_H0_VM0' and values['guest'].toolsRunningStatus == 'guestToolsNotRunning', values
    try:
        client.service.CreateFolder(machine, 'x')
        raise AssertionError('a machine is a folder')
    except suds.WebFault as raised:
        assert 'MethodNotFoundFault' in str(raised.fault.detail), raised.fault


@case('every property of every object is well-formed XML to expat and to libxml2, and reads as the WSDL says')
def _():
    views, root = admin.ref('ViewManager', 'ViewManager'), admin.ref('Folder', 'group-d1')
    view = admin.service.CreateContainerView(_this=views, container=root, type=[], recursive=True)
    ((all_),) = admin.read('ContainerView', ['view'], view)
    objects = [root, view, *all_['view'].ManagedObjectReference]
    content = admin.service.RetrieveServiceContent(_this=admin.ref('ServiceInstance', 'ServiceInstance'))
    managers = [one for one in zeep.helpers.serialize_object(content, dict).values() if one and 'type' in one]
    objects += [admin.ref(one['type'], one['_value_1']) for one in managers]
    read = 0
    for one in objects:
        values = admin.read(one.type, None, one)
        spec = admin.spec(one.type, None, one)
        collector = admin.ref('PropertyCollector', 'propertyCollector')
        with admin.client.settings(raw_response=True):
            answer = admin.service.RetrieveProperties(_this=collector, specSet=[spec])
        by_expat = len(list(ElementTree.fromstring(answer.content).iter()))
        by_libxml2 = len(list(lxml.etree.fromstring(answer.content).iter()))
        assert by_expat == by_libxml2 >= 5, (one, by_expat, by_libxml2)
        read += sum(map(len, values))
    assert read > 500, read
