/** Why somebody asks or looks, as the rules know it. */
export const PURPOSES = ['treatment', 'second-opinion', 'research', 'administration', 'other'] as const;
