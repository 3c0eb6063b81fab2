/**
 * Octets of a line over UDP: what every collector should take.
 * @see RFC 5426, 3.2: 480 must be accepted, 2048 should be
 */
export const longestDatagram = 2048

/**
 * Octets of a line over TCP and TLS. Collectors cut what is longer (rsyslog at 8 KiB unless told otherwise), and some
 * lose count of the frames behind one that is far too long.
 * @see RFC 5425, 4.3.1: 2048 must be accepted, 8192 should be
 */
export const longestFrame = 8192

/** A split line keeps room for so many octets of message at least. */
const leastMessage = 128

/** A message with its length in front. @see RFC 6587, 3.4.1 and RFC 5425, 4.3 */
export function octetCounted(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

const parts = /^(<\d+>1 \S+ \S+ \S+ \S+ \S+ \[nsx@6876(?: \w+="(?:[^"\\\]]|\\.)*")*)\] (.*)$/su

/**
 * A line as messages of at most `longest` octets of UTF-8: itself, or several that repeat its header and structured
 * data, and share a `splitId`.
 *
 * @param splitId Of this line alone; without characters that structured data would have to escape.
 * @see nsx-api.md 9.1; the form of `splitIndex` is inferred
 */
export function splitLine(line: string, longest: number, splitId: string): Buffer[] {
  const whole = Buffer.from(line)
  if (whole.length <= longest) return [whole]
  const [, head = '', message = ''] = parts.exec(line) ?? []
  const text = Buffer.from(message)
  // The count of parts is not known yet: as many digits as it can have.
  const digits = String(text.length).length
  const room = longest - Buffer.byteLength(`${head} splitId="${splitId}" splitIndex=" of "] `) - 2 * digits
  // No sensible line has such a head; RFC 5424, 6.1 lets it be cut.
  if (head === '' || room < leastMessage) return [whole.subarray(0, characterStart(whole, longest))]
  const pieces: Buffer[] = []
  for (let from = 0; from < text.length; ) {
    const to = characterStart(text, from + room)
    pieces.push(text.subarray(from, to))
    from = to
  }
  return pieces.map((piece, index) =>
    Buffer.concat([Buffer.from(`${head} splitId="${splitId}" splitIndex="${index + 1} of ${pieces.length}"] `), piece]),
  )
}

/** The nearest place at or before `at` where a character of UTF-8 begins. */
function characterStart(text: Buffer, at: number): number {
  if (at >= text.length) return text.length
  let start = at
  while (start > 0 && ((text[start] ?? 0) & 0xc0) === 0x80) start--
  return start
}
