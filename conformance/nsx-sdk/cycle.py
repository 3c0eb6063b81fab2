"""NSX Manager through the vendor's SDK for Python; a line for each part, as conformance/suite.ts reads them."""
import os
import subprocess

import requests
from vcf.nsx.api.v1 import administration_client, cluster_client, node_client, trust_management_client
from vcf.nsx.api.v1.node import aaa_client, services_client, users_client
from vcf.nsx.api.v1.node.services import syslog_client
from vcf.nsx.api.v1.trust_management import principal_identities_client
from vcf.nsx import model_client as model
from vcf.nsx.policy.api.v1 import aaa_client as policy_aaa_client, infra_client
from vmware.vapi.bindings.stub import StubConfiguration
from vmware.vapi.lib.connect import get_requests_connector
from vmware.vapi.security.client.security_context_filter import LegacySecurityContextFilter
from vmware.vapi.security.user_password import create_user_password_security_context

url = f"https://{os.environ['VCENTER_HOST']}:{os.environ['VCENTER_PORT']}"
secret = os.environ["NSX_PASSWORD"]
own = "Sdk!Lantern-2026-1"


# The status of every answer.
answers = []


def heard(response, *_args, **_named):
    answers.append(response.status_code)


class As:
    """The services that are used, for one caller."""

    def __init__(self, name, password):
        session = requests.session()
        session.verify = os.environ["VCENTER_CA"]
        session.hooks["response"].append(heard)
        context = create_user_password_security_context(name, password)
        connector = get_requests_connector(
            session=session, msg_protocol="rest", url=url,
            provider_filter_chain=[LegacySecurityContextFilter(security_context=context)],
        )
        made = StubConfiguration(connector)
        self.users = node_client.Users(made)
        self.version = node_client.Version(made)
        self.keys = users_client.SshKeys(made)
        self.policy = aaa_client.AuthPolicy(made)
        self.http = services_client.Http(made)
        self.exporters = syslog_client.Exporters(made)
        self.roles = policy_aaa_client.Roles(made)
        self.bindings = policy_aaa_client.RoleBindings(made)
        self.ldap = policy_aaa_client.LdapIdentitySources(made)
        self.me = policy_aaa_client.UserInfo(made)
        self.certificates = trust_management_client.Certificates(made)
        self.identities = trust_management_client.PrincipalIdentities(made)
        self.with_certificate = principal_identities_client.WithCertificate(made)
        self.audit = administration_client.AuditLogs(made)
        self.service = cluster_client.ApiService(made)
        self.status = cluster_client.Status(made)
        self.segments = infra_client.Segments(made)
        self.tier1s = infra_client.Tier1s(made)


def refused(statuses, call, *arguments, **named):
    """Of a refusal the SDK says ApiError, whatever it is."""
    try:
        call(*arguments, **named)
    except model.ApiError:
        assert answers[-1] in statuses, f"{call.__name__} was answered {answers[-1]} instead of {statuses}"
        return
    raise AssertionError(f"{call.__name__} was not refused")


def part(name):
    """Runs what it decorates, and says how it went."""

    def run(work):
        try:
            work()
            print(f"ok {name}", flush=True)
        except Exception as error:  # noqa: BLE001: whatever it is, it is told
            text = f"{type(error).__name__} {error}".replace("\n", " ")
            print(f"not ok {name}: {text[:600]}", flush=True)

    return run


admin = As("admin", secret)
nobody = As("nobody", "not-the-password-1A!")


@part("the version is read, and nobody reads anything")
def _():
    assert admin.version.node_read_node_version().node_version == "9.0.0.0.0"
    refused([401, 403], nobody.version.node_read_node_version)
    assert admin.status.read_cluster_status().mgmt_cluster_status.status == "STABLE"


