import sharp from 'sharp';

/*
 * sharp remembers decoded files by their path. A camera that writes `portrait.jpg` again and again would show the first
 * visitor for ever, so nothing is remembered.
 */
sharp.cache(false);

export { sharp };
