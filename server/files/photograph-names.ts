/** What systems, browsers and copying programs leave in folders beside photographs. */
const leftovers = /^\.|^(thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r)$|\.(part|tmp|crdownload)$/i;

/** Folders in which systems keep thumbnails, deleted files and notes. */
const systemFolders = /^(\.|@eadir$|__macosx$|\$recycle\.bin$|system volume information$)/i;

/** Whether a file of this name may be somebody's; what it really is only its bytes say. */
export const mayBePhotograph = (name: string): boolean => !leftovers.test(name);

/** The same of a path inside a folder, with slashes: nor may it lie where systems keep theirs. */
export function mayBePhotographAt(path: string): boolean {
  const parts = path.split('/');
  return mayBePhotograph(parts[parts.length - 1]) && !parts.slice(0, -1).some((part) => systemFolders.test(part));
}