@part("node users are created, read, changed, activated, deactivated and deleted")
def _():
    made = admin.users.node_create_node_user_create_user(
        model.NodeUserProperties(username="sdkuser", full_name="SDK", password=own)
    )
    userid = str(made.userid)
    assert admin.users.node_read_node_user(userid).username == "sdkuser"
    assert "sdkuser" in [user.username for user in admin.users.node_list_node_users().results]
    changed = admin.users.node_update_node_user(userid, model.NodeUserProperties(full_name="Changed"))
    assert changed.full_name == "Changed"
    admin.users.node_deactivate_node_user_deactivate(userid)
    admin.users.node_activate_node_user_activate(userid, model.NodeUserPasswordProperty(password=own + "a"))
    admin.users.node_reset_node_user_password_reset_password(userid, model.NodeUserPasswordProperty(password=own + "b"))
    As("sdkuser", own + "b").users.node_reset_node_user_own_password_reset_own_password(
        model.ResetNodeUserOwnPasswordProperties(old_password=own + "b", password=own)
    )
    refused([409], admin.users.node_create_node_user_create_user, model.NodeUserProperties(username="sdkuser", password=own))
    refused([400], admin.users.node_create_node_user_create_user, model.NodeUserProperties(username="weak", password="a"))
    program = admin.users.node_create_node_user_create_service_user(model.NodeUserProperties(username="sdkprogram"))
    assert [user.username for user in admin.users.node_list_node_users(filter="service").results] == ["sdkprogram"]
    admin.users.node_delete_node_user(str(program.userid))
    refused([404], admin.users.node_read_node_user, "99999")


user = As("sdkuser", own)


def userid():
    [found] = [user for user in admin.users.node_list_node_users().results if user.username == "sdkuser"]
    return str(found.userid)


@part("SSH keys are added, listed and removed; a label that is there is refused")
def _():
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key"], check=True)
    kind, value = open("key.pub").read().split()[:2]
    key = model.SshKeyProperties(label="mine", type=kind, value=value)
    admin.keys.node_add_node_user_ssh_key_add_ssh_key(userid(), key)
    assert [key.label for key in admin.keys.node_list_node_user_ssh_keys(userid()).results] == ["mine"]
    refused([400], admin.keys.node_add_node_user_ssh_key_add_ssh_key, userid(), key)
    admin.keys.node_delete_node_user_ssh_key_remove_ssh_key(userid(), model.SshKeyBaseProperties(label="mine"))
    assert not admin.keys.node_list_node_user_ssh_keys(userid()).results


@part("the authentication policy is read, changed and reset")
def _():
    policy = admin.policy.node_read_authentication_policy_properties()
    policy.minimum_password_length = 14
    assert admin.policy.node_update_authentication_policy_properties(policy).minimum_password_length == 14
    policy.api_max_auth_failures = 51
    refused([400], admin.policy.node_update_authentication_policy_properties, policy)
    assert admin.policy.node_reset_authentication_policy_properties_reset_all().minimum_password_length == 12


def features(*given):
    return [model.FeaturePermission(feature=feature, permission=permission) for feature, permission in given]


@part("roles are made, read, cloned, validated and deleted")
def _():
    admin.roles.lm_policy_create_or_update_role(
        "sdk_role", model.RoleWithFeatures(display_name="sdk_role", features=features(("policy_segment", "crud")))
    )
    assert {f.feature for f in admin.roles.lm_policy_get_role_info("sdk_role").features} >= {"policy_segment"}
    admin.roles.lm_policy_clone_role("sdk_role", model.NewRole(new_role_id="sdk_clone", new_role_name="sdk_clone"))
    listed = [role.role for role in admin.roles.lm_policy_get_all_roles_info().results]
    assert {"sdk_role", "sdk_clone", "enterprise_admin"} <= set(listed)
    admin.roles.lm_policy_delete_role("sdk_clone")
    refused([400, 403], admin.roles.lm_policy_delete_role, "enterprise_admin")
    refused([404], admin.roles.lm_policy_get_role_info, "no_such_role")


@part("role bindings are made with their description, read, changed and deleted")
def _():
    sources = admin.bindings.lm_policy_get_all_role_bindings(name="sdkuser").results
    [binding] = sources
    binding.roles_for_paths = [model.RolesForPath(path="/", roles=[model.Role(role="sdk_role")])]
    binding.description = "for the SDK"
    admin.bindings.lm_policy_update_role_binding(binding.id, binding)
    read = admin.bindings.lm_policy_get_role_binding(binding.id)
    assert read.description == "for the SDK"
    assert [role.role for path in read.roles_for_paths for role in path.roles] == ["sdk_role"]
    assert user.me.lm_policy_get_current_user_info().user_name == "sdkuser"


@part("a user with a role for segments makes segments and nothing else, an auditor makes none")
def _():
    segment = model.Segment(display_name="SDK", subnets=[model.SegmentSubnet(gateway_address="10.1.2.1/24")])
    user.segments.policy_lm_patch_infra_segment("sdk-segment", segment)
    read = user.segments.policy_lm_read_infra_segment("sdk-segment")
    read.display_name = "SDK 2"
    assert user.segments.policy_lm_create_or_replace_infra_segment("sdk-segment", read).display_name == "SDK 2"
    assert "sdk-segment" in [segment.id for segment in user.segments.policy_lm_list_all_infra_segments().results]
    refused([403], user.tier1s.policy_lm_patch_tier1, "sdk-tier1", model.Tier1(display_name="SDK"))
    refused([403], user.users.node_create_node_user_create_user, model.NodeUserProperties(username="more", password=own))
    refused([403], user.policy.node_reset_authentication_policy_properties_reset_all)
    user.segments.policy_lm_delete_infra_segment("sdk-segment")
    refused([404], admin.segments.policy_lm_read_infra_segment, "sdk-segment")


