import { defaultAuthPolicy } from './access/passwords/auth-policy.ts'
import { complexityRules } from './access/passwords/complexity.ts'
import { loadDictionary } from './access/passwords/dictionary.ts'
import { firstFlaw } from './access/passwords/rule.ts'
import { passwordRules } from './access/vcenter/sso/password-rule.ts'
import { defaultSsoPolicy } from './access/vcenter/sso/policy.ts'
import { ConfigError } from './config-error.ts'

/**
 * Refuses a password for the first accounts that the policies do not allow which these begin with: NSX Manager's, 12
 * characters at least of every class and no word, and vCenter's, 20 characters at most.
 *
 * @throws {ConfigError} naming the first rule that it breaks, and never the password.
 */
export async function requireFirstPassword(password: string): Promise<void> {
  const flaw =
    firstFlaw(complexityRules(password, defaultAuthPolicy, await loadDictionary())) ??
    firstFlaw(passwordRules(password, defaultSsoPolicy))
  if (flaw) throw new ConfigError(`adminPassword: the password ${flaw}`)
}
