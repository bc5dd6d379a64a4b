/** What systems, browsers and copying programs leave in folders beside photographs. */
const others = /^\.|^(thumbs\.db|desktop\.ini)$|\.(txt|part|tmp|crdownload)$/i;

/** Whether a file of this name may be a photograph; what it really is only its bytes say. */
export const mayBePhotograph = (name: string): boolean => !others.test(name);
