/** What the operating system says, in words, and what helps. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: 'this user may not; give it the right to read and write there, or choose another place',
  EPERM: 'this user may not; give it the right to read and write there, or choose another place',
  EROFS: 'its file system is read-only; choose another place',
  ENOSPC: 'its disk is full; make room, or choose another place',
  EDQUOT: 'its disk quota is used up; make room, or choose another place',
  ENOTDIR: 'a part of it is a file and no directory; choose another place',
  EISDIR: 'it is a directory and no file',
  ELOOP: 'its links lead in a circle; choose another place',
  ENAMETOOLONG: 'it is too long for its file system',
  EMFILE: 'too many files are open; raise the limit of open files (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  SQLITE_CANTOPEN:
    'the database file cannot be opened; give this user the right to read and write it and its directory',
  SQLITE_READONLY: 'the database file cannot be written; give this user the right to write it and its directory',
  SQLITE_PERM: 'the database file cannot be opened; give this user the right to read and write it',
  SQLITE_FULL: 'the disk of the database is full; make room',
  SQLITE_IOERR: 'the disk of the database fails; look at the log of the machine',
  SQLITE_CORRUPT: 'the database file is damaged; put a backup in its place',
  SQLITE_NOTADB: 'the database file is none of SQLite; put a backup in its place',
}

/**
 * One sentence for an error of the operating system or of SQLite that an administrator can mend.
 *
 * @returns undefined for any other error.
 */
export function systemErrorSentence(error: unknown): string | undefined {
  const { code, path, message } = error as { code?: unknown; path?: unknown; message?: string }
  if (typeof code !== 'string') return undefined
  const remedy = remedies[code] ?? remedies[code.split('_').slice(0, 2).join('_')]
  if (remedy === undefined) return undefined
  return `${typeof path === 'string' ? path : message}: ${remedy}`
}
