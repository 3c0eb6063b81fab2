/** What is guessed about vCenter's wire, in one place. */
export const inferred = {
  /** Before the ids of messages whose real ids are not known. @see vcenter-api.md 10 */
  messagePrefix: 'sallyport.vcenter.',
  /** @see vcenter-api.md 1.5 */
  challenge: 'Basic realm="VAPI endpoint"',
  /** Of every virtual machine: what the inventory does not say of one. */
  hardware: { version: 'VMX_21', upgrade_policy: 'NEVER', upgrade_status: 'NONE' },
  boot: { type: 'BIOS', delay: 0, retry: false, retry_delay: 10_000, enter_setup_mode: false },
}