@part("tier-1 gateways are made, read, replaced and deleted")
def _():
    admin.tier1s.policy_lm_patch_tier1("sdk-tier1", model.Tier1(display_name="SDK"))
    read = admin.tier1s.policy_lm_read_tier1("sdk-tier1")
    assert admin.tier1s.policy_lm_create_or_replace_tier1("sdk-tier1", read).display_name == "SDK"
    assert "sdk-tier1" in [tier1.id for tier1 in admin.tier1s.policy_lm_list_tier1().results]
    admin.tier1s.policy_lm_delete_tier1("sdk-tier1")


@part("certificates and principal identities are registered, listed and deleted")
def _():
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "pi.key", "-out", "pi.pem", "-days", "30",
         "-subj", "/CN=sdk", "-addext", "extendedKeyUsage=clientAuth", "-addext", "basicConstraints=critical,CA:FALSE"],
        check=True, capture_output=True,
    )
    pem = open("pi.pem").read()
    made = admin.with_certificate.register_principal_identity_with_certificate(
        model.PrincipalIdentityWithCertificate(
            name="sdk-identity", node_id="sdk-node", certificate_pem=pem, role="auditor", is_protected=False,
        )
    )
    assert admin.identities.get_principal_identity(made.id).name == "sdk-identity"
    certificate = made.certificate_id
    assert certificate in [c.id for c in admin.certificates.get_certificates().results]
    admin.identities.delete_principal_identity(made.id)
    admin.certificates.delete_certificate(certificate)
    refused([404], admin.certificates.get_certificate, certificate)


@part("LDAP identity sources are kept, listed, read and deleted")
def _():
    server = model.IdentitySourceLdapServer(url="ldap://127.0.0.1:1", enabled=True)
    source = model.OpenLdapIdentitySource(domain_name="sdk.test", base_dn="dc=sdk,dc=test", ldap_servers=[server])
    admin.ldap.policy_lm_create_or_update_ldap_identity_source("sdk", source)
    read = admin.ldap.policy_lm_read_ldap_identity_source("sdk").convert_to(model.OpenLdapIdentitySource)
    assert read.domain_name == "sdk.test"
    assert len(admin.ldap.policy_lm_list_ldap_identity_sources().results) == 1
    admin.ldap.policy_lm_delete_ldap_identity_source("sdk")


@part("syslog exporters are made, listed, read and deleted")
def _():
    admin.exporters.node_post_node_syslog_exporter(
        model.NodeSyslogExporterProperties(exporter_name="sdk", server="127.0.0.1", port=1, protocol="UDP", level="INFO")
    )
    assert admin.exporters.node_read_node_syslog_exporter("sdk").level == "INFO"
    assert [exporter.exporter_name for exporter in admin.exporters.node_list_node_syslog_exporters().results] == ["sdk"]
    admin.exporters.node_delete_node_syslog_exporter("sdk")


@part("the API service and the HTTP service are read and changed")
def _():
    service = admin.service.policy_get_api_service_config()
    assert service.client_api_rate_limit == 100
    http = admin.http.node_read_proxy_service()
    http.service_properties.session_timeout = 1200
    assert admin.http.node_update_proxy_service(http).service_properties.session_timeout == 1200


@part("audit logs are read page by page")
def _():
    seen, cursor, count = [], None, None
    for _ in range(200):
        page = admin.audit.collect_audit_logs(model.AuditLogRequest(), cursor=cursor, page_size=7)
        # Only the first page says how many there are.
        count = count or page.result_count
        seen += [entry.full_log for entry in page.results]
        if page.cursor is None:
            break
        cursor = int(page.cursor)
    assert len(seen) >= count > 20, (len(seen), count)
    assert any("sdkuser" in line for line in seen)
    refused([403], user.audit.collect_audit_logs, model.AuditLogRequest())


@part("the user is deleted, and its name opens nothing any more")
def _():
    admin.users.node_delete_node_user(userid())
    refused([401, 403], user.me.lm_policy_get_current_user_info)
