import type { RoomSettings } from './room.ts'

const mebibyte = 2 ** 20

/** The bytes of the largest answer that is made as a whole. @see docs/decisions/037-turns.md */
export const largestAnswer = 64 * mebibyte

/**
 * Searches of the audit log: so many run at a time, each with the records in memory that it looks at. The others wait for
 * their callers' turns.
 */
export const placesOfSearches: RoomSettings = { bytes: 4, bytesOfCaller: 2, mostWaiting: 400, mostWaitingOfCaller: 100 }

/** Exports of the audit log, which go on as long as their clients take them: nobody waits for one to end. */
export const placesOfExports: RoomSettings = { bytes: 4, bytesOfCaller: 2, mostWaiting: 0, mostWaitingOfCaller: 0 }

/** Answers that are being made, and those that their clients have not taken yet. */
export const roomForAnswers: RoomSettings = {
  bytes: 256 * mebibyte,
  bytesOfCaller: 128 * mebibyte,
  mostWaiting: 1000,
  mostWaitingOfCaller: 250,
}
