/** The states of a visit, in their usual order. The index is what travels in a frame's header: append, never reorder. */
export const stateNames = ['attract', 'greet', 'framing', 'countdown', 'review', 'becoming', 'arrived'] as const;

export type StateName = (typeof stateNames)[number];
