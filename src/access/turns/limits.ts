import type { RoomSettings } from './room.ts'

const mebibyte = 2 ** 20

/** The bytes of the largest answer that is made as a whole. @see docs/decisions/037-turns.md */
export const largestAnswer = 64 * mebibyte

/** Answers that are being made, and those that their clients have not taken yet. */
export const roomForAnswers: RoomSettings = {
  bytes: 256 * mebibyte,
  bytesOfCaller: 128 * mebibyte,
  mostWaiting: 1000,
  mostWaitingOfCaller: 250,
}
