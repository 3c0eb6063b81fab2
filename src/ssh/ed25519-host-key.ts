import ssh2 from 'ssh2'

/** Makes a private key, PEM. Of those that ssh2 makes it cannot read one in some three hundred itself. */
export function makeEd25519Key(): string {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
}
