"""Categories, tags and what has them through the official SDK; a line for each part, as conformance/suite.ts reads them."""
import os

import requests
from com.vmware.cis.tagging_client import Category, CategoryModel, Tag
from com.vmware.vapi.std.errors_client import AlreadyExists, InvalidArgument, NotFound, Unauthorized
from com.vmware.vapi.std_client import DynamicID
from com.vmware.vcenter.authorization_client import Permissions, Roles
from vmware.vapi.vsphere.client import create_vsphere_client

server = f"{os.environ['VCENTER_HOST']}:{os.environ['VCENTER_PORT']}"
user, password = os.environ["VCENTER_USER"], os.environ["VCENTER_PASSWORD"]
session = requests.session()
session.verify = os.environ["VCENTER_CA"]


def client_of(name):
    return create_vsphere_client(server=server, username=name, password=password, session=session)


def refused(error, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except error:
        return
    raise AssertionError(f"{call} was not refused with {error.__name__}")


admin = client_of(user)
first, second = [DynamicID(type="VirtualMachine", id=vm.vm) for vm in admin.vcenter.VM.list()[:2]]


def walk(client, name):
    categories, tags, associations = client.tagging.Category, client.tagging.Tag, client.tagging.TagAssociation
    spec = Category.CreateSpec(
        name=name, description="", cardinality=CategoryModel.Cardinality.SINGLE, associable_types={"VirtualMachine"}
    )
    category = categories.create(spec)
    refused(AlreadyExists, categories.create, spec)
    categories.update(category, Category.UpdateSpec(description="changed"))
    model = categories.get(category)
    assert (model.description, model.cardinality, model.associable_types, model.used_by) == (
        "changed", CategoryModel.Cardinality.SINGLE, {"VirtualMachine"}, set()
    )
    refused(InvalidArgument, categories.update, category, Category.UpdateSpec(associable_types={"Folder"}))
    one = tags.create(Tag.CreateSpec(name="one", description="", category_id=category))
    two = tags.create(Tag.CreateSpec(name="two", description="", category_id=category))
    tags.update(one, Tag.UpdateSpec(name="first"))
    assert tags.get(one).name == "first" and set(tags.list_tags_for_category(category)) == {one, two}
    assert one in tags.list() and category in categories.list()

    associations.attach(one, first)
    refused(InvalidArgument, associations.attach, two, first)
    assert associations.list_attached_tags(first) == [one]
    assert set(associations.list_attachable_tags(second)) >= {one, two}
    result = associations.attach_tag_to_multiple_objects(two, [first, second])
    assert not result.success and len(result.error_messages) == 1
    [found] = associations.list_attached_objects(two)
    assert (found.type, found.id) == (second.type, second.id)
    both = associations.list_attached_tags_on_objects([first, second])
    assert {item.object_id.id: item.tag_ids for item in both} == {first.id: [one], second.id: [two]}
    assert {item.tag_id for item in associations.list_attached_objects_on_tags([one, two])} == {one, two}
    assert associations.detach_multiple_tags_from_object(first, [one]).success
    assert associations.list_attached_objects(one) == []

    tags.delete(one)
    refused(NotFound, tags.get, one)
    categories.delete(category)
    refused(NotFound, tags.get, two)


def user_of(name, privileges):
    role = admin.vcenter.authorization.Roles.create(Roles.CreateSpec(name=name, description="", privileges=privileges))
    principal = Permissions.Principal(type=Permissions.Principal.Type.USER, name=name, domain="vsphere.local")
    everything = DynamicID(type="GlobalAcl", id="GlobalAcl")
    spec = Permissions.CreateSpec(object=everything, principal=principal, role=role, propagating=True)
    admin.vcenter.authorization.Permissions.create(spec)
    return client_of(f"{name}@vsphere.local")


walk(admin, "administrator")
print("ok an administrator makes, reads, changes, attaches, detaches and deletes tags", flush=True)

works = ["CreateCategory", "EditCategory", "DeleteCategory", "CreateTag", "EditTag", "DeleteTag", "AttachTag", "ObjectAttachable"]
walk(user_of("holodeck-vmadmin", {f"InventoryService.Tagging.{work}" for work in works}), "just")
print("ok somebody who just may does the same with tags", flush=True)

reader = user_of("holouser", {"System.Read"})
category = admin.tagging.Category.create(
    Category.CreateSpec(name="kept", description="", cardinality=CategoryModel.Cardinality.SINGLE, associable_types=set())
)
tag = admin.tagging.Tag.create(Tag.CreateSpec(name="one", description="", category_id=category))
assert reader.tagging.Tag.get(tag).name == "one"
refused(Unauthorized, reader.tagging.Category.delete, category)
refused(Unauthorized, reader.tagging.Tag.create, Tag.CreateSpec(name="two", description="", category_id=category))
refused(Unauthorized, reader.tagging.Tag.delete, tag)
refused(Unauthorized, reader.tagging.TagAssociation.attach, tag, first)
refused(Unauthorized, reader.tagging.TagAssociation.attach_multiple_tags_to_object, first, [tag])
print("ok whoever may only read tags is UNAUTHORIZED", flush=True)
