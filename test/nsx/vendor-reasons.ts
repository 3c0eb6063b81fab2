/** Where our NSX Manager is not what the vendor's table says, and why; `about` is matched against the sentence of it. */
export const reasons: readonly { about: RegExp; why: string }[] = [
  { about: /^(GET|POST) \/api\/session\//, why: 'Documented beside the API; its bindings have no sessions.' },
  {
    about: /^GET \/api\/v1\/licenses\/licensed-features /,
    why: "The vendor's operator for Kubernetes calls it; its bindings have it no more.",
  },
  {
    about: /\.(id|resource_type) is taken and dropped$/,
    why: 'The URL says which object, and the route of what type: a client may send back what it read.',
  },
  {
    about: /^ApiServiceConfig\._revision is int or string/,
    why: "The vendor's STIG playbooks send it as text (nsx-api.md 7.4).",
  },
  {
    about: /\.is_protected is bool or string/,
    why: 'Published scripts send it as text.',
  },
  {
    about: /^AuthenticationPolicyProperties\.password_remembrance has the/,
    why: 'The table is of 9.1; what is served is 9.0, whose range is wider (nsx-api.md 2).',
  },
  {
    about: /^FeaturePermission\.feature_(name|description) is taken and dropped$/,
    why: 'The product names its features; a client may send back what it read.',
  },
  {
    about: /^Role\.role_display_name is taken and dropped$/,
    why: 'A role has one name, its own; a client may send back what it read.',
  },
  {
    about:
      /^(HttpServiceProperties\.certificate|PrincipalIdentityWithCertificate\.certificate_id) is taken and dropped$/,
    why: 'Only answers say it: which certificate is served, which was stored.',
  },
  {
    about: /^NodeUserProperties\.password_reset_required is taken and dropped$/,
    why: 'At the vendor too it looks writable and has no effect (nsx-api.md 4.1).',
  },
  {
    about: /^SshKeyBaseProperties\.(type|value) is not the vendor's/,
    why: 'A client that removes a key may send all of it.',
  },
  {
    about: /^(GET|DELETE) \S+\/aaa\/role-bindings\/\{\}: |^POST \S+delete_stale_bindings: /,
    why: "The vendor's bindings give these calls the parameters of the list, where they mean nothing.",
  },
  {
    about:
      /^(Segment|Tier1|ChildPolicyConfigResource|L2Extension|SegmentAdvancedConfig|SegmentDhcpConfig|SegmentExtraConfig)\w*\.\w+ is not taken$/,
    why: 'Segments and tier-1s keep more with the policy tree; until then a field that is not kept is refused.',
  },
  { about: /: \?fmt is not taken$/, why: 'No source says which formats there are.' },
  {
    about: /^TrustObjectData\.(key_algo|passphrase|private_key|purpose) is not taken$/,
    why: 'Only certificates of principal identities are kept, and those need no private key.',
  },
  {
    about: /^(UpdatePrincipalIdentityCertificate|UpdateOidcEndPointThumbprint)Request\./,
    why: 'A request is no object that could have a name or a revision.',
  },
  { about: /^ClaimMap\./, why: 'Roles out of claims are not built: it is answered 501.' },
  { about: /^CoreDumpConfig\./, why: 'Core dumps are not built: it is answered 501.' },
  {
    about: /^NodeProperties\.system_(time|datetime) is taken and dropped$/,
    why: 'A client may send back what it read; the time is set by an action.',
  },
]
