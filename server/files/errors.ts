import { FamiliarError } from '../errors.ts';

/** What the operating system's error codes mean to a person, and what to do about them. */
const reasons: Readonly<Record<string, readonly [code: string, sentence: string]>> = {
  ENOENT: ['FILE_NOT_FOUND', 'there is no such file or folder. Check the path'],
  ENOTDIR: ['FILE_NOT_FOUND', 'a part of the path is a file, not a folder. Check the path'],
  EISDIR: ['FILE_IS_FOLDER', 'this is a folder, a file is needed here'],
  EACCES: ['FILE_NOT_ALLOWED', 'this user may not open it. Change its permissions or choose another folder'],
  EPERM: ['FILE_NOT_ALLOWED', 'this user may not open it. Change its permissions or choose another folder'],
  EROFS: ['FILE_NOT_ALLOWED', 'the disk is read-only. Choose another folder'],
  ENOSPC: ['DISK_FULL', 'the disk is full. Make room and try again'],
  EDQUOT: ['DISK_FULL', "this user's share of the disk is used up. Make room and try again"],
  EFBIG: ['DISK_FULL', 'it is larger than this disk or this user may hold. Choose another folder'],
  EEXIST: ['FILE_EXISTS', 'something of this name is in the way. Choose another'],
  EMFILE: ['FILE_BUSY', 'too many files are open at once. Close other programs and try again'],
  EBUSY: ['FILE_BUSY', 'another program is using it. Close that program and try again'],
  EIO: ['DISK_BROKEN', 'the disk reports an error. Check the disk or the cable'],
  ENAMETOOLONG: ['FILE_NAME', 'the name is too long. Choose a shorter one'],
};

/** Says in words why the file at `path` could not be used. A FamiliarError stays what it is. */
export function fileError(path: string, cause: unknown): FamiliarError {
  if (cause instanceof FamiliarError) return cause;
  const errno = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  const [code, sentence] = reasons[errno] ?? ['FILE_FAILED', `the file cannot be used (${String(cause)})`];
  return new FamiliarError(code, `${path}: ${sentence}.`, { cause });
}
