"""What nsxramlclient must be able to do with an NSX Manager for vSphere; a line for each case, as
conformance/suite.ts reads them. The NSX Manager is where vCenter is."""

import os
from importlib.util import find_spec

from nsxramlclient.client import NsxClient
from nsxramlclient.exceptions import NsxError

raml = f'{find_spec("pynsxv").submodule_search_locations[0]}/library/api_spec/nsxvapi.raml'
address = f'{os.environ["VCENTER_HOST"]}:{os.environ["VCENTER_PORT"]}'
password = os.environ['VCENTER_PASSWORD']
sso_password = 'VMware123!'
holouser = {'userId': 'holouser@vsphere.local'}


def connect(user='admin', secret=password):
    return NsxClient(raml, address, user, secret, verify=os.environ['VCENTER_CA'], fail_mode='raise')


def refused(status, work):
    try:
        work()
    except NsxError as error:
        assert error.status == status, error
        return error.msg
    raise AssertionError(f'{status} was not answered')


def case(name):
    def run(work):
        try:
            work()
            print(f'ok {name}', flush=True)
        except Exception as error:
            print(f'not ok {name}: {type(error).__name__} {" ".join(str(error).split())}', flush=True)

    return run


client = connect()


def body(resource, method, /, **members):
    """The example of the RAML, filled in."""
    example = client.extract_resource_body_example(resource, method)
    next(iter(example.values())).update(members)
    return example


def entry(method, role, resource='globalroot-0'):
    return body('userRoleMgmt', method, role=role, resource={'resourceId': resource})


@case('every call of the RAML that reads the appliance, its registration, its users and its logs is answered')
def _():
    for name in '''globalInfo systemInfo componentInfo systemCPUInfo systemUptime systemMemoryInfo systemStorageInfo
        networkSettings systemTime systemLocale systemSyslogServer componentsManagement ssoConfig ssoStatus
        vCenterConfig vCenterStatus userNSXManagerInfo userMgmtRoles userScopingObjects systemEvents auditLogs'''.split():
        assert client.read(name)['status'] == 200, name
    for name in 'componentManagement componentDependencies componentDependents componentStatus'.split():
        assert client.read(name, uri_parameters={'componentID': 'NSX'})['status'] == 200, name


@case('the release and who signed in')
def _():
    info = client.read('globalInfo')['body']['globalInfo']
    assert info['currentLoggedInUser'] == 'admin', info
    assert info['versionInfo']['majorVersion'] == '6', info


@case('vCenter is connected, as PyNSXv asks')
def _():
    assert client.read('vCenterStatus')['body']['vcConfigStatus']['connected'] == 'true'
    assert client.read('ssoStatus')['body']['boolean'] == 'true'


@case('a role is given, read, changed and taken away')
def _():
    flag = {'isGroup': 'false'}
    made = client.create('userRoleMgmt', holouser, entry('create', 'auditor'), flag)
    assert (made['status'], made['body']) == (204, None), made
    read = client.read('userRoleMgmt', holouser)['body']['accessControlEntry']
    assert (read['role'], read['resource']['name']) == ('auditor', 'Global'), read
    changed = client.update('userRoleMgmt', holouser, entry('update', 'vshield_admin'))['body']
    assert changed == {'accessControlEntry': {'role': 'vshield_admin'}}, changed
    names = [user['name'] for user in client.read('userNSXManagerInfo')['body']['users']['userInfo']]
    assert 'VSPHERE.LOCAL\\holouser' in names, names
    assert client.delete('userRoleMgmt', holouser)['status'] == 204
    refused(400, lambda: client.read('userRoleMgmt', holouser))


