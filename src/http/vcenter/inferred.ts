/** What is guessed about vCenter's wire, in one place. */
export const inferred = {
  /** Before the ids of messages whose real ids are not known. @see vcenter-api.md 10 */
  messagePrefix: 'sallyport.vcenter.',
  /** @see vcenter-api.md 1.5 */
  challenge: 'Basic realm="VAPI endpoint"',
}