@case('roles are enforced, and a refusal says which feature it is about')
def _():
    client.create('userRoleMgmt', holouser, entry('create', 'auditor'), {'isGroup': 'false'})
    auditor = connect('holouser@vsphere.local', sso_password)
    assert auditor.read('auditLogs')['status'] == 200
    assert auditor.read('userMgmtUser', uri_parameters={'userId': 'admin'})['status'] == 200
    error = refused(403, lambda: auditor.read('userRoleMgmt', holouser))['error']
    assert (error['errorCode'], error['moduleName']) == ('254', 'core-services'), error
    refused(403, lambda: auditor.delete('userRoleMgmt', holouser))
    refused(403, lambda: auditor.read('globalInfo'))
    assert client.delete('userMgmtUser', holouser)['status'] == 204
    page = refused(403, lambda: auditor.read('auditLogs'))
    assert b'VC user does not have any role on NSX Manager.' in page, page


@case('a wrong password is refused with the page of the product')
def _():
    page = refused(403, lambda: connect('admin', 'Wrong-Lantern-1').read('userMgmtRoles'))
    assert b'Bad Username or Credentials presented' in page, page


@case('the time, the name servers, the locale and the syslog server are set with the examples of the RAML')
def _():
    assert client.delete('ntp')['status'] == 204
    time = body('systemTime', 'update', ntpServer={'string': '192.0.2.9'}, timezone='UTC')
    assert client.update('systemTime', request_body_dict=time)['status'] == 204
    assert client.read('systemTime')['body']['timeSettings']['ntpServer']['string'] == '192.0.2.9'
    dns = body('dns', 'update', ipv4Address='192.0.2.12')
    assert client.update('dns', request_body_dict=dns)['status'] == 204
    assert client.read('networkSettings')['body']['network']['dns']['ipv4Address'] == '192.0.2.12'
    locale = body('systemLocale', 'update', language='ja', country='JP')
    assert client.update('systemLocale', request_body_dict=locale)['status'] == 204
    syslog = body('systemSyslogServer', 'update', syslogServer='127.0.0.1', port='9', protocol='UDP')
    assert client.update('systemSyslogServer', request_body_dict=syslog)['status'] == 204
    assert client.read('systemSyslogServer')['body']['syslogserver']['port'] == '9'
    assert client.delete('systemSyslogServer')['status'] == 204


@case('vCenter and SSO are registered with the examples of the RAML')
def _():
    host, user = os.environ['VCENTER_HOST'], 'administrator@vsphere.local'
    thumbprint = client.read('vCenterConfig')['body']['vcInfo']['certificateThumbprint']
    vc = body('vCenterConfig', 'update', ipAddress=host, userName=user, password=sso_password)
    vc['vcInfo']['certificateThumbprint'] = thumbprint
    assert client.update('vCenterConfig', request_body_dict=vc)['status'] == 204
    vc['vcInfo']['password'] = 'wrong'
    refused(400, lambda: client.update('vCenterConfig', request_body_dict=vc))
    assert client.delete('ssoConfig')['status'] == 204
    assert client.read('ssoStatus')['body']['boolean'] == 'false'
    sso = body('ssoConfig', 'create', ssoLookupServiceUrl=f'https://{address}/lookupservice/sdk', ssoAdminUsername=user)
    sso['ssoConfig']['ssoAdminUserpassword'] = sso_password
    assert client.create('ssoConfig', request_body_dict=sso)['status'] == 204
    assert client.read('ssoStatus')['body']['boolean'] == 'true'


@case('the audit log has the changes of this client, by who made them')
def _():
    log = client.read('auditLogs', query_parameters_dict={'pageSize': '1024'})['body']['pagedAuditLogList']['dataPage']
    rows = log['auditLog']
    assert log['pagingInfo']['totalCount'] == str(len(rows)), log['pagingInfo']
    operations = {row['operation'] for row in rows if row['resource'] == 'VSPHERE.LOCAL\\holouser' and row['userName'] == 'admin'}
    assert operations == {'CREATE', 'UPDATE', 'DELETE'}, operations
    assert not any(sso_password in str(row) for row in rows)
